import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { insertStatements } from "../../driver/publish/insert-rows.js";

const HEAD = "insert into `t` (`a`, `b`) values ";

async function made(chunks: readonly (Buffer | string)[], bytes = 1000) {
  const statements = [];
  for await (const each of insertStatements(Readable.from(chunks), { head: HEAD, columns: 2, bytes })) statements.push(each);
  return statements;
}

describe("INSERT statements of a segment", () => {
  it("have a null for \\N alone, keep its escapes and double its quotes", async () => {
    expect(await made(["\\N\tit's\n", "\\\\N\ta\\tb\\n\\\\\n", "\t'\n"])).toEqual([{ sql: `${HEAD}(null,'it''s'),('\\\\N','a\\tb\\n\\\\'),('','''')`, rows: 3 }]);
  });

  it("are the same however the bytes are cut into chunks, within a line or a character", async () => {
    const bytes = Buffer.from("𝄞\té\nb\t😀\n");
    const whole = await made([bytes]);
    for (let at = 0; at <= bytes.length; at++) expect(await made([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
  });

  it("are never longer than asked, but for a row that alone is", async () => {
    const lines = Array.from({ length: 200 }, (_, index) => `${String(index)}\té${"x".repeat(index % 30)}\n`);
    const limit = HEAD.length + 80;
    const statements = await made([lines.join(""), `1\t${"y".repeat(200)}\n`, "2\tz\n"], limit);
    expect(statements.reduce((sum, each) => sum + each.rows, 0)).toBe(202);
    const longer = statements.filter(({ sql }) => Buffer.byteLength(sql) > limit);
    expect(longer.map(({ rows }) => rows)).toEqual([1]);
  });

  it("are refused for a row with another number of fields, and for one that is cut", async () => {
    await expect(made(["a\tb\n", "a\tb\tc\n"])).rejects.toThrow("line 2 has 3 fields, the table has 2");
    await expect(made(["a\tb\n", "a"])).rejects.toThrow("it ends within a row");
  });
});
