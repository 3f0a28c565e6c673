// A small stage with every trap of CSV, rules, quarantine, gates and exports, for whatever place it runs on.
// In: how to put a source file there. Out: steps and exports of stage.json.

import { gzipSync } from "node:zlib";
import type { CsvFile, StageExport } from "../../../driver/stage.js";
import { BRANCH, column, gate, step } from "./stage-bench.js";

export const RAW = "lake.t_raw.claim";
export const CLEAN = "lake.t_cleansed.claim";
export const ASIDE = "lake.t_cleansed.claim__quarantine";
export const TOTAL = "lake.t_curated.claim_total";

const rawColumns = ["npi", "name", "claims", "cost", "note", "source_file", "layout", "unparsed_line"].map((n) => column(n));
export const cleanColumns = [column("npi", "string", false), column("name"), column("claims", "bigint"), column("cost", "decimal(18,2)"),
  column("warnings", "array<string>")];

/** Puts bytes where the stage reads them, and tells their URI. */
export type Put = (name: string, bytes: string | Buffer) => string;

export function csv(put: Put, name: string, bytes: string | Buffer, parts: Partial<CsvFile> = {}): CsvFile {
  return { uri: put(name, bytes), name, gzip: false, skip_lines: 1, fields: ["npi", "name", "claims", "cost"], ...parts };
}

export function rawStep(files: readonly CsvFile[], fingerprint = "f1") {
  return step({
    table: RAW, columns: rawColumns, fingerprint,
    source: { kind: "csv", view: "claim_source", files, delimiter: ",", absent: ["note"], layout: "short" },
    sql: `insert overwrite ${RAW}.${BRANCH} partition (year = 2023) by name\nselect * except (source_key) from claim_source`,
  });
}

export function cleanStep(fingerprint = "f1") {
  return step({
    table: CLEAN, columns: cleanColumns, fingerprint,
    rows: {
      view: "claim_rows", input_table: RAW,
      statement: { id: "clean#rows", sql: `select *, filter(array(if(unparsed_line is not null, 'A1', null), if(try_cast(claims as bigint) is null, 'A2', null)),
        x -> x is not null) as quarantine_reasons, filter(array(if(try_cast(claims as bigint) < 11, 'W1', null)), x -> x is not null) as warnings
        from ${RAW}.${BRANCH} where year = 2023` },
    },
    sql: `insert overwrite ${CLEAN}.${BRANCH} partition (year = 2023) by name
      select npi, name, cast(claims as bigint) claims, cast(cost as decimal(18,2)) cost, warnings from claim_rows where size(quarantine_reasons) = 0`,
    quarantine: {
      table: ASIDE, columns: [...rawColumns, column("quarantine_reasons", "array<string>")],
      statement: { id: "clean#quarantine", sql: `insert overwrite ${ASIDE}.${BRANCH} partition (year = 2023) by name
        select ${rawColumns.map((c) => c.name).join(", ")}, quarantine_reasons from claim_rows where size(quarantine_reasons) > 0` },
    },
    gates: [
      gate({ id: "A1", kind: "row", offenders: "quarantine" }), gate({ id: "A2", kind: "row", offenders: "quarantine" }),
      gate({ id: "W1", kind: "row", severity: "warn", offenders: "warnings" }),
      gate({ id: "B1", kind: "row", offenders: "block" }),
      gate({ id: "N1", kind: "row", not_applicable: "the layout has no note" }),
      gate({ id: "S1", kind: "set", statement: { id: "clean#S1", sql: `select npi, count(*) n from ${CLEAN}.${BRANCH} where year = 2023 group by npi having n > 99` } }),
      gate({ id: "S2", kind: "set", applicable_when: { sql: `select 1 from ${CLEAN}.${BRANCH} where year = 2022`, else_reason: "no partition for 2022" },
        statement: { id: "clean#S2", sql: "select 1 as offender" } }),
    ],
  });
}

export function totalStep(fingerprint = "f1", gates = [gate({ id: "T1", kind: "set", severity: "info", statement: { id: "total#T1", sql: `select * from ${TOTAL}.${BRANCH}` } })]) {
  return step({
    table: TOTAL, fingerprint, gates,
    columns: [column("name"), column("is_new", "boolean"), column("rows", "bigint"), column("cost", "decimal(18,2)"), column("at", "timestamp"), column("day", "date")],
    sql: `insert overwrite ${TOTAL}.${BRANCH} partition (year = 2023) by name
      select name, name is null as is_new, count(*) as rows, sum(cost) as cost, timestamp'2023-01-02 03:04:05.000006' as at, date'2023-01-02' as day
      from ${CLEAN}.${BRANCH} where year = 2023 group by name`,
  });
}

/** Segments go to `<folder>/<table>`. */
export function exportOf(folder: string, table: string, columns: readonly (readonly [string, string])[], fingerprint = "f1"): StageExport {
  return { id: `export:${table}`, table, year: 2023, columns: columns.map(([name, type]) => ({ name, type })), sort: [columns[1]?.[0] ?? "year"],
    directory: `${folder}/${table}`, segment_bytes: 64_000_000, fingerprint };
}

const RAW_TYPES: readonly (readonly [string, string])[] = [["year", "int"], ...rawColumns.map(({ name }) => [name, "string"] as const)];

export const rawExport = (folder: string): StageExport => exportOf(folder, RAW, RAW_TYPES);
export const cleanExport = (folder: string): StageExport => exportOf(folder, CLEAN, [["year", "int"], ...cleanColumns.map(({ name, type }) => [name, type] as const)]);
export const asideExport = (folder: string): StageExport => exportOf(folder, ASIDE, [...RAW_TYPES, ["quarantine_reasons", "array<string>"]]);
export const totalExport = (folder: string): StageExport =>
  exportOf(folder, TOTAL, [["year", "int"], ["name", "string"], ["is_new", "boolean"], ["rows", "bigint"], ["cost", "decimal(18,2)"], ["at", "timestamp"], ["day", "date"]]);

export function trapFiles(put: Put): readonly CsvFile[] {
  return [
    csv(put, "plain.csv", '\uFEFFcost,npi,skipped,claims,name\r\n10.50,1001,x,11,"Smith, ""Jo"" \\N"\r\n,1002,x,12,\r\n', { fields: ["cost", "npi", null, "claims", "name"] }),
    csv(put, "packed.csv.gz", gzipSync("npi,name,claims,cost\n1003,Ünal\tTab,5,1.00\n"), { gzip: true }),
    csv(put, "titles.csv", '"A title, with comma"\n\nnpi,name,claims,cost\n1004,"two\nlines",30,2.00\n', { skip_lines: 3 }),
    csv(put, "feeds.csv", 'npi,name,claims,cost\n1005,"above\r\nbelow",31,3.00\n1006,x,32,4.00\n'),
    csv(put, "_odd [1].csv", "npi,name,claims,cost\n1007,few,1\n1008,many,1,2.00,extra\n1009,text,abc,2.00\n1010,\"open,13,5.00\n1011,fine,14,6.00"),
  ];
}
