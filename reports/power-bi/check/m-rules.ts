// Rules of Power Query texts. In: a model, and a parser where one is there. Out: what is no M, what would ask MySQL
// for too much, and what must never stand in a file.

import type { Finding } from "./finding.js";
import { records } from "./json.js";
import type { SemanticModel } from "./semantic-model.js";
import type { Placed, TmdlNode } from "./tmdl-reader.js";

interface Query extends Placed {
  readonly file: string;
  readonly name: string;
}

export async function mFindings(model: SemanticModel): Promise<readonly Finding[]> {
  const { default: { DefaultSettings, TaskUtils } } = await import("@microsoft/powerquery-parser");
  const findings: Finding[] = [];
  for (const query of queriesOf(model)) {
    const parsed = await TaskUtils.tryLexParse(DefaultSettings, query.text);
    if (!TaskUtils.isParseStageOk(parsed)) {
      const { message, line } = TaskUtils.isError(parsed) ? { message: parsed.error.message, line: faultLine(parsed.error.innerError) } : { message: "it cannot be read", line: 0 };
      findings.push({ file: query.file, line: query.line + line, rule: "m-syntax", what: `${query.name}: ${message}`, wayOut: "repair the M there" });
    }
    findings.push(...ruleFindings(query));
  }
  return findings;
}

/** Lines after the first one where the parser stopped; 0 where it does not say. */
function faultLine(fault: unknown): number {
  for (const { record } of records(fault)) if (typeof record["lineNumber"] === "number") return record["lineNumber"];
  return 0;
}

function queriesOf({ tables, expressions }: SemanticModel): readonly Query[] {
  const queries = (file: string, { name, children }: TmdlNode): readonly Query[] =>
    children.flatMap((child) => ["source", "sourceExpression", "pollingExpression"].flatMap((key) => {
      const placed = child.properties.get(key);
      return placed === undefined || (child.kind === "partition" && child.expression?.text !== "m") ? [] : [{ ...placed, file, name }];
    }));
  return [
    ...tables.flatMap(({ file, node }) => queries(file, node)),
    ...expressions.flatMap(({ file, node }) => (node.expression === undefined ? [] : [{ ...node.expression, file, name: node.name }])),
  ];
}

/** What a text must have or must not have. */
const RULES: readonly { readonly rule: string; readonly breaks: (text: string) => RegExpExecArray | null; readonly what: string; readonly wayOut: string }[] = [
  { rule: "no-credentials", breaks: (text) => /\b(user ?name|user|uid|password|pwd)\b"?\s*=|:\/\/[^/\s"]+:[^/\s"]+@/i.exec(text), what: "a login stands in the query", wayOut: "take it out; Power BI asks for the login and keeps it" },
  { rule: "folding", breaks: (text) => /\bQuery\s*=|Value\.NativeQuery/.exec(text), what: "a query of its own stops later steps from becoming SQL", wayOut: "take the table and filter it with steps" },
  { rule: "server-parameter", breaks: (text) => /MySQL\.Database\(\s*"|MySQL\.Database\([^,()]+,\s*"/.exec(text), what: "server or database is written into the query", wayOut: "use the parameters Server and Database" },
  ...["ReturnSingleDatabase = true", "CreateNavigationProperties = false", "CommandTimeout ="].map((option) => ({
    rule: "source-options", what: `MySQL.Database is asked without ${option.replace(/ =$/, "")}`, wayOut: `add it to the options: ${option.endsWith("=") ? `${option} #duration(0, 2, 0, 0)` : option}`,
    breaks: (text: string) => (text.replace(/\s+/g, "").includes(option.replace(/\s+/g, "")) ? null : /MySQL\.Database\(/.exec(text)),
  })),
];

function ruleFindings({ file, line, name, text }: Query): readonly Finding[] {
  return RULES.flatMap(({ rule, breaks, what, wayOut }) => {
    const found = breaks(text);
    return found === null ? [] : [{ file, line: line + text.slice(0, found.index).split("\n").length - 1, rule, what: `${name}: ${what}`, wayOut }];
  });
}
