// Jobs × years → steps: rendered, ordered by what they read, with fingerprints. First drafted on the tables as
// readers see them, which gives the fingerprint; then finished on the branch of the plan.

import { contentId } from "./canonical.js";
import type { Job, SetRule } from "./job.js";
import { rawColumns } from "./job.js";
import { quarantineOf, sourceView, stepId, tableOf } from "./names.js";
import { orderJobs } from "./order.js";
import type { PlannedStep, PlanRequest } from "./plan.js";
import { gatesOf, renderGate } from "./plan-gates.js";
import { stageSource } from "./plan-sources.js";
import type { Problem, Result } from "./problems.js";
import { fail, ok, settle } from "./problems.js";
import { render } from "./render.js";
import type { Rendered } from "./render.js";
import type { SourceInput } from "./source-input.js";
import { withoutLayout } from "./sql-text.js";
import { isRowRule, tableColumns, writesOf } from "./statements.js";
import type { Origin, Statement, Writes } from "./statements.js";

/** A step before it is known whether it must run. */
export interface DraftStep {
  readonly id: string;
  readonly job: Job;
  readonly year: number;
  readonly input?: SourceInput;
  /** Layout of the rows that the job reads, by way of its raw job; decides which rules apply. */
  readonly layoutColumns: ReadonlySet<string> | undefined;
  readonly layout: string | undefined;
  readonly fingerprint: string;
  readonly gatesFingerprint: string;
}

/** Draft branch: as long as a real one, so that nothing but the name differs. */
const DRAFT_BRANCH = "run_000000000000";

export function draftSteps(request: PlanRequest): Result<readonly DraftStep[]> {
  const { jobs } = request.pipeline;
  const reads = new Map<string, readonly string[]>();
  const problems: Problem[] = [];
  const [firstYear = 0] = request.years;
  for (const job of jobs) {
    const select = renderSelect({ job, year: firstYear, request, table: tableOf });
    if (select.ok) reads.set(job.name, select.value.reads);
    else problems.push(...select.problems);
  }
  const [first, ...rest] = problems;
  if (first !== undefined) return fail(first, ...rest);
  const order = orderJobs(jobs.map((job) => job.name), reads);
  if (!order.ok) return order;
  const drafts = new Map<string, DraftStep>();
  for (const year of request.years) {
    for (const name of order.value) {
      const job = jobs.find((each) => each.name === name);
      if (job === undefined) continue;
      const draft = draftStep({ job, year, request, reads: reads.get(name) ?? [], drafts });
      if (draft.ok) drafts.set(draft.value.id, draft.value);
      else problems.push(...draft.problems);
    }
  }
  return settle(problems, () => [...drafts.values()]);
}

interface Drafting {
  readonly job: Job;
  readonly year: number;
  readonly request: PlanRequest;
  readonly reads: readonly string[];
  readonly drafts: ReadonlyMap<string, DraftStep>;
}

function draftStep({ job, year, request, reads, drafts }: Drafting): Result<DraftStep> {
  const input = request.inputs.find((each) => each.source === job.source?.name && each.year === year);
  const upstream = reads.flatMap((read) => drafts.get(stepId(read, year)) ?? []);
  const layouts = input === undefined ? upstream.map((each) => each.layoutColumns) : [columnsOf(job, input)];
  const base = {
    id: stepId(job.name, year),
    job,
    year,
    layout: input?.layout ?? upstream.find((each) => each.job.name === job.quarantines)?.layout,
    layoutColumns: job.quarantines === undefined && input === undefined ? undefined : layouts.find((each) => each !== undefined),
    ...(input === undefined ? {} : { input }),
  };
  const writes = renderWrites({ draft: base, request, branch: DRAFT_BRANCH, table: tableOf });
  if (!writes.ok) return writes;
  const fingerprint = contentId({
    sql: statementsOf(writes.value).map((statement) => withoutLayout(statement.sql)),
    columns: tableColumns(job).map(({ name, type, nullable }) => [name, type, nullable]),
    inputs: [...(input === undefined ? [] : [input.fingerprint]), ...upstream.map((each) => each.fingerprint)],
  });
  const rendered: string[] = [];
  for (const gate of job.gates.filter((each): each is SetRule => each.kind === "set")) {
    const sql = renderGate({ gate, job, year, table: tableOf, request });
    if (!sql.ok) return sql;
    rendered.push(withoutLayout(sql.value.sql));
  }
  const gatesFingerprint = contentId({ sql: rendered, gates: job.gates.map(({ id, severity, needs }) => [id, severity, needs ?? []]) });
  return ok({ ...base, fingerprint, gatesFingerprint });
}

export interface Finishing {
  readonly draft: DraftStep;
  readonly mode: "build" | "check";
  readonly reason: string;
  readonly branch: string;
  /** Table to read or write for a job: on the branch when this plan builds it. */
  readonly table: (job: string) => string;
  readonly request: PlanRequest;
}

export function finishStep(finishing: Finishing): Result<PlannedStep> {
  const { draft, mode, reason, branch, table, request } = finishing;
  const { job, year } = draft;
  const writes = renderWrites({ draft, request, branch, table });
  if (!writes.ok) return writes;
  const gates = gatesOf({ draft, table, request });
  if (!gates.ok) return gates;
  const { insert, rows, quarantine } = writes.value;
  const source = draft.input === undefined ? undefined : stageSource(draft.input, job, request.inputUri);
  const last = request.done(job.name, year);
  const step: PlannedStep = {
    id: draft.id,
    job: job.name,
    fingerprint: draft.fingerprint,
    table: tableOf(job.name),
    year,
    columns: tableColumns(job),
    mode,
    ...(request.force && mode === "build" ? { rebuild: true as const } : {}),
    write: writeMode(draft),
    ...(source === undefined ? {} : { source }),
    ...(rows === undefined ? {} : { rows: { view: rows.view, statement: bare(rows.statement), ...inputTable(job, table) } }),
    statement: bare(insert),
    ...(quarantine === undefined ? {} : { quarantine: { ...quarantine, statement: bare(quarantine.statement) } }),
    gates: gates.value.gates,
    reason,
    gates_fingerprint: draft.gatesFingerprint,
    loads: draft.input?.kind === "table" ? draft.input.loads + 1 : 1,
    ...(draft.input?.kind === "table" ? { origin: draft.input.origin } : {}),
    origins: Object.fromEntries([...statementsOf(writes.value), ...gates.value.statements].flatMap(originEntry)),
    last_seconds: last?.seconds ?? null,
  };
  return ok(step);
}

interface WritesRequest {
  readonly draft: Pick<DraftStep, "job" | "year" | "input" | "layoutColumns" | "layout">;
  readonly request: PlanRequest;
  readonly branch: string;
  readonly table: (job: string) => string;
}

function renderWrites({ draft, request, branch, table }: WritesRequest): Result<Writes> {
  const { job, year } = draft;
  const select = renderSelect({ job, year, request, table, ...(draft.input === undefined ? {} : { input: draft.input }) });
  if (!select.ok) return select;
  const raw = job.quarantines === undefined ? undefined : request.pipeline.jobs.find((each) => each.name === job.quarantines);
  const rules = job.gates.filter(isRowRule).filter((rule) => applies(rule.needs, draft.layoutColumns));
  return ok(
    writesOf({
      job,
      year,
      branch,
      select: select.value,
      file: request.templates(job.name)?.file ?? job.name,
      rules,
      write: writeMode(draft),
      ...(raw === undefined ? {} : { rawColumns: raw.columns }),
    }),
  );
}

interface SelectRequest {
  readonly job: Job;
  readonly year: number;
  readonly request: PlanRequest;
  readonly table: (job: string) => string;
  readonly input?: SourceInput;
}

function renderSelect({ job, year, request, table, input }: SelectRequest): Result<Rendered> {
  const template = request.templates(job.name);
  if (template === undefined) return fail({ code: "template-missing", job: job.name, file: `templates/${job.name}.sql.hbs` });
  const names = request.pipeline.jobs.map((each) => each.name);
  const known = (name: string): boolean => names.includes(name);
  const values = job.source === undefined ? {} : { columns: sourceColumns(job), load_id: (input?.fingerprint ?? "").slice(0, 12) };
  return render({
    template,
    values: { year, ...values, ...job.args, ...request.params[job.name] },
    optional: ["year", "columns", "load_id"],
    declaredIn: `jobs/${job.name}.ts`,
    table: (name) => (known(name) ? table(name) : undefined),
    visible: (name) => (known(name) ? tableOf(name) : undefined),
    quarantine: (name) => (known(name) ? quarantineOf(name) : undefined),
    source: (name) => (name === job.source?.name ? sourceView(name, year) : undefined),
    knownTables: job.source === undefined ? names : [job.source.name],
    target: tableOf(job.name),
  });
}

/** Text columns that the source's layouts have, in the order of the raw table. */
export function sourceColumns(job: Job): readonly string[] {
  const columns = new Set((job.source?.layouts ?? []).flatMap((layout) => Object.values(layout.columns)));
  return job.source === undefined ? [] : Object.keys(rawColumns(job.source)).filter((name) => columns.has(name));
}

/** A rule applies when the layout has every raw column that it needs. */
export function applies(needs: readonly string[] | undefined, columns: ReadonlySet<string> | undefined): boolean {
  return columns === undefined || (needs ?? []).every((column) => columns.has(column));
}

function columnsOf(job: Job, input: SourceInput): ReadonlySet<string> | undefined {
  const layout = job.source?.layouts.find((each) => each.name === input.layout);
  return layout === undefined ? undefined : new Set(Object.values(layout.columns));
}

function writeMode(draft: Pick<DraftStep, "input">): "overwrite" | "append" {
  return draft.input?.kind === "table" && draft.input.incremental && draft.input.loads > 0 ? "append" : "overwrite";
}

function inputTable(job: Job, table: (job: string) => string): { input_table?: string } {
  return job.quarantines === undefined ? {} : { input_table: table(job.quarantines) };
}

function statementsOf({ insert, rows, quarantine }: Writes): readonly Statement[] {
  return [...(rows === undefined ? [] : [rows.statement]), insert, ...(quarantine === undefined ? [] : [quarantine.statement])];
}

const bare = ({ id, sql }: Statement): { id: string; sql: string } => ({ id, sql });
const originEntry = (statement: Statement): [string, Origin][] => (statement.origin === undefined ? [] : [[statement.id, statement.origin]]);
