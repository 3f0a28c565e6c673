// Who drives a run, and what becomes of it when drivers come, go, meet and are told to stop. Stages are simulated: Spark
// has no part in it. A driver on this computer meets another one in test/problems/_two_runs_of_the_same_plan_at_once.

import { CancelJobRunCommand, EMRServerlessClient } from "@aws-sdk/client-emr-serverless";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STALE_SECONDS } from "../../driver/lock.js";
import { CLUSTER_WORDS, startAws, type AwsPlace } from "./aws-project.js";
import { lastRun } from "./cases.js";
import { everythingEnds } from "./history.js";
import { newScene, RUN, until, type Scene, type SceneOptions } from "./scene.js";
import { simulation } from "./simulated-stage.js";

const folder = mkdtempSync(join(tmpdir(), "drivers-"));
const ENGINES = ["emr", "emr-serverless"] as const;
const CALM = ["run", "fills", "--year", "2023"] as const;
let aws: AwsPlace;
/** What a stage takes from now on. */
let milliseconds = 1000;

beforeAll(async () => {
  aws = await startAws({ folder, limits: false, simulated: (client) => simulation(client, () => milliseconds).run });
});
afterAll(async () => {
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What a stage costs that nobody waits for. */
const COSTS = {
  emr: "left: stage \\S+ works on, for about \\$0\\.\\d{4} an hour until it ends and its cluster has been without work for 10 minutes",
  "emr-serverless": "left: stage \\S+ works on, for about \\$0\\.\\d{4} an hour until it ends, after 720 minutes at the latest",
} as const;

let scenes = 0;
const scene = (engine: SceneOptions["engine"], more: SceneOptions["more"] = {}): Scene => newScene(aws, { engine, name: `drivers-${String(++scenes)}`, more });

/** Steps and job runs that were started for a lake. */
const started = ({ lake }: Scene): number => aws.endpoint.submissions.filter(({ given }) => given.at(-1)?.startsWith(`${lake}/`) === true).length;

/** A run that lasts while `then` is at work. */
async function whileItRuns(at: Scene, then: (driver: ReturnType<Scene["start"]>) => Promise<void>): Promise<void> {
  milliseconds = 60_000;
  const driver = at.start(...CALM);
  try {
    await until("the stage is started", () => started(at) === 1);
    milliseconds = 1000;
    await then(driver);
  } finally {
    driver.child.kill("SIGKILL");
    await driver.ended;
  }
}

/** The lock of the scene as one that a driver on another computer took, and what it last said. */
async function lockElsewhere({ store }: Scene, heardAgo: number): Promise<void> {
  const at = new Date(Date.now() - heardAgo * 1000).toISOString();
  await store.write("locks/fills/000001.json", JSON.stringify({ owner: { host: "elsewhere", pid: 7, user: "eve" }, run: "0a1b2c3d", since: at }));
}

describe("two drivers of the same pipeline", () => {
  it("at once: one wins, the other says who and since when", async () => {
    const at = scene("emr-serverless");
    // The stage outlasts whoever comes late.
    milliseconds = 60_000;
    const both = [at.start(...CALM), at.start(...CALM)];
    const lost = await Promise.race(both.map(({ ended }) => ended));
    expect([lost.code, lost.stderr]).toEqual([1, expect.stringMatching(new RegExp(`error\\[run-in-progress\\][^]*run [0-9a-f]{8} by \\S+@${hostname()}, process \\d+, since 20\\S+Z`))]);
    await until("the stage is started", () => started(at) === 1);
    milliseconds = 1000;
    const cancelled = await at.carelake("cancel", (await lastRun(at)).run.run);
    expect(cancelled.code, cancelled.stderr).toBe(0);
    const won = (await Promise.all(both.map(({ ended }) => ended))).find(({ code }) => code !== 1);
    expect(won?.code).toBe(3);
    expect(started(at)).toBe(1);
  });

  it("on two computers: the lock holds while its owner is heard of, and not after", async () => {
    const at = scene("emr-serverless");
    await lockElsewhere(at, STALE_SECONDS - 30);
    const refused = await at.carelake(...CALM);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("by eve@elsewhere, process 7, since 20")]);
    expect(started(at)).toBe(0);
    await lockElsewhere(at, STALE_SECONDS + 10);
    const taken = await at.carelake(...CALM);
    expect(taken.code, taken.stderr).toBe(0);
  });

  it.each(ENGINES)("on two computers: when the first one is silent, the second follows the stage that it left on %s", async (engine) => {
    const at = scene(engine);
    await whileItRuns(at, async (driver) => {
      driver.child.kill("SIGKILL");
      await driver.ended;
      await lockElsewhere(at, STALE_SECONDS + 10);
      const { run } = await lastRun(at);
      const second = at.start(...CALM);
      await until("it found the stage", () => second.stderr().includes("found its Spark application again"));
      const status = await at.carelake("status", "--json");
      expect(JSON.parse(status.stdout)).toMatchObject({ run: run.run, state: "running", stage: { attempt: 1 } });
      expect((await at.carelake("cancel", run.run)).code).toBe(0);
      await second.ended;
      expect(started(at)).toBe(1);
    });
  });
});

describe.each(ENGINES)("a run on %s", (engine) => {
  it.each(["run", "submit --wait"])("that is left by Ctrl-C (%s) goes on, and status and resume find it and take it to its end", async (words) => {
    const at = scene(engine);
    milliseconds = 4000;
    const driver = at.start(...words.split(" "), ...CALM.slice(1));
    await until("the stage is started", () => started(at) === 1);
    driver.child.kill("SIGINT");
    const left = await driver.ended;
    milliseconds = 1000;
    const { run } = await lastRun(at);
    expect([left.code, left.stderr]).toEqual([1, expect.stringMatching(new RegExp(`error\\[run-detached\\][^]*${COSTS[engine]}[^]*help: carelake resume ${run.run} follows it again; carelake cancel ${run.run} stops it`))]);
    expect(JSON.parse((await at.carelake("status", "--json")).stdout)).toMatchObject({ run: run.run, state: "interrupted", driver: null, stage: { attempt: 1 }, usd_an_hour: expect.any(Number) as number });
    const resumed = await at.carelake("resume", run.run);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect([(await lastRun(at)).state, started(at)]).toEqual(["succeeded", 1]);
    const over = await at.carelake("resume", run.run);
    expect([over.code, over.stderr]).toEqual([2, expect.stringContaining("error[run-over]")]);
  });

  it("whose driver is gone is cancelled from anywhere, and stays cancelled", async () => {
    const at = scene(engine);
    await whileItRuns(at, async (driver) => {
      driver.child.kill("SIGKILL");
      await driver.ended;
      const { run } = await lastRun(at);
      const cancelled = await at.carelake("cancel", run.run, "--json");
      expect(JSON.parse(cancelled.stdout)).toMatchObject({ cancelled: true, followed_by: null });
      expect((await lastRun(at)).state).toBe("cancelled");
      // The same command begins anew: what was stopped had made nothing visible.
      expect((await at.carelake(...CALM)).code).toBe(0);
      expect([(await at.ledger.runs()).length, started(at)]).toEqual([2, 2]);
    });
  });

  it("is refused by resume while another one follows it", async () => {
    const at = scene(engine);
    await whileItRuns(at, async () => {
      const { run } = await lastRun(at);
      const refused = await at.carelake("resume", run.run);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(new RegExp(`error\\[run-in-progress\\][^]*${COSTS[engine]}`))]);
      expect((await at.carelake("cancel", run.run)).code).toBe(0);
    });
  });
});

describe("a stage that is ended", () => {
  it("by a stranger is told so, and not tried again", async () => {
    const at = scene("emr-serverless");
    await whileItRuns(at, async (driver) => {
      const start = aws.endpoint.calls.findLast(({ operation }) => operation === "StartJobRun");
      const somebody = new EMRServerlessClient({ endpoint: aws.endpoint.url, region: "us-east-1", credentials: { accessKeyId: "AKIDOTHER", secretAccessKey: "secret" } });
      await somebody.send(new CancelJobRunCommand({ applicationId: String(start?.input["applicationId"]), jobRunId: aws.endpoint.submissions.at(-1)?.id, shutdownGracePeriodInSeconds: 15 }));
      somebody.destroy();
      const ended = await driver.ended;
      expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining("error[stage-ended]: the stage was cancelled from outside this run")]);
      expect([(await lastRun(at)).state, started(at)]).toEqual(["cancelled", 1]);
    });
  });
});

describe("what another plan takes the place of", () => {
  it.each([
    ["emr", { emr: { ...CLUSTER_WORDS, cluster: "per-run" } }],
    ["emr-serverless", {}],
  ] as const)("is stopped on %s, and nothing of it is paid for any longer", async (engine, more) => {
    const at = scene(engine, more);
    await whileItRuns(at, async (driver) => {
      driver.child.kill("SIGKILL");
      await driver.ended;
      const former = (await lastRun(at)).run.run;
      at.change("input/fills_2023.csv", "P003,Insulin,11,1044.90", "P003,Insulin,11,1044.91");
      const other = await at.carelake(...CALM);
      expect(other.code, other.stderr).toBe(0);
      expect((await at.ledger.events(former)).at(-1)).toMatchObject({ event: "finished", outcome: "abandoned" });
      expect(started(at)).toBe(2);
      await everythingEnds(aws);
    });
  });
});

describe("a lake on S3", () => {
  it("tells a run by a profile of the other engine as far as the lake knows it, and asks no service that does not", async () => {
    const at = scene("emr");
    await whileItRuns(at, async () => {
      const { run } = await lastRun(at);
      at.change("carelake.yaml", "engine: emr\n", "engine: emr-serverless\n");
      const status = await at.carelake("status", run.run);
      expect([status.code, status.stdout]).toEqual([0, expect.stringMatching(/: running\n[^]*followed by[^]*its stage is on emr: a profile with that engine tells how far it is/)]);
      expect(status.stdout).not.toContain("lost");
      at.change("carelake.yaml", "engine: emr-serverless\n", "engine: emr\n");
      expect((await at.carelake("cancel", run.run)).code).toBe(0);
    });
  });

  it("is shared by engines: what one has made the other does not make again", async () => {
    const at = scene("emr-serverless");
    expect((await at.carelake(...RUN)).code).toBe(0);
    const other = newScene(aws, { engine: "emr", name: at.lake.replace(`${aws.root}/`, "") });
    expect(JSON.parse((await other.carelake(...RUN)).stdout)).toMatchObject({ nothing_to_do: true });
    const logs = await other.carelake("logs");
    expect([logs.code, logs.stderr]).toEqual([2, expect.stringContaining("error[engine-mismatch]")]);
  });

  it("above its budget is not touched: nothing is submitted", async () => {
    const at = scene("emr-serverless", { budget_usd: 0.001 });
    const dear = await at.carelake(...RUN);
    expect([dear.code, dear.stdout]).toEqual([2, expect.stringContaining("limits-exceeded")]);
    expect([started(at), await at.ledger.runs()]).toEqual([0, []]);
  });

  it.each(["per-stage", "per-run"])("is looked through by clean for exports that no table refers to, and its cluster (%s) ends", async (cluster) => {
    const at = scene("emr", { emr: { ...CLUSTER_WORDS, cluster } });
    expect((await at.carelake(...RUN)).code).toBe(0);
    const stale = `${at.lake}/exports/fills/curated/drug_report/year=2023/0123456789abcdef`;
    for (const name of ["part-00000.txt", "manifest.json"]) await aws.objects.put(`${stale}/${name}`, "left over");
    const listed = await at.carelake("clean", "fills", "--json");
    expect(JSON.parse(listed.stdout), listed.stderr).toMatchObject({ exports: [stale], removed: false });
    expect((await at.carelake("clean", "fills", "--json", "--yes")).code).toBe(0);
    expect(await aws.objects.list(`${at.lake}/exports/`)).toEqual([]);
    await everythingEnds(aws);
  });
});
