// Template + values → one select, with a map from every place in it back to the template.
// Never writes SQL of its own, never reads a file, and refuses what would make two renderings of the same
// values differ or let a value in unquoted. The only user of Handlebars.

import Handlebars from "handlebars";
import type { Place, Problem, Result } from "./problems.js";
import { fail, settle } from "./problems.js";
import { codeOnly } from "./sql-text.js";
import { HelperTypeError, TEMPLATE_HELPERS, helperFunctions } from "./template-helpers.js";
import type { HelperScope } from "./template-helpers.js";
import { inspectTemplate } from "./template-inspect.js";
import type { RenderRequest } from "./template-inspect.js";

/** From an offset in the rendered text on, the place in the template: [rendered offset, line, column, 1 = literal text]. */
export type TemplateMap = readonly (readonly [number, number, number, 0 | 1])[];

export interface Rendered {
  readonly sql: string;
  readonly map: TemplateMap;
  /** Jobs and sources named by {{table}} and {{source}}, in order of first use. */
  readonly reads: readonly string[];
  readonly sources: readonly string[];
}

const TOMORROW = "a rerun on another day would give other rows; pass the date as a param";
const LATER = "a rerun would give other rows; pass the time as a param";
const RANDOM = "random rows cannot be repeated";

/** Functions of Spark 4.1 that answer differently when asked again, with their other names. */
const BANNED: Readonly<Record<string, string>> = {
  current_date: TOMORROW,
  curdate: TOMORROW,
  current_timestamp: LATER,
  current_time: LATER,
  localtimestamp: LATER,
  now: LATER,
  rand: RANDOM,
  random: RANDOM,
  randn: RANDOM,
  randstr: RANDOM,
  uniform: RANDOM,
  uuid: "random keys cannot be repeated",
  shuffle: "the order would differ from run to run",
  monotonically_increasing_id: "depends on how Spark splits the input",
  spark_partition_id: "depends on how Spark splits the input",
  input_file_name: "a raw row already carries source_file",
  input_file_block_start: "depends on how Spark splits the input",
  input_file_block_length: "depends on how Spark splits the input",
};
/** Banned without an argument only: of a given time it is a plain conversion. */
const BANNED_ALONE: Readonly<Record<string, string>> = { unix_timestamp: LATER };

export function render(request: RenderRequest): Result<Rendered> {
  const inspected = inspectTemplate(request);
  if (!inspected.ok) return inspected;

  const { table, visible, quarantine, source } = request;
  const scope: HelperScope = { reads: new Set(), sources: new Set(), table, visible, quarantine, source };
  let marked: string;
  try {
    marked = compiled(request.template.text, inspected.value)(request.values, { data: { scope } });
  } catch (error) {
    if (!(error instanceof HelperTypeError)) throw error;
    const at = { file: request.template.file, ...error.place };
    return fail({ code: "template-value", message: error.message, declaredIn: request.declaredIn, at });
  }
  const { sql, map } = readMarks(marked);
  return settle(judge(sql, map, request), () => ({ sql, map, reads: [...scope.reads], sources: [...scope.sources] }));
}

const handlebars = Handlebars.create();
for (const [name, helper] of Object.entries(helperFunctions)) handlebars.registerHelper(name, placed(helper));
const knownHelpers = Object.fromEntries(TEMPLATE_HELPERS.map((name) => [name, true]));

/** Says where in the template a helper refused its value. */
function placed(helper: Handlebars.HelperDelegate): Handlebars.HelperDelegate {
  return (value: unknown, options: { readonly loc: hbs.AST.SourceLocation }) => {
    try {
      return helper(value, options) as unknown;
    } catch (error) {
      if (error instanceof HelperTypeError) error.place = { line: options.loc.start.line, column: options.loc.start.column + 1 };
      throw error;
    }
  };
}

/** Compiling takes longer than rendering, and a plan renders each template several times. */
const memo = new Map<string, Handlebars.TemplateDelegate>();

function compiled(text: string, tree: hbs.AST.Program): Handlebars.TemplateDelegate {
  const known = memo.get(text);
  if (known !== undefined) return known;
  const made: Handlebars.TemplateDelegate = handlebars.compile(tree, { strict: true, noEscape: true, knownHelpersOnly: true, knownHelpers });
  memo.set(text, made);
  return made;
}

/** Place in the template of an offset in the rendered text. */
export function placeOf(map: TemplateMap, offset: number, file: string): Place {
  let found = map[0];
  for (const entry of map) {
    if (entry[0] > offset) break;
    found = entry;
  }
  if (found === undefined) return { file };
  const [start, line, column, literal] = found;
  return { file, line, column: literal === 1 ? column + (offset - start) : column };
}

// Marks are put into the syntax tree by template-inspect.ts: \u0001<line>:<column>:<literal>\u0002.
const MARK = /\u0001(\d+):(\d+):([01])\u0002/g;

function readMarks(marked: string): { sql: string; map: TemplateMap } {
  const map: [number, number, number, 0 | 1][] = [];
  const parts: string[] = [];
  let length = 0;
  let end = 0;
  for (const match of marked.matchAll(MARK)) {
    const text = marked.slice(end, match.index);
    parts.push(text);
    length += text.length;
    end = match.index + match[0].length;
    const previous = map.at(-1);
    if (previous !== undefined && previous[0] === length) map.pop();
    map.push([length, Number(match[1]), Number(match[2]), match[3] === "1" ? 1 : 0]);
  }
  parts.push(marked.slice(end));
  const sql = parts.join("");
  const trimmed = sql.trimEnd();
  return { sql: trimmed, map: map.filter(([offset]) => offset < trimmed.length) };
}

/** No argument in the brackets that begin there. Texts are blank in `code`, so `sql` is asked for their quotes. */
function isCalledAlone({ sql, code }: { readonly sql: string; readonly code: string }, offset: number): boolean {
  const brackets = /^\s*\(\s*\)/.exec(code.slice(offset));
  return brackets !== null && !/['"]/.test(sql.slice(offset, offset + brackets[0].length));
}

function judge(sql: string, map: TemplateMap, request: RenderRequest): Problem[] {
  const code = codeOnly(sql);
  const problems: Problem[] = [];
  const at = (offset: number, length: number): Place => ({
    ...placeOf(map, offset, request.template.file),
    text: sql.slice(offset, offset + length),
  });
  for (const match of code.matchAll(/\b([a-z_]+)\b(?=\s*\()|\b(current_date|current_timestamp|current_time|localtimestamp)\b/gi)) {
    const name = (match[1] ?? match[2] ?? "").toLowerCase();
    const reason = BANNED[name] ?? (isCalledAlone({ sql, code }, match.index + name.length) ? BANNED_ALONE[name] : undefined);
    if (reason !== undefined) problems.push({ code: "template-banned-function", name, reason, at: at(match.index, name.length) });
  }
  if (code.trim() === "") problems.push({ code: "template-syntax", message: "the template holds no select", at: { file: request.template.file } });
  const write = /(?:^|;)\s*(insert|merge|update|delete|create|drop|alter|truncate|replace|call|set|refresh|load|cache)\b\s*(?:overwrite\s+)?(?:into\s+|table\s+|from\s+)*([\w.`]*)/i.exec(code);
  if (write !== null) {
    const start = write.index + write[0].search(/[a-z]/i);
    problems.push({ code: "template-writes", statement: (write[1] ?? "").toLowerCase(), table: write[2] ?? "", declared: request.target, at: at(start, (write[1] ?? "").length) });
  } else if (code.includes(";")) {
    problems.push({ code: "template-writes", statement: ";", table: "", declared: request.target, at: at(code.indexOf(";"), 1) });
  }
  return problems;
}

