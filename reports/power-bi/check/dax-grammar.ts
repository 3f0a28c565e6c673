// The grammar of DAX expressions. In: tokens. Out: the first place where they are no expression; undefined when they are.
// Functions are known by their form only: which ones there are, and how many arguments they take, is not known here.

import type { DaxToken } from "./dax-tokens.js";

export interface DaxFault {
  readonly line: number;
  readonly message: string;
}

interface Reading {
  readonly tokens: readonly DaxToken[];
  next: number;
}

class Unexpected extends Error {
  constructor(readonly fault: DaxFault) {
    super(fault.message);
  }
}

const BINARY = new Set(["+", "-", "*", "/", "^", "&", "=", "==", "<>", "<", ">", "<=", ">=", "&&", "||"]);
const isWord = (token: DaxToken | undefined, word: string): boolean => token?.kind === "name" && token.text.toUpperCase() === word;

export function daxFault(tokens: readonly DaxToken[]): DaxFault | undefined {
  const reading: Reading = { tokens, next: 0 };
  try {
    expression(reading);
    if (reading.next < tokens.length) unexpected(reading, "an operator or the end");
    return undefined;
  } catch (error) {
    if (error instanceof Unexpected) return error.fault;
    throw error;
  }
}

function unexpected({ tokens, next }: Reading, wanted: string): never {
  const token = tokens[next];
  throw new Unexpected({ line: token?.line ?? tokens.at(-1)?.line ?? 0, message: `${wanted} is expected ${token === undefined ? "at the end" : `before ${token.text}`}` });
}

function expect(reading: Reading, sign: string): void {
  if (reading.tokens[reading.next]?.text !== sign) unexpected(reading, sign);
  reading.next += 1;
}

/** VAR name = expression … RETURN expression, or operands with operators between them. */
function expression(reading: Reading): void {
  if (!isWord(reading.tokens[reading.next], "VAR")) {
    operation(reading);
    return;
  }
  while (isWord(reading.tokens[reading.next], "VAR")) {
    reading.next += 1;
    if (reading.tokens[reading.next]?.kind !== "name") unexpected(reading, "the name of a variable");
    reading.next += 1;
    expect(reading, "=");
    expression(reading);
  }
  if (!isWord(reading.tokens[reading.next], "RETURN")) unexpected(reading, "RETURN");
  reading.next += 1;
  expression(reading);
}

function operation(reading: Reading): void {
  operand(reading);
  for (let token = reading.tokens[reading.next]; token !== undefined && (BINARY.has(token.text) || isWord(token, "IN")); token = reading.tokens[reading.next]) {
    reading.next += 1;
    operand(reading);
  }
}

function operand(reading: Reading): void {
  const token = reading.tokens[reading.next];
  if (token === undefined || isWord(token, "RETURN") || isWord(token, "VAR")) unexpected(reading, "an operand");
  reading.next += 1;
  if (token.text === "-" || token.text === "+" || (isWord(token, "NOT") && reading.tokens[reading.next]?.text !== "(")) operand(reading);
  else if (token.text === "(") items(reading, ")");
  else if (token.text === "{") items(reading, "}");
  else if (token.kind === "name" && reading.tokens[reading.next]?.text === "(") {
    reading.next += 1;
    if (reading.tokens[reading.next]?.text === ")") reading.next += 1;
    else items(reading, ")");
  } else if (token.kind === "sign" || token.kind === "unknown") {
    reading.next -= 1;
    unexpected(reading, "an operand");
  }
}

/** One or more expressions with commas between them, up to the closing sign. */
function items(reading: Reading, close: string): void {
  expression(reading);
  while (reading.tokens[reading.next]?.text === ",") {
    reading.next += 1;
    expression(reading);
  }
  expect(reading, close);
}
