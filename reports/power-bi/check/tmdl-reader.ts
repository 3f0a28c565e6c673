// TMDL back into objects, with the lines they stand on. In: the text of a file. Out: objects, and lines that are none.
// Knows the form only, not which object may have which property.

export interface Placed {
  readonly text: string;
  readonly line: number;
}

export interface TmdlNode {
  readonly kind: string;
  /** Without its quotes; empty where the kind has none. */
  readonly name: string;
  readonly line: number;
  readonly description: string;
  /** What stands after `=`, without the indentation of its block; `line` is that of its first line. */
  readonly expression?: Placed;
  /** The text of a flag is "true". */
  readonly properties: ReadonlyMap<string, Placed>;
  readonly children: readonly TmdlNode[];
}

export interface TmdlFile {
  readonly nodes: readonly TmdlNode[];
  readonly faults: readonly { readonly line: number; readonly message: string }[];
}

interface Line {
  readonly number: number;
  readonly depth: number;
  readonly text: string;
}

/** What is being read: lines, where we are, and what was not understood. */
interface Reading {
  readonly lines: readonly Line[];
  next: number;
  readonly faults: { line: number; message: string }[];
}

const NAME = `'(?:[^']|'')*'|[^\\s='][^\\s=]*`;
const OBJECT = new RegExp(`^(ref [a-zA-Z]+|[a-zA-Z]+) (${NAME})(?:\\s*=\\s*(.*))?$`);
/** The same groups as OBJECT has: kind, no name, what is assigned. */
const NAMELESS = /^([a-zA-Z]\w*)()\s*=\s*(.*)$/;
const ASSIGNED = /^([a-zA-Z]\w*)\s*=\s*(.*)$/;
const PROPERTY = /^([a-zA-Z]\w*):\s*(.*)$/;
const BARE = /^[a-zA-Z]\w*$/;

export function readTmdl(text: string): TmdlFile {
  const faults: { line: number; message: string }[] = [];
  const lines = text.split(/\r?\n/).map((raw, index) => {
    const depth = /^\t*/.exec(raw)?.[0].length ?? 0;
    return { number: index + 1, depth, text: raw.slice(depth).trimEnd() };
  });
  const reading: Reading = { lines, next: 0, faults };
  const { children, properties } = body(reading, 0);
  for (const { line } of properties.values()) faults.push({ line, message: "a property stands outside of every object" });
  return { nodes: children, faults };
}

/** Properties and objects that stand at one depth, until a line stands further left. */
function body(reading: Reading, depth: number): { properties: ReadonlyMap<string, Placed>; children: readonly TmdlNode[] } {
  const properties = new Map<string, Placed>();
  const children: TmdlNode[] = [];
  let description: string[] = [];
  for (let line = peek(reading); line !== undefined && line.depth >= depth; line = peek(reading)) {
    reading.next += 1;
    if (line.text.startsWith("///")) {
      description.push(line.text.slice(3).trim());
      continue;
    }
    const property = line.depth === depth ? readProperty(reading, line) : undefined;
    const object = line.depth === depth && property === undefined ? readObject(reading, { line, description: description.join("\n") }) : undefined;
    if (property !== undefined) {
      if (properties.has(property.name)) reading.faults.push({ line: line.number, message: `${property.name} is set twice` });
      properties.set(property.name, property.value);
    } else if (object !== undefined) children.push(object);
    else reading.faults.push({ line: line.number, message: faultOf(line, depth) });
    description = [];
  }
  return { properties, children };
}

function faultOf(line: Line, depth: number): string {
  if (line.text.startsWith(" ")) return "spaces where TMDL has tabs";
  return line.depth > depth ? "deeper than what stands above it" : `neither an object nor a property: ${line.text.slice(0, 60)}`;
}

/** The next line that has text. */
function peek(reading: Reading): Line | undefined {
  while (reading.lines[reading.next]?.text === "") reading.next += 1;
  return reading.lines[reading.next];
}

function readProperty(reading: Reading, line: Line): { name: string; value: Placed } | undefined {
  const plain = PROPERTY.exec(line.text);
  if (plain?.[1] !== undefined) return { name: plain[1], value: { text: plain[2] ?? "", line: line.number } };
  const assigned = ASSIGNED.exec(line.text);
  if (assigned?.[1] !== undefined && !hasProperties(reading, line, assigned[2] ?? "")) return { name: assigned[1], value: readExpression(reading, line, assigned[2] ?? "") };
  const hasBody = (peek(reading)?.depth ?? 0) > line.depth;
  return BARE.test(line.text) && !hasBody && line.depth > 0 ? { name: line.text, value: { text: "true", line: line.number } } : undefined;
}

/** `linguisticMetadata =` has both: a block two steps deeper, then properties one step deeper. */
function hasProperties(reading: Reading, line: Line, rest: string): boolean {
  if (rest === "" && blockDepth(reading, line) === line.depth + 1) return false;
  const after = reading.lines.slice(reading.next).find((each) => each.text !== "" && each.depth < line.depth + 2);
  return after?.depth === line.depth + 1;
}

function readObject(reading: Reading, { line, description }: { readonly line: Line; readonly description: string }): TmdlNode | undefined {
  const [, kind = line.text, name = "", value] = OBJECT.exec(line.text) ?? NAMELESS.exec(line.text) ?? [];
  if (name === "" && !BARE.test(kind)) return undefined;
  const expression = value === undefined ? undefined : readExpression(reading, line, value);
  const { properties, children } = body(reading, line.depth + 1);
  return { kind, name: unquoted(name), line: line.number, description, properties, children, ...(expression === undefined ? {} : { expression }) };
}

/** Of the block that is assigned: two steps deeper, but one in a refresh policy as Microsoft's tools write it. */
const blockDepth = (reading: Reading, { depth }: Line): number => (reading.lines.slice(reading.next).find((each) => each.text !== "")?.depth === depth + 1 ? depth + 1 : depth + 2);

/** The rest of the line, or the block below it. */
function readExpression(reading: Reading, line: Line, rest: string): Placed {
  if (rest !== "") return { text: rest, line: line.number };
  const depth = blockDepth(reading, line);
  const block: string[] = [];
  const first = reading.lines[reading.next]?.number ?? line.number;
  for (let inner = reading.lines[reading.next]; inner !== undefined && (inner.text === "" || inner.depth >= depth); inner = reading.lines[reading.next]) {
    block.push("\t".repeat(Math.max(inner.depth - depth, 0)) + inner.text);
    reading.next += 1;
  }
  return { text: block.join("\n").trimEnd(), line: first };
}

function unquoted(name: string): string {
  return name.startsWith("'") ? name.slice(1, -1).replaceAll("''", "'") : name;
}

/** The two names of "'Drug report'.year"; undefined for anything else. */
export function readPath(text: string): readonly [table: string, column: string] | undefined {
  const [, table, column] = /^('(?:[^']|'')*'|[^'.]+)\.('(?:[^']|'')*'|[^'.]+)$/.exec(text) ?? [];
  return table === undefined || column === undefined ? undefined : [unquoted(table), unquoted(column)];
}
