// Reads a template's syntax tree: refuses what the house rules forbid, and marks where every piece of text stands,
// so that a place in the rendered SQL can be told in the template's own lines.

import Handlebars from "handlebars";
import { nearest } from "./nearest.js";
import type { Place, Problem, Result } from "./problems.js";
import { fail, settle } from "./problems.js";
import { NAME_HELPERS, TEMPLATE_HELPERS } from "./template-helpers.js";

/** A template's text and the name that people know it by ("templates/part-d/raw/drug.sql.hbs"). */
export interface Template {
  readonly file: string;
  readonly text: string;
}

export interface RenderRequest {
  readonly template: Template;
  /** Values by name: what the job declares, and `year`. Every one must be used, no other may be. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Names that may stay unused (`year`, `previous_year`). */
  readonly optional?: readonly string[];
  /** Where the values are declared, for messages. */
  readonly declaredIn: string;
  /** Resolve a job name to its table on this run's branch, as readers see it now, and its quarantine; or undefined. */
  readonly table: (job: string) => string | undefined;
  readonly visible: (job: string) => string | undefined;
  readonly quarantine: (job: string) => string | undefined;
  /** Resolves a source to its view, or undefined. */
  readonly source: (name: string) => string | undefined;
  readonly knownTables: readonly string[];
  /** Table that the driver fills with this select, for messages. */
  readonly target: string;
}

/** By this name also in the published types: the package's own one is global, and unknown to who does not import it. */
export type TemplateTree = ReturnType<typeof Handlebars.parse>;
type Node = hbs.AST.Statement;
const BLOCKS: readonly string[] = ["if", "unless", "each"];
const EACH_NAMES: readonly string[] = ["this", "@first", "@last", "@index"];

export function inspectTemplate(request: RenderRequest): Result<TemplateTree> {
  const tree = parse(request.template.text, request.template.file);
  if (!tree.ok) return tree;
  const walk: Walk = { request, problems: [], used: new Set() };
  visit(tree.value.body, walk, false);
  const isClean = walk.problems.length === 0;
  for (const name of isClean ? Object.keys(request.values) : []) {
    if (walk.used.has(name) || request.optional?.includes(name) === true) continue;
    walk.problems.push({ code: "template-param-unused", name, declaredIn: request.declaredIn, at: { file: request.template.file } });
  }
  return settle(walk.problems, () => mark(tree.value));
}

function parse(text: string, file: string): Result<TemplateTree> {
  try {
    return { ok: true, value: Handlebars.parse(text) };
  } catch (error) {
    return fail(syntaxProblem(error instanceof Error ? error.message : String(error), text, file));
  }
}

/** Handlebars names its own tokens; what a person did is told from the place it points at. */
function syntaxProblem(said: string, text: string, file: string): Problem {
  const lines = text.split("\n");
  const mismatch = /^(\S+) doesn't match (\S+) - (\d+):(\d+)/.exec(said);
  if (mismatch !== null) {
    const [, open = "", close = "", line = ""] = mismatch;
    return { code: "template-syntax", message: `block {{#${open}}} is closed by {{/${close}}}`, at: placed(lines, { file, line: Number(line) }) };
  }
  const reported = Number(/on line (\d+)/.exec(said)?.[1] ?? 1);
  if (said.includes("got 'EOF'")) {
    const open = lines.findIndex((each) => /\{\{#/.test(each));
    return { code: "template-syntax", message: "a block is still open at the end of the template: its {{/…}} is missing", at: placed(lines, { file, line: open < 0 ? lines.length : open + 1 }) };
  }
  if (/got '(INVERSE|OPEN_ENDBLOCK|OPEN_INVERSE|OPEN_INVERSE_CHAIN)'/.test(said)) {
    return { code: "template-syntax", message: "{{else}} or {{/…}} without a block that it belongs to", at: placed(lines, { file, line: reported }) };
  }
  return { code: "template-syntax", message: "a mustache is not written as {{helper value}}, or its braces do not close", at: placed(lines, { file, line: reported }) };
}

/** The line's mustaches as the words there. */
function placed(lines: readonly string[], at: { readonly file: string; readonly line: number }): Place {
  const line = lines[at.line - 1] ?? "";
  const from = line.indexOf("{{");
  if (from < 0) return at;
  return { file: at.file, line: at.line, column: from + 1, text: line.slice(from).trimEnd() };
}

interface Walk {
  readonly request: RenderRequest;
  readonly problems: Problem[];
  readonly used: Set<string>;
}

function visit(body: readonly Node[], walk: Walk, inEach: boolean): void {
  for (const node of body) {
    if (isMustache(node)) inspectMustache(node, walk, inEach);
    else if (isBlock(node)) inspectBlock(node, walk, inEach);
    else if (node.type !== "ContentStatement" && node.type !== "CommentStatement") {
      walk.problems.push({ code: "template-syntax", message: "a template includes no other: partials and decorators are not known here", at: placeOfNode(node, walk) });
    }
  }
}

function inspectMustache(node: hbs.AST.MustacheStatement, walk: Walk, inEach: boolean): void {
  const name = pathName(node.path);
  const at = placeOfNode(node, walk);
  const [argument] = node.params;
  if (argument === undefined) {
    walk.problems.push({ code: "template-bare-mustache", name, at });
    return;
  }
  if (!(TEMPLATE_HELPERS as readonly string[]).includes(name)) {
    walk.problems.push({ code: "template-unknown-helper", name, known: TEMPLATE_HELPERS, at });
    return;
  }
  if (NAME_HELPERS.includes(name) && isText(argument)) {
    if (resolver(name, walk.request)(argument.value) === undefined) walk.problems.push({ code: "template-unknown-table", name: argument.value, known: walk.request.knownTables, at });
    return;
  }
  inspectName(argument, walk, { inEach, at });
}

function resolver(helper: string, request: RenderRequest): (name: string) => string | undefined {
  if (helper === "visible") return request.visible;
  if (helper === "quarantine") return request.quarantine;
  return helper === "table" ? request.table : request.source;
}

function inspectBlock(node: hbs.AST.BlockStatement, walk: Walk, inEach: boolean): void {
  const name = pathName(node.path);
  const at = placeOfNode(node, walk);
  const [argument] = node.params;
  if (!BLOCKS.includes(name) || argument === undefined) {
    walk.problems.push({ code: "template-unknown-helper", name: `#${name}`, known: BLOCKS.map((block) => `#${block}`), at });
    return;
  }
  inspectName(argument, walk, { inEach, at });
  visit(node.program.body, walk, inEach || name === "each");
  const otherwise = inverseOf(node);
  if (otherwise !== undefined) visit(otherwise.body, walk, inEach);
}

function inspectName(argument: hbs.AST.Expression, walk: Walk, context: { readonly inEach: boolean; readonly at: Place }): void {
  if (argument.type !== "PathExpression") return;
  const path = pathName(argument);
  const name = path.replace(/^(\.\.\/)+/, "");
  if (context.inEach && EACH_NAMES.includes(name)) return;
  walk.used.add(name);
  if (name in walk.request.values) return;
  walk.problems.push({ code: "template-param-missing", name, known: rank(name, Object.keys(walk.request.values)), declaredIn: walk.request.declaredIn, at: context.at });
}

function rank(name: string, known: readonly string[]): readonly string[] {
  const near = nearest(name, known);
  return near === undefined ? known : [near, ...known.filter((other) => other !== near)];
}

function placeOfNode(node: hbs.AST.Node, walk: Walk): Place {
  const { line, column } = node.loc.start;
  const text = walk.request.template.text.split("\n")[line - 1]?.slice(column);
  const shown = text === undefined ? undefined : /^\{\{.*?\}\}+/.exec(text)?.[0] ?? text;
  return { file: walk.request.template.file, line, column: column + 1, ...(shown === undefined ? {} : { text: shown }) };
}

// ---- marks -------------------------------------------------------------------------------------------------

function mark(program: hbs.AST.Program): hbs.AST.Program {
  program.body = program.body.flatMap((node) => marked(node));
  return program;
}

function marked(node: Node): Node[] {
  if (isContent(node)) {
    node.value = markContent(node);
    return [node];
  }
  if (isBlock(node)) {
    mark(node.program);
    const otherwise = inverseOf(node);
    if (otherwise !== undefined) mark(otherwise);
    return [node];
  }
  if (!isMustache(node)) return [node];
  const { line, column } = node.loc.start;
  const before: hbs.AST.ContentStatement = { type: "ContentStatement", value: markText(line, column + 1, 0), original: { open: false, close: false }, loc: node.loc };
  return [before, node];
}

/** A block without {{else}} has none; the types of Handlebars say otherwise. */
const inverseOf = (node: { readonly inverse: hbs.AST.Program | undefined }): hbs.AST.Program | undefined => node.inverse;

/** Text is marked at its start and after each line feed; Handlebars may have cut blanks off its start. */
function markContent(node: hbs.AST.ContentStatement): string {
  const original = typeof node.original === "string" ? node.original : "";
  const value = node.value;
  if (value === "") return "";
  const cut = Math.max(0, original.indexOf(value));
  const skipped = original.slice(0, cut);
  let line = node.loc.start.line + (skipped.split("\n").length - 1);
  const column = skipped.includes("\n") ? cut - skipped.lastIndexOf("\n") : node.loc.start.column + cut + 1;
  const lines = value.split("\n");
  return lines.map((text, index) => (index === 0 ? markText(line, column, 1) : markText(++line, 1, 1)) + text).join("\n");
}

function markText(line: number, column: number, literal: 0 | 1): string {
  return `\u0001${line}:${column}:${literal}\u0002`;
}

// ---- the tree's shapes -------------------------------------------------------------------------------------

const isMustache = (node: hbs.AST.Node): node is hbs.AST.MustacheStatement => node.type === "MustacheStatement";
const isBlock = (node: hbs.AST.Node): node is hbs.AST.BlockStatement => node.type === "BlockStatement";
const isContent = (node: hbs.AST.Node): node is hbs.AST.ContentStatement => node.type === "ContentStatement";
const isText = (node: hbs.AST.Node): node is hbs.AST.StringLiteral => node.type === "StringLiteral";
const isPath = (node: hbs.AST.Node): node is hbs.AST.PathExpression => node.type === "PathExpression";

function pathName(node: hbs.AST.Node): string {
  if (isPath(node)) return node.original;
  return isText(node) ? node.value : node.type;
}
