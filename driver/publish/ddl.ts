// A table's contract as MySQL text: create, load, index, the line a row was loaded from, and its hash.
// Pure: names and columns in, statements out.

import { contentId } from "../canonical.js";
import type { ColumnType } from "../job.js";
import { columnComment, name, tableComment, text } from "./names.js";
import type { NamedColumn, PublishTable, Tag } from "./set.js";

/**
 * Spark compares text byte by byte, so keys that differ only by case or accent are two rows there. MySQL's default
 * (utf8mb4_0900_ai_ci) would call them one and drop a row; as_cs keeps them apart, does not pad blanks, and still
 * sorts as people expect.
 */
export const COLLATION = "utf8mb4_0900_as_cs";

/** As information_schema.columns.column_type prints it. */
export function mysqlType(column: NamedColumn): string {
  const type: ColumnType = column.type;
  switch (type) {
    case "string":
      if (column.maxLength === undefined) throw new TypeError(`column ${column.name} is published and has no maxLength`);
      return `varchar(${column.maxLength})`;
    case "boolean":
      return "tinyint(1)";
    case "timestamp":
      return "datetime(6)"; // MySQL's own timestamp ends in 2038 and follows the session's time zone
    default:
      return type.replace(/\s+/g, "");
  }
}

export function createTable(table: PublishTable, as: string, tag: Tag): string {
  const columns = table.columns.map(
    (column) =>
      `  ${name(column.name)} ${mysqlType(column)}${column.nullable === true ? " null" : " not null"} comment ${text(columnComment(column.meaning, column.unit))}`,
  );
  return [
    `create table ${name(as)} (`,
    [...columns, `  primary key (${list(table.key)})`].join(",\n"),
    `) engine=InnoDB character set utf8mb4 collate ${COLLATION} comment=${text(tableComment(table.meaning, tag))}`,
  ].join("\n");
}

/** InnoDB's limits, in bytes; a character may have four. */
const ROW_BYTES = 65_535;
const KEY_BYTES = 3072;

/** Why MySQL would refuse the table: found out before anything is loaded. */
export function sizeFaults(table: PublishTable): readonly string[] {
  const row = table.columns.reduce((sum, column) => sum + bytesOf(column), 0) + Math.ceil(table.columns.filter((column) => column.nullable === true).length / 8);
  const keys = [table.key, ...table.indexes].flatMap((names) => {
    const columns = table.columns.filter((column) => names.includes(column.name));
    const size = columns.reduce((sum, column) => sum + (column.type === "string" ? textBytes(column) : bytesOf(column)), 0);
    return size <= KEY_BYTES ? [] : [`a key of (${names.join(", ")}) has up to ${size} bytes, MySQL takes ${KEY_BYTES}`];
  });
  return [...(row <= ROW_BYTES ? [] : [`a row has up to ${row} bytes, MySQL takes ${ROW_BYTES}`]), ...keys];
}

const textBytes = ({ maxLength = 0 }: NamedColumn): number => 4 * maxLength;

function bytesOf(column: NamedColumn): number {
  const [, digits = "0"] = /^decimal\((\d+)/.exec(column.type) ?? [];
  const fixed: Readonly<Record<string, number>> = { int: 4, bigint: 8, boolean: 1, date: 3, timestamp: 8 };
  // Nine digits take four bytes, on both sides of the point.
  return column.type === "string" ? textBytes(column) + (textBytes(column) > 255 ? 2 : 1) : (fixed[column.type] ?? Math.ceil((Number(digits) / 9) * 4) + 2);
}

/** All secondary indexes at once, after the load: three times cheaper than loading with them. */
export function addIndexes(table: PublishTable, as: string): string | undefined {
  if (table.indexes.length === 0) return undefined;
  const adds = table.indexes.map((columns) => `add index ${name(`by_${columns.join("_")}`.slice(0, 64))} (${list(columns)})`);
  return `alter table ${name(as)} ${adds.join(", ")}`;
}

/** Of a stream that the session sends; `segment` only names it. */
export const loadLocal = (table: PublishTable, as: string, segment: string): string => `load data local infile ${text(segment)} ${intoTable(table, as)}`;

/** Aurora only: the server fetches the object. */
export const loadFromS3 = (table: PublishTable, as: string, uri: string): string => `load data from s3 ${text(uri)} ${intoTable(table, as)}`;

/** The form of the segments is MySQL's default; it is stated because a server may have other ideas. */
function intoTable(table: PublishTable, as: string): string {
  return (
    `into table ${name(as)} character set utf8mb4 ` +
    `fields terminated by '\\t' enclosed by '' escaped by '\\\\' lines starting by '' terminated by '\\n' ` +
    `(${list(table.columns.map((column) => column.name))})`
  );
}

/** Up to where the rows begin. */
export const insertInto = (table: PublishTable, as: string): string => `insert into ${name(as)} (${list(table.columns.map((column) => column.name))}) values `;

const ESCAPES = [
  ["'\\\\'", "'\\\\\\\\'"],
  ["'\\0'", "'\\\\0'"],
  ["'\\t'", "'\\\\t'"],
  ["'\\n'", "'\\\\n'"],
  ["'\\r'", "'\\\\r'"],
] as const;

/** The text of one value as it stood in the segment. Types are printed by the server in the form Spark writes. */
function field(column: NamedColumn): string {
  const value = name(column.name);
  const printed = column.type === "string" ? ESCAPES.reduce((inner, [raw, escaped]) => `replace(${inner}, ${raw}, ${escaped})`, value) : value;
  return column.nullable === true ? `ifnull(${printed}, '\\\\N')` : printed;
}

/** The line of the segment, rebuilt from a row. concat_ws would skip a null, so none may reach it. */
export const lineOf = (columns: readonly NamedColumn[]): string => `concat_ws('\\t', ${columns.map(field).join(", ")})`;

/** Rows and content hash of one year: columns `rows_found`, `hash_found`. sha2, because MySQL 9.6 gave up md5(). */
export function countAndHash(table: PublishTable, as: string): string {
  const line = lineOf(table.columns);
  return (
    `select count(*) as rows_found, coalesce(sum(cast(conv(left(sha2(${line}, 256), 8), 16, 10) as unsigned)), 0) as hash_found ` +
    `from ${name(as)} where ${name("year")} = ?`
  );
}

export const countRows = (as: string): string => `select count(*) as rows_found from ${name(as)}`;

/** What makes two definitions the same for a reader, comments included. */
export function contractHash(table: PublishTable): string {
  const columns = table.columns.map((column) => [column.name, mysqlType(column), column.nullable === true, columnComment(column.meaning, column.unit)]);
  return contentId({ columns, key: table.key, indexes: table.indexes, meaning: table.meaning, collation: COLLATION }).slice(0, 16);
}

const list = (columns: readonly string[]): string => columns.map(name).join(", ");
