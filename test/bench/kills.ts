// Drivers killed at random moments, again and again, while the stages that they started go on: does any stage run twice,
// and does everything stand right in the end? The real command against the endpoint of the tests and a real S3 server;
// stages are simulated, because it is the driver that dies. The moments are drawn from a seed.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { startAws, type AwsPlace } from "../conformance/aws-project.js";
import { AWS_ENGINES, calmRun, clustersOf, fingerprints, sceneAfter, STAGES, stateOf, type AwsEngine } from "../conformance/history.js";
import { RUN, type KillMoment, type Scene } from "../conformance/scene.js";
import { simulation, type Simulation } from "../conformance/simulated-stage.js";
import { seeded } from "../endpoint/faults.js";
import { isOver } from "../endpoint/states.js";

export interface KillsRequest {
  /** Drivers to kill. */
  readonly times: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

interface Outcome {
  readonly engine: AwsEngine;
  readonly kills: number;
  /** Runs that were brought to their end, each after its kills. */
  readonly runs: number;
  readonly stages: number;
  /** Processes that the service started for them. */
  readonly started: number;
  readonly duplicates: number;
  readonly clusters: number;
  /** Runs whose ledger or tables are not as after a run that nobody disturbed, with what is wrong. */
  readonly wrong: readonly string[];
  /** Commands that ended otherwise than well or by SIGKILL. */
  readonly failures: readonly string[];
}

/** Runs that are disturbed at the same time: a driver that looks for a lost answer waits for half a minute. */
const LANES_AN_ENGINE = 3;
/** Most drivers of one run that are killed. */
const MOST_KILLS = 5;
/** Requests of a run that nobody disturbs are fewer: a moment that never comes ends a run. */
const REQUESTS = 110;
const STAGE_MILLISECONDS = { least: 300, more: 1500 };

export async function kills({ times, seed, say }: KillsRequest) {
  const folder = mkdtempSync(join(tmpdir(), "carelake-kills-"));
  const random = seeded(seed);
  let work: Simulation | undefined;
  const simulated = (client: Parameters<typeof simulation>[0]) => {
    work = simulation(client, () => STAGE_MILLISECONDS.least + random() * STAGE_MILLISECONDS.more);
    return work.run;
  };
  const place = await startAws({ folder, limits: false, simulated });
  const began = performance.now();
  try {
    const bench: Bench = { place, works: () => work?.works ?? [], random, left: times, say };
    const outcomes = (await Promise.all(AWS_ENGINES.map((engine) => onEngine(engine, bench)))).map((each) => ({ ...each }));
    const open = place.endpoint.traces.filter(({ kind, steps }) => kind !== "application" && !isOver({ kind, state: steps.at(-1)?.state ?? "" })).length;
    const seconds = (performance.now() - began) / 1000;
    return { times, seed, outcomes, open, seconds, text: textOf(outcomes, { open, seconds, seed }) };
  } finally {
    await place.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Bench {
  readonly place: AwsPlace;
  readonly works: () => Simulation["works"];
  readonly random: () => number;
  left: number;
  readonly say: (line: string) => void;
}

async function onEngine(engine: AwsEngine, bench: Bench): Promise<Outcome> {
  const calm = await calmRun(bench.place, engine);
  const played: Played[] = [];
  const lane = async (number: number): Promise<void> => {
    for (let run = 1; bench.left > 0; run++) {
      const scene = await sceneAfter(calm, { name: `kills-${engine}-${String(number)}-${String(run)}` });
      played.push(await disturbed(scene, calm, bench));
      bench.say(`${engine}: ${String(played.reduce((sum, each) => sum + each.kills, 0))} drivers killed, ${String(bench.left)} left in all`);
    }
  };
  await Promise.all(Array.from({ length: LANES_AN_ENGINE }, (_, number) => lane(number + 1)));
  const sum = (of: (each: Played) => number): number => played.reduce((total, each) => total + of(each), 0);
  return {
    engine,
    kills: sum((each) => each.kills),
    runs: played.length,
    stages: played.length * STAGES.length,
    started: sum((each) => each.started),
    duplicates: sum((each) => each.started - each.attempts),
    clusters: sum((each) => each.clusters),
    wrong: played.flatMap((each) => each.wrong),
    failures: played.flatMap((each) => each.failures),
  };
}

interface Played {
  readonly kills: number;
  readonly started: number;
  readonly attempts: number;
  readonly clusters: number;
  readonly wrong: readonly string[];
  readonly failures: readonly string[];
}

/** Kills the drivers of one run until one of them gets to the end, and looks at what it left. */
async function disturbed(scene: Scene, calm: Scene, bench: Bench): Promise<Played> {
  const most = 1 + Math.floor(bench.random() * MOST_KILLS);
  const failures: string[] = [];
  let killed = 0;
  let isOverBy = false;
  while (!isOverBy && killed < most && bench.left > 0) {
    bench.left -= 1;
    const moment: KillMoment = { at: 1 + Math.floor(bench.random() * REQUESTS), when: bench.random() < 0.5 ? "before" : "after" };
    const ended = await scene.killedAt(moment);
    if (ended.signal === "SIGKILL") killed += 1;
    else {
      // It came to its end before its moment did: that was no kill.
      bench.left += 1;
      isOverBy = true;
      if (ended.code !== 0) failures.push(`${String(ended.code)}: ${ended.stderr}`);
    }
  }
  const last = await scene.carelake(...RUN);
  if (last.code !== 0) failures.push(`${String(last.code)}: ${last.stderr}`);
  const mine = bench.works().filter(({ attempt }) => attempt.startsWith(`${scene.lake}/`));
  const attempts = new Set(mine.map(({ attempt }) => attempt)).size;
  return { kills: killed, started: mine.length, attempts, clusters: clustersOf(scene).length, wrong: await wrongOf(scene, calm, mine), failures };
}

/** What does not stand as after the calm run, in words; empty when all does. */
async function wrongOf(scene: Scene, calm: Scene, works: Simulation["works"]): Promise<readonly string[]> {
  const wrong: string[] = [];
  const state = await stateOf(scene);
  if (state !== "succeeded") wrong.push(`the run is ${String(state)}`);
  if (!isDeepStrictEqual(await fingerprints(scene), await fingerprints(calm))) wrong.push("the tables differ");
  const done = async ({ ledger }: Scene): Promise<readonly string[]> => (await ledger.done("fills")).map(({ job, year, fingerprint }) => `${job} ${String(year)} ${fingerprint}`).sort();
  if (!isDeepStrictEqual(await done(scene), await done(calm))) wrong.push("the ledger knows other tables");
  const built = works.flatMap((each) => each.built);
  if (new Set(built).size !== built.length) wrong.push("a table was built twice");
  const submissions = (await scene.place.objects.list(`${scene.lake}/ledger/stages/`)).filter(({ uri }) => uri.endsWith("/submission.json")).length;
  if (submissions !== STAGES.length) wrong.push(`${String(submissions)} submissions are written down`);
  return wrong.map((each) => `${scene.lake}: ${each}`);
}

function textOf(outcomes: readonly Outcome[], { open, seconds, seed }: { readonly open: number; readonly seconds: number; readonly seed: number }): string {
  const rows = outcomes.map(({ engine, kills: killed, runs, stages, started, duplicates, clusters, wrong, failures }) =>
    [
      `${engine}: ${String(killed)} drivers killed in ${String(runs)} runs of ${String(STAGES.length)} stages`,
      `  ${String(started)} processes started for ${String(stages)} stages: ${String(started - stages)} too many, ${String(duplicates)} of them the same attempt twice${engine === "emr" ? `; ${String(clusters)} clusters` : ""}`,
      `  ${String(wrong.length)} runs with a ledger or tables that are not right, ${String(failures.length)} commands that failed`,
      ...[...wrong, ...failures].map((each) => `    ${each}`),
    ].join("\n"),
  );
  const total = outcomes.reduce((sum, each) => sum + each.kills, 0);
  return [...rows, `${String(open)} clusters, steps and job runs still open at the end`, `${String(total)} kills in ${seconds.toFixed(0)} s, seed ${String(seed)}; goal: 0 duplicate stages, final tables right every time`].join("\n");
}
