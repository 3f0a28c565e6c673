// The suite: what a user sees of a run, engine by engine, by the command and with real Spark. One table, played in its
// order on one lake an engine; each case leaves the project as it found it. A case names the engines whose own code it
// goes through; where it is the same code (the runner, the gates, the ledger), one engine stands for the others.
// What has nothing to do with Spark is in drivers.db.test.ts and kills.db.test.ts.

import { expect } from "vitest";
import { z } from "zod";
import type { EngineName } from "../../driver/engine.js";
import { outcomeOf, type LedgerEvent, type RunRecord } from "../../driver/ledger.js";
import { stepReport, type StepReport } from "../../driver/stage.js";
import type { Ended } from "../carelake.js";
import { RUN, until, type Scene } from "./scene.js";

export interface Case {
  readonly name: string;
  readonly on: readonly EngineName[];
  /** Looks behind the service, which nobody can in an account. */
  readonly endpoint?: true;
  /** Spark is stopped or killed: no stage may share it. */
  readonly kills?: true;
  readonly play: (scene: Scene) => Promise<void>;
}

const ALL = ["local", "emr", "emr-serverless"] as const;
const AWS = ["emr", "emr-serverless"] as const;
const CALM = ["run", "fills", "--year", "2023"] as const;
const ROWS = { "fills/raw/fill": 5, "fills/cleansed/fill": 5, "fills/curated/pharmacy_report": 3, "fills/curated/drug_report": 3 };
/** Of every table, in the first engine that was asked; the others must have the same. */
let first: Readonly<Record<string, string>> | undefined;

const stepsOf = ({ stdout }: Ended): readonly StepReport[] => z.object({ steps: z.array(stepReport) }).parse(JSON.parse(stdout)).steps;

async function ran(scene: Scene, ...words: readonly string[]): Promise<readonly StepReport[]> {
  const done = await scene.carelake(...RUN, ...words);
  expect(done.code, done.stderr + done.stdout).toBe(0);
  return stepsOf(done);
}

interface Told {
  readonly run: RunRecord;
  readonly events: readonly LedgerEvent[];
  readonly state: string;
}

export async function lastRun({ ledger }: Pick<Scene, "ledger">): Promise<Told> {
  const run = (await ledger.runs()).at(-1);
  if (run === undefined) throw new Error("no run was made");
  const events = await ledger.events(run.run);
  return { run, events, state: outcomeOf(events)?.outcome ?? "open" };
}

const branchesLeft = z.object({ tables: z.array(z.object({ table: z.string(), branches: z.array(z.string()) })) });
const attempts = ({ events }: Told): number => events.filter(({ event }) => event === "stage-submitted").length;

const INPUT = "input/fills_2023.csv";
const LAST_ROW = "P003,Insulin,11,1044.90";
const REPORT = "templates/fills/curated/drug_report.sql.hbs";

export const CASES: readonly Case[] = [
  {
    name: "makes the same tables on every engine, and does nothing when nothing changed",
    on: ALL,
    play: async (scene) => {
      expect(Object.fromEntries((await ran(scene)).map(({ job, rows }) => [job, rows]))).toEqual(ROWS);
      const tables = await scene.tables();
      expect(Object.keys(tables)).toHaveLength(Object.keys(ROWS).length);
      expect(tables).toEqual((first ??= tables));
      const again = await scene.carelake(...RUN);
      expect(JSON.parse(again.stdout)).toMatchObject({ nothing_to_do: true, skipped: [{ reason: expect.stringContaining((await lastRun(scene)).run.run) }, {}, {}, {}] });
    },
  },
  {
    name: "tells what a run cost, and that a finished one cannot be cancelled",
    on: AWS,
    play: async (scene) => {
      const cost = await scene.carelake("cost");
      expect([cost.code, cost.stdout], cost.stderr).toEqual([0, expect.stringMatching(/\$0\.\d+/)]);
      const over = await scene.carelake("cancel", (await lastRun(scene)).run.run);
      expect([over.code, over.stderr]).toEqual([2, expect.stringContaining("error[run-over]")]);
    },
  },
  {
    // The verdict is the runner's, on every engine the same; here it comes back by way of a service that says FAILED.
    name: "stops at a gate: readers keep the former rows, the new ones stay on a branch, and are listed and removed as left over",
    on: ["emr-serverless"],
    play: async (scene) => {
      const before = await scene.tables();
      scene.change(INPUT, LAST_ROW, `${LAST_ROW}\nP003,Insulin,12,1.00`);
      const failed = await scene.carelake(...CALM);
      scene.change(INPUT, "\nP003,Insulin,12,1.00", "");
      expect([failed.code, failed.stderr]).toEqual([1, expect.stringMatching(/error\[gate-failed\][^]*note: F03 [^]*stays on branch run_/)]);
      const told = await lastRun(scene);
      expect([told.state, attempts(told)]).toEqual(["gate-failed", 1]);
      expect(await scene.tables()).toEqual(before);
      const left = await scene.carelake("clean", "fills", "--json", "--yes");
      expect(left.code, left.stderr).toBe(0);
      expect(branchesLeft.parse(JSON.parse(left.stdout)).tables).toContainEqual({ table: "lake.fills_cleansed.fill", branches: [`run_${told.run.plan.slice(0, 12)}`] });
      expect(await scene.tables()).toEqual(before);
    },
  },
  {
    // As above: the analysis is Spark's, the place in the template the driver's, and a cluster stands for both services.
    name: "points at the template's line when the SQL does not analyse, and does not try again",
    on: ["emr"],
    play: async (scene) => {
      scene.change(REPORT, "sum(fill_count)", "sum(fill_counts)");
      const failed = await scene.carelake(...CALM);
      scene.change(REPORT, "sum(fill_counts)", "sum(fill_count)");
      expect([failed.code, failed.stderr]).toEqual([2, expect.stringMatching(/error\[spark-analysis\][^]*--> \S*drug_report\.sql\.hbs:5/)]);
      const told = await lastRun(scene);
      expect([told.state, attempts(told)]).toEqual(["failed", 1]);
    },
  },
  {
    name: "is stopped by carelake cancel from another process, and both say so",
    on: ALL,
    kills: true,
    play: async (scene) => {
      const before = await scene.tables();
      const driver = scene.start(...CALM, "--force");
      await until("Spark is asked for", () => driver.stderr().includes("starting Spark"));
      const { run } = await lastRun(scene);
      const cancelled = await scene.carelake("cancel", run.run);
      expect([cancelled.code, cancelled.stdout], cancelled.stderr).toEqual([0, expect.stringContaining(`run ${run.run} was cancelled`)]);
      const ended = await driver.ended;
      expect([ended.code, ended.stderr]).toEqual([expect.any(Number), expect.stringContaining("cancelled")]);
      expect(ended.code).not.toBe(0);
      const told = await lastRun(scene);
      expect([told.run.run, told.state, attempts(told)]).toEqual([run.run, "cancelled", 1]);
      expect(await scene.tables()).toEqual(before);
    },
  },
  {
    // What died is Spark, after its tables moved and before it could say so. On this computer: test/emr/runtime/killed-stage.
    name: "recognises by branch and snapshot a stage that died between its commit and its report",
    on: AWS,
    endpoint: true,
    kills: true,
    play: async (scene) => {
      scene.change(INPUT, LAST_ROW, `${LAST_ROW}\nP004,Insulin,12,1.00`);
      let visible: Readonly<Record<string, string>> | undefined;
      // One that was cancelled writes a report of its own, however late.
      await until("nothing of a former case works", () => scene.place.endpoint?.submissions.every(({ exit }) => exit !== undefined) ?? true);
      scene.place.sparkGateway?.stopAt({
        at: new RegExp(`^PUT .*${scene.lake.slice("s3://".length)}.*/report\\.json`),
        when: "before",
        then: async () => {
          process.kill(-(scene.place.endpoint?.submissions.at(-1)?.pid ?? NaN), "SIGKILL");
          visible = await scene.tables();
        },
      });
      const died = await scene.carelake(...RUN);
      const told = await lastRun(scene);
      expect(visible, died.stderr).toBeDefined();
      // Where the service tells how it died, it is tried again at once; else by the same command.
      const steps = died.code === 0 ? stepsOf(died) : await ran(scene);
      expect(told.events).toContainEqual(expect.objectContaining({ event: "stage-finished", attempt: 1, outcome: "died" }));
      expect(steps.map(({ outcome }) => outcome)).toEqual(Object.keys(ROWS).map(() => "already-built"));
      expect(await scene.tables()).toEqual(visible);
      expect(visible).not.toEqual(first);
    },
  },
];
