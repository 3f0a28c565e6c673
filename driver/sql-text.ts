// SQL as text: what is code and what is comment or literal. Comes in: rendered SQL. Goes out: the same text with
// the uninteresting parts blanked, offsets kept. Never parses: Spark's own analyser is the judge of grammar.

const SKIPPED = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`/g;

/** The SQL with comments, string literals and quoted names replaced by blanks of the same length. */
export function codeOnly(sql: string): string {
  return sql.replace(SKIPPED, (part) => part.replace(/[^\n]/g, " "));
}

/** The SQL without comments and layout: equal for two texts that differ in nothing that Spark sees. */
export function withoutLayout(sql: string): string {
  const parts: string[] = [];
  let end = 0;
  for (const match of sql.matchAll(SKIPPED)) {
    parts.push(squeeze(sql.slice(end, match.index)));
    const literal = match[0];
    parts.push(literal.startsWith("--") || literal.startsWith("/*") ? " " : literal);
    end = match.index + literal.length;
  }
  parts.push(squeeze(sql.slice(end)));
  return parts.join("").replace(/ +/g, " ").trim();
}

function squeeze(code: string): string {
  return code.replace(/\s+/g, " ");
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
