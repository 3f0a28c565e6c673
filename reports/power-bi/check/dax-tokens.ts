// DAX as tokens, with the lines they stand on. In: the text of an expression. Out: tokens; "unknown" for what is none.

export interface DaxToken {
  /** A reference: column with its table, or a name in brackets alone, which is a measure. */
  readonly kind: "column" | "measure" | "table" | "name" | "number" | "text" | "sign" | "unknown";
  readonly text: string;
  /** From 0: lines after the first one of the expression. */
  readonly line: number;
  /** Of columns and tables. */
  readonly table?: string;
  /** Of columns and measures. */
  readonly name?: string;
}

const FORMS: readonly (readonly [kind: DaxToken["kind"] | "space", form: RegExp])[] = [
  ["space", /\s+|\/\/[^\n]*|--[^\n]*|\/\*[\s\S]*?\*\//y],
  ["column", /('(?:[^']|'')+'|[A-Za-z_]\w*)\[((?:[^\]]|\]\])+)\]/y],
  ["measure", /\[((?:[^\]]|\]\])+)\]/y],
  ["table", /'((?:[^']|'')+)'/y],
  ["text", /"(?:[^"]|"")*"/y],
  ["number", /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ["name", /[A-Za-z_][\w.]*/y],
  ["sign", /<>|<=|>=|==|&&|\|\||[-+*/^=<>&(),{}]/y],
];

export function daxTokens(text: string): readonly DaxToken[] {
  const tokens: DaxToken[] = [];
  let position = 0;
  let line = 0;
  while (position < text.length) {
    const { kind, match } = tokenAt(text, position);
    if (kind !== "space") tokens.push(token(kind, match, line));
    line += (match[0].match(/\n/g) ?? []).length;
    position += match[0].length;
  }
  return tokens;
}

function tokenAt(text: string, position: number): { kind: DaxToken["kind"] | "space"; match: readonly string[] } & { match: readonly [string, ...string[]] } {
  for (const [kind, form] of FORMS) {
    form.lastIndex = position;
    const match = form.exec(text);
    if (match !== null) return { kind, match: [match[0], ...match.slice(1)] };
  }
  return { kind: "unknown", match: [text.charAt(position)] };
}

function token(kind: DaxToken["kind"], [text, first = "", second = ""]: readonly [string, ...string[]], line: number): DaxToken {
  const plain = (name: string): string => (name.startsWith("'") ? name.slice(1, -1) : name).replaceAll("''", "'").replaceAll("]]", "]");
  if (kind === "column") return { kind, text, line, table: plain(first), name: plain(second) };
  if (kind === "measure") return { kind, text, line, name: plain(first) };
  return kind === "table" ? { kind, text, line, table: plain(first) } : { kind, text, line };
}
