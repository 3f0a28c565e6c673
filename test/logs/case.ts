// What a folder of the corpus holds, and how a stage's SQL of it is mapped to its template. Read by the maker and the test.

import { readdirSync, readFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { FAILURE_CLASSES } from "../../driver/failure-class.js";
import type { PlannedStage, PlannedStep } from "../../driver/plan.js";
import type { TemplateMap } from "../../driver/render.js";
import { stageEvent, stageReport, type StageEvent, type StageReport } from "../../driver/stage.js";
import { BRANCH, column, step } from "../emr/runtime/stage-bench.js";

export const CORPUS = import.meta.dirname;
export const TABLE = "lake.logs.fill";
export const TEMPLATE = "templates/logs/fill.sql.hbs";
/** The head that the planner writes above a job's select. */
export const HEAD = `insert overwrite ${TABLE}.${BRANCH} partition (year = 2023) by name\n`;

const ended = z.object({
  /** By whom carelake itself had it cancelled, as its folder says. */
  cancel: z.object({ by: z.string(), at: z.string(), cause: z.enum(["cancelled", "time-limit"]) }).optional(),
  limitMinutes: z.number(),
  /** What the service answered when it was asked: members of GetJobRun, DescribeStep, DescribeCluster, ListInstances. */
  jobRun: z.record(z.string(), z.unknown()).optional(),
  step: z.record(z.string(), z.unknown()).optional(),
  cluster: z.record(z.string(), z.unknown()).optional(),
  /** What the engine concluded, where it looked further than the answers above. */
  end: z.object({ exitCode: z.number().nullable(), cause: z.string().optional(), reason: z.string().optional() }),
});

const caseFile = z.object({
  /** What was done to make it happen. */
  done: z.string(),
  class: z.enum(FAILURE_CLASSES),
  /** real: a Spark of this computer failed; endpoint: the answers of test/endpoint; documented: written from documentation. */
  origin: z.enum(["real", "endpoint", "documented"]),
  source: z.string().optional(),
  exitCode: z.number().nullable(),
  /** The job's select, line for line as its template. */
  select: z.string().optional(),
  service: ended.optional(),
});
export type CaseFile = z.infer<typeof caseFile>;
export type ServiceAnswer = z.infer<typeof ended>;

export interface Case extends CaseFile {
  readonly name: string;
  readonly folder: string;
  readonly logs: { readonly controller?: string; readonly stderr?: string; readonly stdout?: string; readonly executors: readonly string[] };
  readonly report: StageReport | undefined;
  readonly events: readonly StageEvent[];
}

export const caseNames = (): readonly string[] => readdirSync(CORPUS).filter((name) => statSync(join(CORPUS, name)).isDirectory());

export function readCase(name: string): Case {
  const folder = join(CORPUS, name);
  const text = (file: string): string | undefined => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : undefined);
  const [controller, stderr, stdout, report] = [text("controller"), text("stderr"), text("stdout"), text("report.json")];
  const executors = readdirSync(folder).filter((file) => /^executor-\d+$/.test(file)).sort().map((file) => readFileSync(join(folder, file), "utf8"));
  return {
    ...caseFile.parse(JSON.parse(readFileSync(join(folder, "case.json"), "utf8"))),
    name,
    folder,
    logs: { ...(controller === undefined ? {} : { controller }), ...(stderr === undefined ? {} : { stderr }), ...(stdout === undefined ? {} : { stdout }), executors },
    report: report === undefined ? undefined : stageReport.parse(JSON.parse(report)),
    events: (text("events.jsonl") ?? "").split("\n").filter((line) => line !== "").map((line) => stageEvent.parse(JSON.parse(line))),
  };
}

/** The stage as the plan had it: one table whose select came from a template, line for line. */
export function plannedStage({ select = "" }: Pick<CaseFile, "select">): PlannedStage {
  const built = step({ table: TABLE, columns: [column("name"), column("claims", "bigint")], sql: HEAD + select });
  const planned: PlannedStep = { ...built, reason: "", gates_fingerprint: "", loads: 1, last_seconds: null, origins: { [built.statement.id]: { file: TEMPLATE, map: lineByLine(select) } } };
  return { name: "all", joins: ["all"], reason: "", size: "small", steps: [planned], exports: [] };
}

function lineByLine(select: string): TemplateMap {
  let offset = HEAD.length;
  return select.split("\n").map((line, index) => {
    const entry = [offset, index + 1, 1, 1] as const;
    offset += line.length + 1;
    return entry;
  });
}
