// Rules of DAX texts: no tool outside of Power BI reads them. In: a model. Out: what is no DAX, what is not there,
// and what a good model does not do.

import { daxFault } from "./dax-grammar.js";
import { daxTokens, type DaxToken } from "./dax-tokens.js";
import type { Finding } from "./finding.js";
import { columnNamed, measureNamed, tableNamed, type SemanticModel } from "./semantic-model.js";
import type { TmdlNode } from "./tmdl-reader.js";

export function daxFindings(model: SemanticModel): readonly Finding[] {
  return model.tables.flatMap(({ file, measures, columns }) => [...measures, ...columns].flatMap((object) => (object.expression === undefined ? [] : expressionFindings(model, file, object))));
}

function expressionFindings(model: SemanticModel, file: string, { name, expression }: TmdlNode): readonly Finding[] {
  const { text, line: start } = expression ?? { text: "", line: 1 };
  const tokens = daxTokens(text);
  const fault = daxFault(tokens);
  const syntax: readonly Finding[] = fault === undefined ? [] : [{ file, line: start + fault.line, rule: "dax-syntax", what: `${name}: ${fault.message}`, wayOut: "repair the DAX there" }];
  return [...syntax, ...tokens.flatMap((token, index) => tokenFindings(model, tokens, index).map(([rule, what, wayOut]) => ({ file, line: start + token.line, rule, what: `${name}: ${what}`, wayOut })))];
}

type Said = readonly [rule: string, what: string, wayOut: string];

function tokenFindings(model: SemanticModel, tokens: readonly DaxToken[], index: number): readonly Said[] {
  const token = tokens[index];
  if (token === undefined) return [];
  const { kind, text, table = "", name = "" } = token;
  if (kind === "measure" && measureNamed(model, name) === undefined) return [["dax-reference", `there is no measure ${text}`, "name a measure of the model; a column needs its table before it"]];
  if (kind === "table" && tableNamed(model, table) === undefined) return [["dax-reference", `there is no table ${text}`, "name a table of the model"]];
  if (kind === "column") return columnSaid(model, token);
  if (text === "/") return [["dax-divide", "a quotient by / fails where the divisor is 0", "write DIVIDE(…, …)"]];
  if (kind !== "name") return [];
  if (/^iferror$/i.test(text)) return [["dax-iferror", "IFERROR hides every error and is slow", "ask for the case that is meant, or use DIVIDE"]];
  const isCalled = tokens[index + 1]?.text === "(";
  const isDeclared = tokens.some((other, at) => other.kind === "name" && other.text.toLowerCase() === text.toLowerCase() && /^var$/i.test(tokens[at - 1]?.text ?? ""));
  const isKnown = isCalled || isDeclared || /^(var|return|in|not|true|false|asc|desc)$/i.test(text) || tableNamed(model, text) !== undefined;
  return isKnown ? [] : [["dax-reference", `${text} is neither a variable nor a table`, "declare it with VAR, or name a table of the model"]];
}

function columnSaid(model: SemanticModel, { text, table = "", name = "" }: DaxToken): readonly Said[] {
  if (tableNamed(model, table) === undefined) return [["dax-reference", `there is no table ${table}`, "name a table of the model"]];
  if (columnNamed(model, table, name) !== undefined) return [];
  if (measureNamed(model, name, table) !== undefined) return [["dax-measure-alone", `${text} is a measure, named as if it were a column`, `write [${name}]`]];
  return [["dax-reference", `there is no column ${text}`, "name a column of that table"]];
}
