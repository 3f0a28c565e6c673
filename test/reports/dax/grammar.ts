// In: the text of a DAX expression. Out: its tree. Knows only what the report writes; anything else is refused, so that
// a new word of DAX fails here before it can be taken for something it is not. Written from the language's description
// (https://learn.microsoft.com/dax/dax-syntax-reference), not from the text that our generator makes.

export type Expression =
  | { readonly kind: "number"; readonly value: bigint }
  | { readonly kind: "column"; readonly table: string; readonly column: string }
  | { readonly kind: "measure"; readonly name: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "operation"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "variables"; readonly variables: readonly { readonly name: string; readonly value: Expression }[]; readonly result: Expression };

const TOKEN = /\s*(?:(?<quoted>'(?:[^']|'')*')|(?<bracket>\[(?:[^\]]|\]\])*\])|(?<number>\d+)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<sign>\|\||&&|<>|<=|>=|[-+=<>(),]))/y;

interface Token {
  readonly kind: "quoted" | "bracket" | "number" | "word" | "sign" | "end";
  readonly text: string;
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) throw new Error(`DAX that is not understood at: ${text.slice(at, at + 40)}`);
    const [kind, value] = Object.entries(groups).find(([, each]) => each !== undefined) ?? [];
    found.push({ kind: kind as Token["kind"], text: value ?? "" });
  }
  return [...found, { kind: "end", text: "" }];
}

/** Weakest first: https://learn.microsoft.com/dax/dax-operator-reference */
const OPERATORS = [["||"], ["&&"], ["=", "<>", "<", "<=", ">", ">="], ["+", "-"]] as const;

/** @throws Error for what is not in the subset. */
export function parseDax(text: string): Expression {
  const all = tokens(text);
  let at = 0;
  const next = (): Token => all[at] ?? { kind: "end", text: "" };
  const isWord = (word: string): boolean => next().kind === "word" && next().text.toUpperCase() === word;
  const take = (expected?: string): Token => {
    const token = next();
    if (expected !== undefined && token.text.toUpperCase() !== expected) throw new Error(`DAX: ${expected} expected, found ${token.text}`);
    at += 1;
    return token;
  };

  const block = (): Expression => {
    const variables: { name: string; value: Expression }[] = [];
    while (isWord("VAR")) {
      take();
      const name = take().text;
      take("=");
      variables.push({ name: name.toLowerCase(), value: operation(0) });
    }
    if (variables.length === 0) return operation(0);
    take("RETURN");
    return { kind: "variables", variables, result: operation(0) };
  };
  const operation = (level: number): Expression => {
    const operators: readonly string[] | undefined = OPERATORS[level];
    if (operators === undefined) return primary();
    let left = operation(level + 1);
    while (next().kind === "sign" && operators.includes(next().text)) left = { kind: "operation", operator: take().text, left, right: operation(level + 1) };
    return left;
  };
  const primary = (): Expression => {
    const token = take();
    if (token.kind === "number") return { kind: "number", value: BigInt(token.text) };
    if (token.kind === "bracket") return { kind: "measure", name: unquoted(token.text) };
    if (token.text === "(") return closed(block());
    if (token.kind === "quoted" || token.kind === "word") {
      if (next().kind === "bracket") return { kind: "column", table: unquoted(token.text), column: unquoted(take().text) };
      if (token.kind === "word" && next().text === "(") return call(token.text);
      return { kind: "name", name: unquoted(token.text) };
    }
    throw new Error(`DAX: a value expected, found ${token.text === "" ? "the end" : token.text}`);
  };
  const closed = (inner: Expression): Expression => {
    take(")");
    return inner;
  };
  const call = (name: string): Expression => {
    take("(");
    const args: Expression[] = [];
    while (next().text !== ")") {
      if (args.length > 0) take(",");
      args.push(block());
    }
    return closed({ kind: "call", name: name.toUpperCase(), args });
  };

  const tree = block();
  if (next().kind !== "end") throw new Error(`DAX: the end expected, found ${next().text}`);
  return tree;
}

function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  if (text.startsWith("[")) return text.slice(1, -1).replaceAll("]]", "]");
  return text;
}
