// TMDL, the text form of a semantic model. In: objects as plain data. Out: their text, indented with tabs, to the byte as
// Microsoft's own writer lays it out: what Desktop saves differs from it by nothing but what people changed.
// Never here: what the objects mean.

/** `true` is a flag: the bare name of the property. An expression stands below its property, on lines of its own. */
export type TmdlValue = string | true | { readonly expression: string };

export interface TmdlObject {
  /** "table", "measure", "annotation" …; "ref table" for an entry that only fixes an order. */
  readonly kind: string;
  readonly name?: string;
  readonly description?: string;
  /** DAX, M, or what else stands after `=`. */
  readonly expression?: string;
  readonly properties?: Readonly<Record<string, TmdlValue>>;
  readonly children?: readonly TmdlObject[];
}

/** A name, in quotes where it would be read as more than a name. */
export function tmdlName(name: string): string {
  return /[.=:'\s]/.test(name) ? `'${name.replaceAll("'", "''")}'` : name;
}

/** "drug_report.year", each part quoted where it must be. */
export function tmdlPath(table: string, column: string): string {
  return `${tmdlName(table)}.${tmdlName(column)}`;
}

/** The text of one file: its objects, an empty line after each, but none between references of one kind. */
export function tmdlText(objects: readonly TmdlObject[]): string {
  const goesOn = ({ kind }: TmdlObject, index: number): boolean => kind.startsWith("ref ") && objects[index + 1]?.kind === kind;
  return objects.map((each, index) => `${objectLines(each).join("\n")}\n${goesOn(each, index) ? "" : "\n"}`).join("");
}

function objectLines(object: TmdlObject): string[] {
  const { kind, name, description, expression, properties = {}, children = [] } = object;
  const head = name === undefined ? kind : `${kind} ${tmdlName(name)}`;
  const inner = Object.entries(properties).flatMap(([key, value]) => propertyLines(key, value, kind === "refreshPolicy" ? 1 : 2));
  const nested = children.flatMap((child) => ["", ...objectLines(child)]);
  return [
    ...(description === undefined ? [] : description.split("\n").map((line) => `/// ${line}`.trimEnd())),
    ...(expression === undefined ? [head] : assignment(head, expression)),
    ...indented([...inner, ...nested]),
  ];
}

/** `steps`: how much deeper than its property an expression stands. */
function propertyLines(key: string, value: TmdlValue, steps: 1 | 2): string[] {
  if (value === true) return [key];
  return typeof value === "string" ? [`${key}: ${value}`] : [`${key} =`, ...indented(value.expression.split("\n"), steps)];
}

/** Lines of an expression stand two steps deeper, so that they are not read as properties. */
function assignment(head: string, expression: string): string[] {
  const lines = expression.split("\n");
  return lines.length === 1 ? [`${head} = ${expression}`] : [`${head} =`, ...indented(lines, 2)];
}

function indented(lines: readonly string[], steps = 1): string[] {
  return lines.map((line) => (line === "" ? "" : `${"\t".repeat(steps)}${line}`));
}
