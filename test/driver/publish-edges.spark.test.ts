// Every type's edges through the real parts: a job on Spark, its table in Iceberg, the export, LOAD DATA, and the hash that
// MySQL computes from what it stored. The same rows are hashed a third time here, from what they should be.

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { carelake } from "../carelake.js";
import { change, makeProject } from "../problems/case.js";
import { startTestMySql } from "../servers/mysql.js";
import { onWarmSpark } from "../servers/warm-spark.js";
import { makeDatabase, type Database } from "./publish-database.js";
import { hashOf, lineOf, type Value } from "./publish-segments.js";

const COLUMNS = { id: "string", words: "string", small: "int", large: "bigint", flag: "boolean", day: "date", moment: "timestamp", money: "decimal(18,2)", exact: "decimal(38,10)" } as const;

/** As MySQL prints them; what Spark is given differs only where `GIVEN` says so. */
const ROWS: readonly (readonly Value[])[] = [
  ["", "", "0", "0", "0", "1000-01-01", "1000-01-01 00:00:00.000000", "0.00", "0.0000000000"],
  ["null", null, null, null, null, null, null, null, null],
  ["NULL", "NULL", "-2147483648", "-9223372036854775808", "1", "9999-12-31", "9999-12-31 23:59:59.999999", "-9999999999999999.99", "-9999999999999999999999999999.9999999999"],
  ["\\N", "\\N", "2147483647", "9223372036854775807", "1", "2024-02-29", "2038-01-19 03:14:08.000001", "9999999999999999.99", "9999999999999999999999999999.9999999999"],
  ["tab", "a\tb\\tc\\\td\t", "-1", "-1", "0", "2023-06-01", "2023-03-26 02:30:00.000000", "-0.01", "0.0000000001"],
  ["lines", "a\nb\r\nc\\n\\r\\\n", "1", "1", "0", "2023-06-01", "2023-11-05 01:30:00.123456", "0.10", "-0.0000000001"],
  ["zero byte", "a\0b\\0c\x1a\\Z\b", "1", "1", "0", "1582-10-15", "1969-12-31 23:59:59.999999", "100.00", "1.0000000000"],
  ["four bytes 𝄞😀", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u{10FFFF} \ufeff e\u0301", "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.100000", "1.00", "1.0000000000"],
  ["quotes", `'it''s' "x" \`y\` %s ? ;-- {{braces}} \${x}`, "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
  ["case", "  leading and trailing  ", "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
  ["CASE", "x".repeat(300), "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
  ["cäse", "😀".repeat(300), "1", "1", "1", "2023-06-01", "2023-06-01 00:00:00.000000", "1.00", "1.0000000000"],
  ["minus zero", "-0", "0", "0", "0", "2023-06-01", "2023-06-01 00:00:00.000000", "0.00", "0.0000000000"],
];
/** There is no negative zero in any type that is published. */
const GIVEN: Readonly<Record<string, readonly string[]>> = { "minus zero": ["-0", "-0", "-0.00", "-0.0000000000"] };

/** Text by its bytes, so that no reader of the template can take a part of it for its own. */
function literal(value: Value, type: string): string {
  if (value === null) return `cast(null as ${type})`;
  return type === "string" ? `cast(unbase64('${Buffer.from(value, "utf8").toString("base64")}') as string)` : `cast('${value}' as ${type})`;
}

function template(): string {
  const types = Object.values(COLUMNS);
  const rows = ROWS.map((row) => {
    const [small, large, money, exact] = GIVEN[row[0] ?? ""] ?? [row[2], row[3], row[7], row[8]];
    const given = row.map((value, index) => ({ 2: small, 3: large, 7: money, 8: exact })[index] ?? value);
    return `    (${given.map((value, index) => literal(value, types[index] ?? "")).join(", ")})`;
  });
  return `-- Every type's edges.\n-- grain: id\nselect ${Object.keys(COLUMNS).join(", ")}\nfrom values\n${rows.join(",\n")}\n    as edges(${Object.keys(COLUMNS).join(", ")})\nwhere {{int year}} = 2023\n`;
}

const JOB = `const edges = defineJob({
  name: "fills/curated/edges",
  meaning: "Every type's edges; it's quoted, \\\\N and 𝄞",
  grain: ["id"],
  columns: { ${Object.entries(COLUMNS).map(([name, type]) => `${name}: { type: "${type}", meaning: "It's ${name}", nullable: ${String(name !== "id")}${type === "string" ? ", maxLength: 300" : ""} }`).join(", ")} },
  gates: [hasRows(), uniqueKey("F06", ["id"], "0")],
  publish: { indexes: [["day", "money"]] },
});

export default`;

let server: MySqlServer;
let database: Database;
const project = makeProject();

beforeAll(async () => {
  server = await startTestMySql();
  database = await makeDatabase(server, "fills");
  change(project, {
    write: { "templates/fills/curated/edges.sql.hbs": template() },
    programs: {},
    bytes: {},
    remove: [],
    replace: [
      { file: "pipeline.ts", from: "export default", to: JOB },
      { file: "pipeline.ts", from: "pharmacyReport, drugReport]", to: "pharmacyReport, drugReport, edges]" },
      { file: "carelake.yaml", from: "port: 3306", to: `port: ${String(server.port)}` },
      { file: "carelake.yaml", from: "user: loader", to: "user: fills" },
    ],
  });
});

afterAll(async () => {
  await database?.end();
  await server?.stop();
  rmSync(project, { recursive: true, force: true });
});

it("brings every type's edges from Spark to MySQL as they were, with one hash on both sides and in between", async () => {
  const done = await carelake({ args: ["run", "fills", "--year", "2023", "--profile", "serving"], cwd: project, env: { ...onWarmSpark(), LOADER_PASSWORD: database.password } });
  expect(done.code, done.stderr).toBe(0);
  const found = await database.rows("select id, words, cast(small as char) small, cast(large as char) large, cast(flag as char) flag, cast(day as char) day, cast(moment as char) moment, cast(money as char) money, cast(exact as char) exact from edges");
  const byId = new Map(found.map((row) => [String(row["id"]), Object.values(row) as Value[]]));
  expect(found.length).toBe(ROWS.length);
  for (const row of ROWS) expect(byId.get(row[0] ?? ""), row[0] ?? "").toEqual(row);

  const expected = ROWS.reduce((sum, row) => sum + hashOf(lineOf(["2023", ...row])), 0n).toString();
  const [live] = await database.rows("select content_hash h, row_count n, lake_snapshots s, carelake_version v, run r from carelake_tables where table_name = 'edges'");
  expect(live).toMatchObject({ h: expected, n: ROWS.length, s: { "2023": currentSnapshot(join(project, "lake/warehouse")) } });
  expect(done.stderr).toContain(`hash ${expected}`);
});

/** Of the table in the lake, as its newest metadata file says. */
function currentSnapshot(warehouse: string): string {
  const files = readdirSync(warehouse, { recursive: true, encoding: "utf8" }).filter((file) => /edges\/metadata\/v\d+\.metadata\.json$/.test(file));
  const newest = files.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1) ?? "";
  // Too long for a number.
  return /"current-snapshot-id"\s*:\s*(\d+)/.exec(readFileSync(join(warehouse, newest), "utf8"))?.[1] ?? "none";
}
