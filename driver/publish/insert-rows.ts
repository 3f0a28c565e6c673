// Lines of a segment → INSERT statements no longer than a packet. The escapes of a segment are those of a string literal,
// so a field becomes a literal by its quotes alone. In: bytes of a segment; out: statements, in order.

import type { Readable } from "node:stream";
import { BrokenSource } from "../mysql.js";

export interface InsertForm {
  /** Up to where the rows begin. */
  readonly head: string;
  readonly columns: number;
  /** Of one statement, at most; a row that is longer has one of its own. */
  readonly bytes: number;
}

export interface InsertStatement {
  readonly sql: string;
  readonly rows: number;
}

const LINE_END = 0x0a;

/** Throws BrokenSource where the segment cannot be read, ends within a row, or a row has another number of fields. */
export async function* insertStatements(source: Readable, { head, columns, bytes }: InsertForm): AsyncGenerator<InsertStatement> {
  let rows: string[] = [];
  let size = head.length;
  let line = 0;
  const statement = (): InsertStatement => ({ sql: head + rows.join(","), rows: rows.length });
  for await (const text of linesOf(source)) {
    line++;
    const fields = text.split("\t");
    if (fields.length !== columns) throw new BrokenSource(`line ${String(line)} has ${String(fields.length)} fields, the table has ${String(columns)}`);
    const row = `(${fields.map(literal).join(",")})`;
    const length = Buffer.byteLength(row) + 1;
    if (rows.length > 0 && size + length > bytes) {
      yield statement();
      rows = [];
      size = head.length;
    }
    rows.push(row);
    size += length;
  }
  if (rows.length > 0) yield statement();
}

const literal = (field: string): string => (field === "\\N" ? "null" : `'${field.replaceAll("'", "''")}'`);

/** A line may lie in several chunks, and so may a character: cut where the line ends, then read as text. */
async function* linesOf(source: Readable): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunksOf(source)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
      yield bytes.toString("utf8", from, end);
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) throw new BrokenSource("it ends within a row");
}

async function* chunksOf(source: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
  } catch (error) {
    throw new BrokenSource(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
