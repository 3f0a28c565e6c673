// The first lines of a file → which declared layout it has, and which raw column each of its fields is.
// Names are compared without case, outer blanks and repeated blanks; order does not matter; position never does.

import type { Layout, Source } from "./job.js";
import { nearest } from "./nearest.js";
import type { Result } from "./problems.js";
import { fail, ok } from "./problems.js";

export interface HeaderMatch {
  readonly layout: Layout;
  /** Lines up to and with the header. */
  readonly skipLines: number;
  readonly fields: readonly (string | null)[];
}

/** Title rows stand above the header in some CMS files; more than this many never seen. */
const LINES_SEARCHED = 20;

export function matchLayouts(head: Buffer, source: Source, path: string): Result<HeaderMatch> {
  const lines = head.toString("utf8").replace(/^\uFEFF/, "").split(/\r\n|\n|\r/).slice(0, LINES_SEARCHED);
  let best = { line: 0, score: -1, cells: [] as readonly string[] };
  for (const [index, text] of lines.entries()) {
    for (const layout of source.layouts) {
      const cells = splitLine(text, layout.delimiter ?? ",");
      const { missing, unknown, twice } = compare(cells, layout);
      if (missing.length === 0 && unknown.length === 0 && twice.length === 0) return ok({ layout, skipLines: index + 1, fields: fieldsOf(cells, layout) });
      const score = Object.keys(layout.columns).length - missing.length;
      if (score > best.score) best = { line: index, score, cells };
    }
  }
  const layouts = source.layouts.map((layout) => {
    const { missing, unknown, twice } = compare(best.cells, layout);
    return { name: layout.name, missing, unknown: unknown.map((name) => withNearest(name, missing)), twice };
  });
  layouts.sort((a, b) => a.missing.length + a.unknown.length - (b.missing.length + b.unknown.length));
  return fail({ code: "source-header-unknown", source: source.name, found: best.cells, layouts, at: { file: path, line: best.line + 1 } });
}

function compare(cells: readonly string[], layout: Layout): { missing: readonly string[]; unknown: readonly string[]; twice: readonly string[] } {
  const found = cells.map(plain);
  const columns = Object.keys(layout.columns);
  const known = new Set([...columns, ...Object.keys(layout.ignored ?? {})].map(plain));
  const missing = columns.filter((column) => !found.includes(plain(column)));
  const unknown = cells.filter((cell) => !known.has(plain(cell)));
  const twice = cells.filter((cell, index) => known.has(plain(cell)) && found.indexOf(plain(cell)) !== index);
  return { missing, unknown, twice };
}

function fieldsOf(cells: readonly string[], layout: Layout): readonly (string | null)[] {
  const byName = new Map(Object.entries(layout.columns).map(([header, column]) => [plain(header), column]));
  return cells.map((cell) => byName.get(plain(cell)) ?? null);
}

function withNearest(name: string, missing: readonly string[]): { readonly name: string; readonly near?: string } {
  const near = nearest(name, missing);
  return near === undefined ? { name } : { name, near };
}

function plain(name: string): string {
  return name.trim().replace(/\s+/g, " ").toLowerCase();
}

/** Fields of one line; quotes may stand around a field, doubled inside it. */
function splitLine(line: string, delimiter: string): readonly string[] {
  const cells: string[] = [];
  const quoted = /^\s*"((?:[^"]|"")*)"\s*/;
  let rest = line;
  for (;;) {
    const match = quoted.exec(rest);
    const end = match === null ? rest.indexOf(delimiter) : match[0].length;
    const at = end < 0 ? rest.length : end;
    cells.push(match === null ? rest.slice(0, at) : (match[1] ?? "").replaceAll('""', '"'));
    if (at >= rest.length) return cells;
    rest = rest.slice(at + delimiter.length);
  }
}
