// A job's rendered select → the statements that Spark runs for it, each with the way back to the template.
// The only place that writes an insert head: every write names its branch and its one year.

import type { Column, Columns, Gate, Job, RowRule } from "./job.js";
import { checkedView, onBranch, quarantineOf, stepId, tableOf } from "./names.js";
import type { Rendered, TemplateMap } from "./render.js";
import type { StageColumn, StageStatement } from "./stage.js";

/** Where a statement's text comes from. */
export interface Origin {
  readonly file: string;
  readonly map: TemplateMap;
}

export interface Statement extends StageStatement {
  readonly origin?: Origin;
}

export interface Writes {
  readonly insert: Statement;
  readonly rows?: { readonly view: string; readonly statement: Statement };
  readonly quarantine?: { readonly table: string; readonly columns: readonly StageColumn[]; readonly statement: Statement };
}

export interface WriteRequest {
  readonly job: Job;
  readonly year: number;
  readonly branch: string;
  readonly select: Rendered;
  readonly file: string;
  /** Row rules that apply to the layout at hand. */
  readonly rules: readonly RowRule[];
  readonly write: "overwrite" | "append";
  /** Columns of the raw job, when rows can go to quarantine. */
  readonly rawColumns?: Columns;
}

const INDENT = "    ";

/**
 * Spark moves a filter below the select it reads, and there casts every column once more for each rule that names it.
 * It never moves a filter past a select that counts rows, as long as the count is asked for.
 */
const ROW_COUNTER = "monotonically_increasing_id() as row_counter__";
const COUNTED = "row_counter__ >= 0";

export function writesOf(request: WriteRequest): Writes {
  const { job, year, branch, select, file } = request;
  const id = stepId(job.name, year);
  const head = insertHead({ table: onBranch(tableOf(job.name), branch), year, write: request.write });
  if (request.rawColumns === undefined) {
    return { insert: { id: `${id}#insert`, sql: head + select.sql, origin: { file, map: shifted(select.map, head.length) } } };
  }
  const view = checkedView(job.name, year);
  const before = `${checkedHead(request.rules)}from (\n`;
  const checked: Statement = {
    id: `${id}#rows`,
    sql: `${before}${select.sql}\n) as selected`,
    origin: { file, map: shifted(select.map, before.length) },
  };
  const insert: Statement = { id: `${id}#insert`, sql: `${head}${selectFrom([...Object.keys(job.columns), "warnings"], view)}where size(quarantine_reasons) = 0 and ${COUNTED}` };
  const quarantine = quarantineOf(job.name);
  const quarantineHead = insertHead({ table: onBranch(quarantine, branch), year, write: "overwrite" });
  return {
    rows: { view, statement: checked },
    insert,
    quarantine: {
      table: quarantine,
      columns: [...stageColumns(request.rawColumns), { name: "quarantine_reasons", type: "array<string>", comment: "Ids of the rules that the row breaks", nullable: false }],
      statement: { id: `${id}#quarantine`, sql: `${quarantineHead}${selectFrom([...Object.keys(request.rawColumns), "quarantine_reasons"], view)}where size(quarantine_reasons) > 0 and ${COUNTED}` },
    },
  };
}

/** Columns of a job's table in the lake, the partition column left out. */
export function tableColumns(job: Job): readonly StageColumn[] {
  const own = stageColumns(job.columns);
  if (job.quarantines === undefined) return own;
  return [...own, { name: "warnings", type: "array<string>", comment: "Ids of the rules of severity warn or info that the row breaks", nullable: false }];
}

export const isRowRule = (gate: Gate): gate is RowRule => gate.kind === "row";

function stageColumns(columns: Columns): StageColumn[] {
  return Object.entries(columns).map(([name, column]) => ({ name, type: column.type, comment: commentOf(column), nullable: column.nullable === true }));
}

export function commentOf(column: Column): string {
  return column.unit === undefined ? column.meaning : `${column.meaning} (${column.unit})`;
}

function insertHead(to: { readonly table: string; readonly year: number; readonly write: "overwrite" | "append" }): string {
  const verb = to.write === "overwrite" ? "insert overwrite table" : "insert into table";
  return `${verb} ${to.table}\npartition (year = ${to.year}) by name\n`;
}

function selectFrom(columns: readonly string[], view: string): string {
  return `select\n${columns.map((column) => INDENT + column).join(",\n")}\nfrom ${view}\n`;
}

function checkedHead(rules: readonly RowRule[]): string {
  const aside = rules.filter((rule) => rule.severity === "error");
  const kept = rules.filter((rule) => rule.severity !== "error");
  return `select\n${INDENT}*,\n${INDENT}${idsOf(aside)} as quarantine_reasons,\n${INDENT}${idsOf(kept)} as warnings,\n${INDENT}${ROW_COUNTER}\n`;
}

/** Ids of the rules that a row breaks. Most rows break none: one test for all comes first, the list is built after it. */
function idsOf(rules: readonly RowRule[]): string {
  const none = "cast(array() as array<string>)";
  if (rules.length === 0) return none;
  const any = rules.map((rule) => `(${rule.violates})`).join(`\n${INDENT.repeat(3)}or `);
  const each = rules.map((rule) => `${INDENT.repeat(3)}case when ${rule.violates} then '${rule.id}' end`).join(",\n");
  return `case when\n${INDENT.repeat(3)}${any}\n${INDENT}then filter(array(\n${each}\n${INDENT}), id -> id is not null)\n${INDENT}else ${none} end`;
}

function shifted(map: TemplateMap, by: number): TemplateMap {
  return map.map(([offset, line, column, literal]) => [offset + by, line, column, literal]);
}
