// A folder of a case → the SQL that plays it, and what it expects. In: test/data/<pipeline>/<zone>/<table>/<case>/ with
// one CSV a table the job reads (named "<zone>.<table>.csv"), expect.csv, optional params.json.
// A case of a set rule lies in <table>@<gate id>/ and expects the offenders. Never here: Spark, comparing.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Gate, Job, Layout, SetRule } from "../../driver/job.js";
import { rawColumns } from "../../driver/job.js";
import { parseJobName } from "../../driver/names.js";
import { applies } from "../../driver/plan-steps.js";
import { render, type Rendered } from "../../driver/render.js";
import { isRowRule, tableColumns, writesOf } from "../../driver/statements.js";
import { templatesIn } from "../../driver/templates.js";
import { pipelines } from "../../jobs/index.js";
import { readCsv, type Cells } from "./csv.js";

const ROOT = join(import.meta.dirname, "../..");
const TEMPLATES = templatesIn([ROOT]);

/** Year 2023 and every layout's columns, unless the case says otherwise. */
const params = z.strictObject({ year: z.number().int().default(2023), layout: z.string().optional() });

export interface Case {
  /** "part-d/cleansed/prescriber_drug: a suppressed value stays unknown". */
  readonly id: string;
  readonly setup: readonly string[];
  readonly query: string;
  readonly expected: Cells;
}

/** Every case below a pipeline's folder, in the order of their names. */
export function readCases(pipeline: string): readonly Case[] {
  const root = join(import.meta.dirname, pipeline);
  const folders = (path: string): readonly string[] => readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name)).sort();
  return folders(root).flatMap((zone) => folders(zone).flatMap((table) => folders(table).map((folder) => readCase(folder, `${pipeline}/${basename(zone)}/${basename(table)}`))));
}

function readCase(folder: string, name: string): Case {
  const [jobName = "", gateId] = name.split("@");
  const job = jobOf(jobName);
  const { year, layout } = params.parse(existsSync(join(folder, "params.json")) ? JSON.parse(readFileSync(join(folder, "params.json"), "utf8")) : {});
  const expected = readCsv(readFileSync(join(folder, "expect.csv"), "utf8"));
  const gate = job.gates.find((each) => each.id === gateId);
  const select = gateId === undefined ? selectOf(job, year) : gateSelect(job, gate, year);
  const sql = job.quarantines === undefined || gateId !== undefined ? select.sql : withRules({ job, year, select, ...(layout === undefined ? {} : { layout }) });
  const reads = tablesRead(select.reads, sql);
  return { id: `${name}: ${basename(folder).replaceAll("-", " ")}`, setup: reads.map((table) => viewOf(table, { folder, year })), query: asText(sql, expected.header), expected };
}

function jobOf(name: string): Job {
  const job = pipelines.flatMap((pipeline) => pipeline.jobs).find((each) => each.name === name);
  if (job === undefined) throw new Error(`there is no job ${name}`);
  return job;
}

const view = (job: string): string => `case_${parseJobName(job)?.zone ?? ""}_${parseJobName(job)?.table ?? ""}`;
const quarantineView = (job: string): string => `${view(job)}__quarantine`;
const known = (job: string, name: (job: string) => string): string | undefined => (pipelines.some((each) => each.jobs.some((one) => one.name === job)) ? name(job) : undefined);

function rendered(name: string, values: Readonly<Record<string, unknown>>, optional: readonly string[]): Rendered {
  const template = TEMPLATES(name);
  if (template === undefined) throw new Error(`there is no template ${name}`);
  const made = render({
    template, values, optional, declaredIn: name,
    table: (job) => known(job, view), visible: (job) => known(job, view), quarantine: (job) => known(job, quarantineView), source: () => undefined,
    knownTables: pipelines.flatMap((pipeline) => pipeline.jobs.map((job) => job.name)), target: name,
  });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.value;
}

const selectOf = (job: Job, year: number): Rendered => rendered(job.name, { year, ...job.args }, ["year"]);

function gateSelect(job: Job, gate: Gate | undefined, year: number): Rendered {
  if (gate?.kind !== "set") throw new Error(`${job.name} has no such set rule`);
  const rule: SetRule = gate;
  return rendered(rule.template, { job: job.name, year, previous_year: year - 1, key: job.grain, ...rule.args }, ["job", "year", "previous_year", "key"]);
}

/** The select with the columns quarantine_reasons and warnings, as the stage runs it. */
function withRules(of: { readonly job: Job; readonly year: number; readonly select: Rendered; readonly layout?: string }): string {
  const { job, year, select } = of;
  const raw = jobOf(job.quarantines ?? "");
  const columns = of.layout === undefined ? undefined : columnsOf(raw.source?.layouts.find((each) => each.name === of.layout));
  const rules = job.gates.filter(isRowRule).filter((rule) => applies(rule.needs, columns));
  const writes = writesOf({ job, year, branch: "case", select, file: job.name, rules, write: "overwrite", rawColumns: raw.columns });
  return writes.rows?.statement.sql ?? select.sql;
}

const columnsOf = (layout: Layout | undefined): ReadonlySet<string> => new Set(Object.values(layout?.columns ?? {}));

interface TableRead {
  readonly job: string;
  readonly isQuarantine: boolean;
}

function tablesRead(reads: readonly string[], sql: string): readonly TableRead[] {
  const quarantined = reads.filter((job) => sql.includes(quarantineView(job))).map((job) => ({ job, isQuarantine: true }));
  return [...reads.map((job) => ({ job, isQuarantine: false })), ...quarantined];
}

/** A view with the rows of the case's file, typed as the table is; columns that the file leaves out are null. Without a file it is empty. */
function viewOf({ job: name, isQuarantine }: TableRead, of: { readonly folder: string; readonly year: number }): string {
  const job = jobOf(name);
  const parts = parseJobName(name);
  const own = job.source === undefined ? tableColumns(job) : Object.entries(rawColumns(job.source)).map(([column, { type }]) => ({ name: column, type }));
  const raw = isQuarantine ? Object.entries(jobOf(job.quarantines ?? "").columns).map(([column, { type }]) => ({ name: column, type })) : own;
  const columns = [...raw, { name: "year", type: "int" }];
  const file = join(of.folder, `${parts?.zone ?? ""}.${parts?.table ?? ""}${isQuarantine ? ".quarantine" : ""}.csv`);
  const cells: Cells = existsSync(file) ? readCsv(readFileSync(file, "utf8")) : { header: [], rows: [] };
  const unknown = cells.header.filter((column) => !columns.some((each) => each.name === column));
  if (unknown.length > 0) throw new Error(`${file}: ${name} has no column ${unknown.join(", ")}`);
  const typed = columns.map(({ name: column, type }) => {
    const at = cells.header.indexOf(column);
    const text = at >= 0 ? `c${String(at)}` : column === "year" ? `'${String(of.year)}'` : "null";
    return `cast(${text} as ${type.startsWith("array") ? "string" : type}) as \`${column}\``;
  });
  const values = cells.rows.map((row) => `(${[...row.map(literal), "1"].join(", ")})`);
  const names = [...cells.header.map((_, at) => `c${String(at)}`), "one"].join(", ");
  const from = values.length > 0 ? `values ${values.join(", ")} as v(${names})` : `values (${[...cells.header.map(() => "null"), "1"].join(", ")}) as v(${names}) where false`;
  return `create or replace temporary view ${isQuarantine ? quarantineView(name) : view(name)} as select ${typed.join(", ")} from ${from}`;
}

const literal = (text: string | null): string => (text === null ? "cast(null as string)" : `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`);

/** Columns as texts, lists of ids joined by a blank. */
function asText(sql: string, header: readonly string[]): string {
  const lists = ["quarantine_reasons", "warnings"];
  const columns = header.map((column) => (lists.includes(column) ? `array_join(${column}, ' ') as ${column}` : `cast(${column} as string) as ${column}`));
  return `select ${columns.join(", ")} from (${sql}) as played`;
}
