// One table with every type, and the rows at the edges of what they hold: whatever loads them must bring them back.

import { join } from "node:path";
import type { NamedColumn, PublishTable } from "../../driver/publish/set.js";
import { writeSegments, type Value } from "./publish-segments.js";

const typed = (name: string, type: NamedColumn["type"], maxLength?: number): NamedColumn => ({
  name,
  type,
  meaning: `It's "${name}" \\ with a quote`,
  nullable: name !== "year" && name !== "id",
  ...(maxLength === undefined ? {} : { maxLength }),
});

export const EVERY_TYPE = {
  name: "every_type",
  meaning: "Every type's edge; it's quoted, \\N and 𝄞",
  columns: [
    typed("year", "int"),
    typed("id", "string", 60),
    typed("words", "string", 300),
    typed("small", "int"),
    typed("large", "bigint"),
    typed("flag", "boolean"),
    typed("day", "date"),
    typed("moment", "timestamp"),
    typed("money", "decimal(18,2)"),
    typed("exact", "decimal(38,10)"),
  ],
  key: ["year", "id"],
  indexes: [["day", "money"]],
} as const;

export const EDGES: readonly (readonly Value[])[] = [
  ["2023", "", "", "0", "0", "0", "1000-01-01", "1000-01-01 00:00:00.000000", "0.00", "0.0000000000"],
  ["2023", "null", null, null, null, null, null, null, null, null],
  ["2023", "NULL", "NULL", "-2147483648", "-9223372036854775808", "1", "9999-12-31", "9999-12-31 23:59:59.999999", "-9999999999999999.99", "-9999999999999999999999999999.9999999999"],
  ["2023", "\\N", "\\N", "2147483647", "9223372036854775807", "1", "2024-02-29", "2038-01-19 03:14:08.000001", "9999999999999999.99", "9999999999999999999999999999.9999999999"],
  ["2023", "tab", "a\tb\\tc\\\td", "1", "1", "0", "2023-06-01", "2023-03-26 02:30:00.000000", "-0.01", "0.0000000001"],
  ["2023", "lines", "a\nb\r\nc\\n\\r\\", "1", "1", "0", "2023-06-01", "2023-11-05 01:30:00.123456", "0.10", "-0.0000000001"],
  ["2023", "zero byte", "a\0b\\0c\x1a\\Z\b", "1", "1", "0", "2023-06-01", "2023-06-01 00:00:00.100000", "100.00", "1.0000000000"],
  ["2023", "four bytes 𝄞😀", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u{10FFFF} \ufeff \u200b e\u0301", "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
  ["2023", "quotes", `'it''s' "x" \`y\` %s ? ;--`, "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
  ["2023", "case", "  leading and trailing  ", "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
  ["2023", "CASE", "x".repeat(300), "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
  ["2023", "cäse", "😀".repeat(300), "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
  ["2023", "case ", "\\", "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
];

export function edges(folder: string, rows: readonly (readonly Value[])[] = EDGES): PublishTable {
  const directory = join(folder, `edges-${String(rows.length)}`);
  return { ...EVERY_TYPE, manifests: [{ directory, manifest: writeSegments({ directory, table: "every_type", year: 2023, columns: EVERY_TYPE.columns, rows, rowsPerSegment: 4 }) }] };
}
