// A job's gates for one year → what the stage runs and reports: set rules rendered, row rules by where their
// offenders are found, and those that the layout cannot answer with the reason.

import type { Gate, Job, SetRule } from "./job.js";
import { CATALOG, quarantineOf, stepId, tableOf } from "./names.js";
import type { PlanRequest } from "./plan.js";
import type { Problem, Result } from "./problems.js";
import { fail, ok, settle } from "./problems.js";
import { render } from "./render.js";
import type { Rendered } from "./render.js";
import type { StageGate } from "./stage.js";
import type { Statement } from "./statements.js";

export interface GatesRequest {
  readonly draft: { readonly job: Job; readonly year: number; readonly layout: string | undefined; readonly layoutColumns: ReadonlySet<string> | undefined };
  readonly table: (job: string) => string;
  readonly request: PlanRequest;
}

export interface RenderedGates {
  readonly gates: readonly StageGate[];
  readonly statements: readonly Statement[];
}

export function gatesOf({ draft, table, request }: GatesRequest): Result<RenderedGates> {
  const { job, year } = draft;
  const problems: Problem[] = [];
  const gates: StageGate[] = [];
  const statements: Statement[] = [];
  for (const gate of job.gates) {
    const base = { id: gate.id, name: gate.name, severity: gate.severity, kind: gate.kind };
    const missing = missingColumns(gate, draft.layoutColumns);
    if (missing.length > 0) {
      const reason = `layout ${draft.layout ?? "of the source"} has no ${missing.join(", ")}`;
      gates.push({ ...base, tolerance: 0, not_applicable: reason, ...(gate.kind === "row" ? { offenders: offendersOf(gate) } : {}) });
      continue;
    }
    if (gate.kind === "row") {
      gates.push({ ...base, tolerance: gate.tolerance ?? 0, offenders: offendersOf(gate) });
      continue;
    }
    const rendered = renderGate({ gate, job, year, table, request });
    if (!rendered.ok) {
      problems.push(...rendered.problems);
      continue;
    }
    const condition = conditionOf({ gate, job, year, table, request });
    if (!condition.ok) {
      problems.push(...condition.problems);
      continue;
    }
    const statement: Statement = { id: `${stepId(job.name, year)}#gate-${gate.id}`, sql: rendered.value.sql, origin: { file: templateFileOf(gate, request), map: rendered.value.map } };
    statements.push(statement);
    gates.push({ ...base, tolerance: 0, statement: { id: statement.id, sql: statement.sql }, ...condition.value });
  }
  return settle(problems, () => ({ gates, statements }));
}

export interface GateRequest {
  readonly gate: SetRule;
  readonly job: Job;
  readonly year: number;
  readonly table: (job: string) => string;
  readonly request: PlanRequest;
}

/** Select of a set rule's offenders. */
export function renderGate({ gate, job, year, table, request }: GateRequest): Result<Rendered> {
  const template = request.templates(gate.template);
  if (template === undefined) return fail({ code: "template-missing", job: job.name, gate: `${gate.id} ${gate.name}`, file: `templates/${gate.template}.sql.hbs` });
  const names = request.pipeline.jobs.map((each) => each.name);
  const known = (name: string): boolean => names.includes(name);
  return render({
    template,
    values: { job: job.name, year, previous_year: year - 1, key: job.grain, ...gate.args },
    optional: ["job", "year", "previous_year", "key"],
    declaredIn: `gate ${gate.id} in jobs/${job.name}.ts`,
    table: (name) => (known(name) ? table(name) : undefined),
    visible: (name) => (known(name) ? tableOf(name) : undefined),
    quarantine: (name) => (known(name) ? quarantineLike(table(name), name) : undefined),
    source: () => undefined,
    knownTables: names,
    target: "nothing: a gate only selects",
  });
}

/** The quarantine table lies on a branch when its table does. */
function quarantineLike(table: string, job: string): string {
  return table.replace(tableOf(job), quarantineOf(job));
}

function missingColumns(gate: Gate, columns: ReadonlySet<string> | undefined): readonly string[] {
  return columns === undefined ? [] : (gate.needs ?? []).filter((column) => !columns.has(column));
}

function offendersOf(gate: Extract<Gate, { kind: "row" }>): "quarantine" | "warnings" | "block" {
  if (gate.severity !== "error") return "warnings";
  return gate.blocks === true ? "block" : "quarantine";
}

/** What must return a row for the gate to be answerable at all. */
function conditionOf(gateRequest: GateRequest): Result<Pick<StageGate, "applicable_when">> {
  const { gate, job, year, table } = gateRequest;
  if (gate.comparesWithPreviousYear === true) {
    const previous = year - 1;
    return ok({ applicable_when: { sql: `select 1 from ${table(job.name)} where year = ${previous} limit 1`, else_reason: `${CATALOG} has no year ${previous} to compare with` } });
  }
  if (gate.onlyWhen === undefined) return ok({});
  const { template, otherwise } = gate.onlyWhen;
  const rendered = renderGate({ ...gateRequest, gate: { ...gate, template, args: {} } });
  return rendered.ok ? ok({ applicable_when: { sql: rendered.value.sql, else_reason: otherwise } }) : rendered;
}

const templateFileOf = (gate: SetRule, request: PlanRequest): string => request.templates(gate.template)?.file ?? gate.template;
