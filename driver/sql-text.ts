// SQL as text: what is code and what is comment or literal. Comes in: rendered SQL. Goes out: the same text with
// the uninteresting parts blanked, offsets kept. Never parses: Spark's own analyser is the judge of grammar.

const SKIPPED = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`/g;

/** The SQL with comments, string literals and quoted names replaced by blanks of the same length. */
export function codeOnly(sql: string): string {
  return sql.replace(SKIPPED, (part) => part.replace(/[^\n]/g, " "));
}

/** The SQL without comments and layout: equal for two texts that differ in nothing that Spark sees. */
export function withoutLayout(sql: string): string {
  let text = "";
  let end = 0;
  for (const match of sql.matchAll(SKIPPED)) {
    text = joined(text, sql.slice(end, match.index));
    const isComment = match[0].startsWith("--") || match[0].startsWith("/*");
    text = isComment ? joined(text, " ") : text + match[0];
    end = match.index + match[0].length;
  }
  return joined(text, sql.slice(end)).trim();
}

/** Code behind what is there already, white space folded, also across the seam; literals are never touched. */
function joined(text: string, code: string): string {
  const folded = code.replace(/\s+/g, " ");
  return text.endsWith(" ") && folded.startsWith(" ") ? text + folded.slice(1) : text + folded;
}

/** 1-based line and column of an offset. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf("\n");
  return { line: before.split("\n").length, column: offset - lastBreak };
}

/** Offset of a 1-based line and column; the end of the text when they lie beyond it. */
export function offsetOf(text: string, line: number, column: number): number {
  let offset = 0;
  for (let at = 1; at < line; at++) {
    const next = text.indexOf("\n", offset);
    if (next < 0) return text.length;
    offset = next + 1;
  }
  return Math.min(offset + column - 1, text.length);
}
