// The driver dies by SIGKILL at every moment of its life on AWS, and the same command is given again: in the end
// everything stands as after a run that nobody disturbed, and no stage ran twice. Both engines, where each asks its
// service in its own way. Stages are simulated: what becomes of Spark when Spark dies is in cases.ts.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOver } from "../endpoint/states.js";
import { startAws, type AwsPlace } from "./aws-project.js";
import { AWS_ENGINES, calmRun, clustersOf, fingerprints, sceneAfter, STAGES, stateOf, type AwsEngine } from "./history.js";
import { MOMENTS } from "./moments.js";
import { RUN, type Scene } from "./scene.js";
import { simulation, type Simulation } from "./simulated-stage.js";

const folder = mkdtempSync(join(tmpdir(), "kills-"));
let aws: AwsPlace;
let work: Simulation;
let calm: Readonly<Record<AwsEngine, Scene>>;

beforeAll(async () => {
  aws = await startAws({
    folder,
    limits: false,
    simulated: (client) => {
      work = simulation(client, () => 1500);
      return work.run;
    },
  });
  calm = { emr: await calmRun(aws, "emr"), "emr-serverless": await calmRun(aws, "emr-serverless") };
});
afterAll(async () => {
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(AWS_ENGINES)("a driver on %s, killed", (engine) => {
  it.concurrent.each(MOMENTS.filter(({ on }) => on.includes(engine)))("$name, leaves nothing that the same command does not take up", async (moment) => {
    const scene = await sceneAfter(calm[engine], { name: `${engine}-${String(MOMENTS.indexOf(moment))}`, ...(moment.more === undefined ? {} : { more: moment.more }) });
    const killed = await scene.killedAt(moment);
    expect(killed.signal, killed.stderr).toBe("SIGKILL");
    expect(await stateOf(scene)).toBe(moment.leaves);
    const again = await scene.carelake(...RUN);
    expect(again.code, again.stderr).toBe(0);

    expect(await stateOf(scene)).toBe("succeeded");
    const mine = work.works.filter(({ attempt }) => attempt.startsWith(`${scene.lake}/`));
    expect(mine.map(({ attempt }) => attempt.replace(/^.*\//, ""))).toEqual(STAGES.map((stage) => `${stage}-1`));
    expect(mine.flatMap(({ found }) => found)).toEqual([]);
    expect((await aws.objects.list(`${scene.lake}/ledger/stages/`)).filter(({ uri }) => uri.endsWith("/submission.json"))).toHaveLength(STAGES.length);
    expect(await fingerprints(scene)).toEqual(await fingerprints(calm[engine]));
    expect(clustersOf(scene)).toHaveLength(engine === "emr" ? STAGES.length : 0);
  });
});

it("leaves no cluster and no run of the service that still works", () => {
  const last = aws.endpoint.traces.filter(({ kind }) => kind !== "application").map(({ kind, steps }) => ({ kind, state: steps.at(-1)?.state ?? "" }));
  expect(last.length).toBeGreaterThan(50);
  expect(last.filter((each) => !isOver(each))).toEqual([]);
});
