// JSON files of a project with the lines their values stand on. In: text. Out: value and a way to find lines.

export interface JsonFile {
  readonly value: unknown;
  /** Line of the value at a JSON pointer, or of its nearest parent. */
  readonly lineOf: (pointer: string) => number;
}

export interface JsonFault {
  readonly line: number;
  readonly message: string;
}

export function readJson(text: string): JsonFile | JsonFault {
  try {
    const value: unknown = JSON.parse(text);
    const lines = pointerLines(text);
    return { value, lineOf: (pointer) => nearest(lines, pointer) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    return { line: text.slice(0, Number(position ?? text.length)).split("\n").length, message };
  }
}

export function isFault(file: JsonFile | JsonFault): file is JsonFault {
  return "message" in file;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value below some keys; undefined where a step is not there. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === "string" ? found : undefined;
}

export function listAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

/** Every value in a JSON value that is an object, with its pointer, parents first. */
export function* records(value: unknown, pointer = ""): Generator<{ readonly pointer: string; readonly record: Readonly<Record<string, unknown>> }> {
  if (isRecord(value)) yield { pointer, record: value };
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* records(inner, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
}

function nearest(lines: ReadonlyMap<string, number>, pointer: string): number {
  return lines.get(pointer) ?? (pointer === "" ? 1 : nearest(lines, pointer.slice(0, pointer.lastIndexOf("/"))));
}

interface Open {
  readonly pointer: string;
  /** Next index of an array; the key that waits for its value, in an object. */
  index: number;
  key: string | undefined;
}

/** Lines of all values of a text that JSON.parse has taken. */
function pointerLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const open: Open[] = [];
  let line = 1;
  for (const [token] of text.matchAll(/\n|"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const inside = open.at(-1);
    if (token === "\n") line += 1;
    else if (token === "}" || token === "]") open.pop();
    else if (token === ",") startNext(inside);
    else if (token !== ":") {
      if (inside !== undefined && inside.key === undefined && inside.index < 0) {
        inside.key = String(JSON.parse(token));
        lines.set(pointerIn(inside), line);
        continue;
      }
      const pointer = inside === undefined ? "" : pointerIn(inside);
      if (!lines.has(pointer)) lines.set(pointer, line);
      if (token === "{" || token === "[") open.push({ pointer, index: token === "[" ? 0 : -1, key: undefined });
    }
  }
  return lines;
}

function startNext(inside: Open | undefined): void {
  if (inside === undefined) return;
  if (inside.index >= 0) inside.index += 1;
  inside.key = undefined;
}

function pointerIn({ pointer, index, key }: Open): string {
  return `${pointer}/${(key ?? String(index)).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
