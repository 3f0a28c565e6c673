// The record of runs, kept with the lake so that any laptop or CI job can read it: one object a run and event,
// and for each job × year what stands in the lake. Never holds a secret, a row, or SQL that is not in a plan.

import { z } from "zod";
import { owner } from "./lock.js";
import type { StageHandle } from "./engine.js";
import type { DoneStep, Plan } from "./plan.js";
import { PLAN_FORMAT } from "./plan.js";
import type { Problem } from "./problems.js";
import { stageReport } from "./stage.js";
import type { StageReport } from "./stage.js";
import type { Store } from "./store.js";

const runRecord = z.object({
  run: z.string(),
  plan: z.string(),
  pipeline: z.string(),
  years: z.array(z.number()),
  engine: z.enum(["local", "emr", "emr-serverless"]),
  startedAt: z.string(),
  owner,
  carelake: z.string(),
});
export type RunRecord = z.infer<typeof runRecord>;

const handle = z.object({ engine: z.enum(["local", "emr", "emr-serverless"]), ref: z.string() });
export type RunOutcome = "succeeded" | "gate-failed" | "failed" | "cancelled" | "abandoned";

/** What happened to a run, in order. */
const ledgerEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("stage-submitted"), at: z.string(), stage: z.string(), attempt: z.number(), handle }),
  /** Its machines were started ahead of its submission. */
  z.object({ event: z.literal("stage-prepared"), at: z.string(), stage: z.string(), attempt: z.number(), handle }),
  z.object({ event: z.literal("stage-finished"), at: z.string(), stage: z.string(), attempt: z.number(), outcome: z.string() }),
  z.object({ event: z.literal("stage-retried"), at: z.string(), stage: z.string(), attempt: z.number(), reason: z.string() }),
  /** Taken up again after it had ended without success. */
  z.object({ event: z.literal("resumed"), at: z.string(), owner }),
  z.object({ event: z.literal("published"), at: z.string(), publication: z.string(), tables: z.array(z.object({ table: z.string(), rows: z.number(), hash: z.string() })), outcome: z.string() }),
  z.object({ event: z.literal("finished"), at: z.string(), outcome: z.enum(["succeeded", "gate-failed", "failed", "cancelled", "abandoned"]), problems: z.array(z.unknown()) }),
]);
export type LedgerEvent = z.infer<typeof ledgerEvent>;


const doneStep = z.object({
  job: z.string(),
  year: z.number(),
  fingerprint: z.string(),
  gates: z.string(),
  run: z.string(),
  at: z.string(),
  rows: z.number(),
  seconds: z.number(),
  snapshot: z.string().nullable(),
  loads: z.number(),
  origin: z.string().optional(),
  export: z.object({ directory: z.string(), fingerprint: z.string() }).optional(),
});

export interface Ledger {
  /** Makes the next run of a plan; its id is "<first 8 of the plan id>-<number>". */
  startRun(plan: Plan, record: Omit<RunRecord, "run" | "plan" | "pipeline" | "years" | "engine" | "carelake">): Promise<RunRecord>;
  runs(): Promise<readonly RunRecord[]>;
  run(id: string): Promise<RunRecord | undefined>;
  plan(run: string): Promise<Plan | undefined>;
  record(run: string, event: LedgerEvent): Promise<void>;
  events(run: string): Promise<readonly LedgerEvent[]>;
  saveReport(run: string, report: StageReport): Promise<void>;
  /** Of each stage its last attempt that could report. */
  reports(run: string): Promise<readonly StageReport[]>;
  saveDone(step: DoneStep): Promise<void>;
  /** Everything that stands in the lake for a pipeline. */
  done(pipeline: string): Promise<readonly DoneStep[]>;
}

export function ledgerIn(store: Store): Ledger {
  const read = async <T>(key: string, shape: z.ZodType<T>): Promise<T | undefined> => {
    const text = await store.read(key);
    return text === undefined ? undefined : shape.parse(JSON.parse(text));
  };
  const runIds = async (): Promise<readonly string[]> =>
    (await store.list("runs")).flatMap((key) => /^runs\/([^/]+)\/run\.json$/.exec(key)?.[1] ?? []);

  return {
    startRun: async (plan, record) => {
      const earlier = (await runIds()).filter((id) => id.startsWith(`${plan.id.slice(0, 8)}-`));
      for (let number = earlier.length + 1; ; number++) {
        const run = `${plan.id.slice(0, 8)}-${number}`;
        const made: RunRecord = { ...record, run, plan: plan.id, pipeline: plan.pipeline, years: [...plan.years], engine: plan.engine, carelake: plan.carelake };
        await store.write(`runs/${run}/plan.json`, JSON.stringify(plan));
        if (await store.create(`runs/${run}/run.json`, JSON.stringify(made))) return made;
      }
    },
    runs: async () => {
      const records = await Promise.all((await runIds()).map((id) => read(`runs/${id}/run.json`, runRecord)));
      return records.filter((record) => record !== undefined).sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
    },
    run: (id) => read(`runs/${id}/run.json`, runRecord),
    plan: (run) => read(`runs/${run}/plan.json`, planFile),
    record: async (run, event) => {
      const text = JSON.stringify(event);
      for (let number = (await store.list(`runs/${run}/events`)).length + 1; ; number++) {
        if (await store.create(`runs/${run}/events/${String(number).padStart(4, "0")}-${event.event}.json`, text)) return;
      }
    },
    events: async (run) => {
      const events = await Promise.all((await store.list(`runs/${run}/events`)).map((key) => read(key, ledgerEvent)));
      return events.filter((event) => event !== undefined);
    },
    saveReport: (run, report) => store.write(`runs/${run}/reports/${report.stage}.json`, JSON.stringify(report)),
    reports: async (run) => {
      const reports = await Promise.all((await store.list(`runs/${run}/reports`)).map((key) => read(key, stageReport)));
      return reports.filter((report) => report !== undefined);
    },
    saveDone: (step) => store.write(`done/${step.job}/year=${step.year}.json`, JSON.stringify(step)),
    done: async (pipeline) => {
      const steps = await Promise.all((await store.list(`done/${pipeline}`)).map((key) => read(key, doneStep)));
      return steps.flatMap((step) => (step === undefined ? [] : [asDone(step)]));
    },
  };
}

/** A plan in the ledger was written by us; only its head is looked at, and another format is refused. */
export const planFile: z.ZodType<Plan> = z.custom<Plan>(
  (value) => z.object({ format: z.literal(PLAN_FORMAT), id: z.string(), pipeline: z.string(), stages: z.array(z.unknown()) }).safeParse(value).success,
  "not a plan of this version of carelake",
);

export interface Attempt {
  readonly stage: string;
  readonly attempt: number;
  readonly handle: StageHandle;
}

/** Every submission of the run, in order. */
export const attemptsOf = (events: readonly LedgerEvent[]): readonly Attempt[] =>
  events.flatMap((event) => (event.event === "stage-submitted" ? [{ stage: event.stage, attempt: event.attempt, handle: event.handle }] : []));

/** How a run ended, or undefined while it has not. */
export function outcomeOf(events: readonly LedgerEvent[]): { readonly outcome: RunOutcome; readonly at: string; readonly problems: readonly Problem[] } | undefined {
  const last = events.findLast((event) => event.event === "finished" || event.event === "resumed");
  return last?.event !== "finished" ? undefined : { outcome: last.outcome, at: last.at, problems: last.problems as readonly Problem[] };
}

/** Runs of a pipeline whose driver has not said how they ended: it works on them, or it died. */
export async function unfinishedRuns(ledger: Ledger, pipeline: string): Promise<readonly RunRecord[]> {
  const mine = (await ledger.runs()).filter((run) => run.pipeline === pipeline);
  const ends = await Promise.all(mine.map(async ({ run }) => outcomeOf(await ledger.events(run))));
  return mine.filter((_, at) => ends[at] === undefined);
}

function asDone(step: z.infer<typeof doneStep>): DoneStep {
  const { export: exported, origin, ...rest } = step;
  return { ...rest, ...(exported === undefined ? {} : { export: exported }), ...(origin === undefined ? {} : { origin }) };
}
