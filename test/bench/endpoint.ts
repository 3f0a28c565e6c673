// What the driver adds to a stage on AWS: the time of the command beyond that between asking the service for the stage and
// the state in which the service says that it is over, which is what spark-submit through the service alone would take.
// The real command against the endpoint of the tests and a real S3 server; stages are simulated, their length is not in it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAws, type AwsPlace } from "../conformance/aws-project.js";
import { AWS_ENGINES, type AwsEngine } from "../conformance/history.js";
import { newScene, RUN } from "../conformance/scene.js";
import { simulation } from "../conformance/simulated-stage.js";
import { isOver } from "../endpoint/states.js";

const TIMES = 9;
const STAGE_MILLISECONDS = 2000;
/** `poll_seconds` of the profiles (aws-project.ts): the end of a stage is seen so much later, at the most. */
const POLL_SECONDS = 1;
const GOAL_SECONDS = 2;
const ASKS = { emr: "RunJobFlow", "emr-serverless": "StartJobRun" } as const;

export async function endpointOverhead(say: (line: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), "carelake-endpoint-"));
  const place = await startAws({ folder, limits: false, simulated: (client) => simulation(client, () => STAGE_MILLISECONDS).run });
  try {
    const seconds: Partial<Record<AwsEngine, readonly number[]>> = {};
    for (const engine of AWS_ENGINES) {
      say(`${String(TIMES)} runs on ${engine}`);
      const all: number[] = [];
      for (let time = 1; time <= TIMES; time++) all.push(await overheadOf(place, engine, time));
      seconds[engine] = all.sort((a, b) => a - b);
    }
    const text = AWS_ENGINES.map((engine) => `${engine.padEnd(15)} ${(seconds[engine]?.[Math.floor(TIMES / 2)] ?? NaN).toFixed(2)} s a stage, median of ${String(TIMES)} (goal ${GOAL_SECONDS.toFixed(2)} and the polling step of ${POLL_SECONDS.toFixed(2)})`).join("\n");
    return { seconds, poll: POLL_SECONDS, text };
  } finally {
    await place.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds of a run of one stage on a lake of its own, without those of the service. */
async function overheadOf(place: AwsPlace, engine: AwsEngine, time: number): Promise<number> {
  const scene = newScene(place, { engine, name: `${engine}-${String(time)}` });
  const [calls, traces] = [place.endpoint.calls.length, place.endpoint.traces.length];
  const began = performance.now();
  const done = await scene.carelake(...RUN);
  const whole = (performance.now() - began) / 1000;
  if (done.code !== 0) throw new Error(done.stderr);
  const asked = place.endpoint.calls.slice(calls).filter(({ operation }) => operation === ASKS[engine]);
  const work = place.endpoint.traces.slice(traces).filter(({ kind }) => kind === "step" || kind === "run");
  const over = work[0]?.steps.find(({ state }) => isOver({ kind: work[0]?.kind ?? "step", state }))?.at;
  if (asked[0] === undefined || over === undefined || asked.length + work.length !== 2) throw new Error(`${engine}: not one stage, or it is not over`);
  return whole - (over - asked[0].at) / 1000;
}
