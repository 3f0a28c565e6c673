// Sizes by stage against one cluster for all stages, by simulation: no Spark, no AWS. In: stages with a former run
// each. Out: dollars and seconds of both, and what the figures rest on. EC2 against EC2, Serverless beside it.

import { profile as profileShape } from "../../driver/profile.js";
import type { StageShape } from "../../driver/shape.js";
import { predictedSeconds } from "../../emr/sizing/evidence.js";
import type { Joinable } from "../../emr/sizing/joining.js";
import { joinStages } from "../../emr/sizing/joining.js";
import { BUILT_IN_PRICES } from "../../emr/facts/prices.js";
import type { SizingPlace } from "../../emr/sizing/sizing.js";
import { sizeGroup } from "../../emr/sizing/sizing.js";
import { clusterCost, clusterUse, serverlessCost, workersUse } from "../../emr/sizing/cost.js";
import { partDStages, SESSION_SECONDS, tenStages } from "./sizing-runs.js";

const GOAL = { usd: 0.5, seconds: 1.1 };
/** A cluster that is started ahead is ready so much too early, since nobody knows to the second when the one before ends. */
const EARLY_SECONDS = 60;
const PRICES = BUILT_IN_PRICES;
const ENGINES = ["emr", "emr-serverless"] as const;
/** How soon each stage shall end on the one cluster, where that can be: the harder the pace, the larger the cluster. */
const PACES = [1800, 600, 300, 150] as const;
/** What a stage may take by stage, in times of what it took on the one cluster. */
const TIMES_AS_LONG = [1, 1.1, 1.25, 1.5, 2, 3, 5];

const place = (engine: StageShape["engine"]): SizingPlace => ({ engine, profile: profileShape.parse({ engine, emr_serverless: { maximum_vcpu: 4000 } }), release: "emr-spark-8.1.0" });

interface Figures {
  readonly usd: number;
  readonly seconds: number;
}

export interface Group extends Figures {
  readonly stages: readonly string[];
  readonly executors: number;
  readonly gb: number;
}

export interface Simulated {
  readonly run: string;
  readonly pace: number;
  readonly one: Group;
  readonly byStage: Readonly<Record<(typeof ENGINES)[number], Figures & { readonly groups: readonly Group[]; readonly ratio: Figures }>>;
}

function shapeOf(stages: readonly Joinable[], at: SizingPlace): StageShape {
  const sized = sizeGroup(stages, at);
  if (!sized.ok) throw new Error(JSON.stringify(sized.problems));
  return sized.value;
}

const coresOf = (shape: StageShape): number => shape.executors * shape.executor.vcpu;

function secondsOn({ history, inputBytes }: Joinable, cores: number): number {
  const [former] = history;
  if (former === undefined) throw new Error("every stage of a simulation has a former run");
  return predictedSeconds(former, cores, inputBytes === null || former.input_bytes === null ? 1 : inputBytes / former.input_bytes);
}

/** Dollars of a shape: a cluster from the order of its start, workers from the start of the work. */
function usdOf(shape: StageShape, { start, idle, work }: { readonly start: number; readonly idle: number; readonly work: number }): number {
  if (shape.cluster !== undefined) return clusterCost(clusterUse(shape.cluster, start + idle + work, PRICES), PRICES).usd;
  return serverlessCost(workersUse(shape, work), "ARM64", PRICES);
}

export function simulate(run: string, told: readonly Joinable[], pace: number): Simulated {
  const stages = told.map((stage) => ({ ...stage, targetSeconds: pace }));
  const shape = shapeOf(stages, place("emr"));
  const start = PRICES.start_seconds.emr;
  const work = stages.reduce((sum, stage) => sum + secondsOn(stage, coresOf(shape)), 0);
  const one = { stages: stages.map(({ name }) => name), ...sizeOf(shape), seconds: start + work, usd: usdOf(shape, { start, idle: 0, work }) };
  // By stage: the whole within a tenth more, each on as little as that allows; neighbours share where that is cheaper.
  const asFast = stages.map((stage) => ({ ...stage, targetSeconds: secondsOn(stage, coresOf(shape)) }));
  const on = (engine: StageShape["engine"]) => {
    const groups = grouped(asFast, engine, GOAL.seconds * one.seconds);
    const sum = (of: (group: Group) => number): number => groups.reduce((all, group) => all + of(group), 0);
    const [usd, seconds] = [sum((group) => group.usd), sum((group) => group.seconds)];
    return { groups, usd, seconds, ratio: { usd: usd / one.usd, seconds: seconds / one.seconds } };
  };
  return { run, pace, one, byStage: { emr: on("emr"), "emr-serverless": on("emr-serverless") } };
}

function grouped(stages: readonly Joinable[], engine: StageShape["engine"], within: number): readonly Group[] {
  const joined = joinStages(stages, place(engine), { within, paces: TIMES_AS_LONG });
  if (!joined.ok) throw new Error(JSON.stringify(joined.problems));
  const start = PRICES.start_seconds[engine];
  let before = 0;
  return joined.value.map(({ stages: names, shape }, index) => {
    const work = stages.filter(({ name }) => names.includes(name)).reduce((sum, stage) => sum + secondsOn(stage, coresOf(shape)), 0);
    // Clusters are started ahead while the group before runs; what that was too short for is waited for. Job runs are not.
    const isAhead = index > 0 && engine === "emr";
    const wait = isAhead ? Math.max(0, start - before) : start;
    const idle = isAhead ? Math.min(EARLY_SECONDS, Math.max(0, before - start)) : 0;
    before = work;
    return { stages: names, ...sizeOf(shape), seconds: wait + work, usd: usdOf(shape, { start, idle, work }) };
  });
}

const sizeOf = (shape: StageShape): Pick<Group, "executors" | "gb"> => ({ executors: shape.executors, gb: Math.round(shape.executor.memory_gb * 10) / 10 });

export const ASSUMPTIONS: readonly string[] = [
  "a former run tells each stage's work: its task seconds are spread over other cores, what it spent beside tasks stays; a vCPU on EMR is as fast as where it was recorded",
  "Part D was recorded with 2.5 million rows on 2 cores; task seconds and tasks grow with the rows, the rest does not (measured: 40,000 to 2,500,000 rows leave it at 12 to 19 s)",
  `a cluster takes ${PRICES.start_seconds.emr} s to start and is paid for meanwhile; each stage spends ${SESSION_SECONDS} s on its Spark session, on either side`,
  `later clusters are started ahead and stand ready ${EARLY_SECONDS} s too early; where the stage before is shorter than a start, the rest is waited for`,
  `a job run on Serverless takes ${PRICES.start_seconds["emr-serverless"]} s to start (ours, not measured), which is waited for and not paid, and holds all its workers to its end`,
  "the one cluster has the executors and memory of the stage that needs most and keeps its size to the end, without managed scaling",
  "by stage, the run may take a tenth longer than on the one cluster: stages are slowed where that saves most, and neighbours share one where that is cheaper",
  `on-demand prices for spot nodes too, ${PRICES.region}, ${PRICES.as_of}; S3 is not counted`,
];

export function sizing() {
  const runs = [
    ["Part D, one year (25.2 million rows)", partDStages(10.08)],
    ["Part D, eleven years at once", partDStages(10.08 * 11)],
    ["ten stages, made up", tenStages()],
  ] as const;
  const simulated = runs.flatMap(([name, stages]) => PACES.map((pace) => simulate(name, stages, pace)));
  return { simulated, goal: GOAL, assumptions: ASSUMPTIONS, text: [...runs.map(([name]) => textOf(simulated.filter(({ run }) => run === name))), "Assumptions", ...ASSUMPTIONS.map((each) => `- ${each}`)].join("\n") };
}

const isReached = ({ usd, seconds }: Figures): boolean => usd <= GOAL.usd && seconds <= GOAL.seconds;

function textOf(paces: readonly Simulated[]): string {
  const head = `  ${"pace".padEnd(7)} ${"one cluster for all".padEnd(34)} ${"clusters by stage".padEnd(32)} job runs by stage (Serverless)`;
  const rows = paces.map(({ pace, one, byStage }) => {
    const ratios = ENGINES.map((engine) => {
      const { groups, ratio } = byStage[engine];
      return `${ratio.usd.toFixed(2)} $, ${ratio.seconds.toFixed(2)} time, ${groups.length} group${groups.length === 1 ? "" : "s"}${isReached(ratio) ? " ✓" : ""}`.padEnd(32);
    });
    const whole = `${one.executors} × 4 vCPU, ${one.gb.toFixed(1)} GB, ${one.seconds.toFixed(0)} s, $${one.usd.toFixed(2)}`;
    return `  ${`${pace} s`.padEnd(7)} ${whole.padEnd(34)} ${ratios.join(" ")}`.trimEnd();
  });
  const reached = paces.filter(({ byStage }) => ENGINES.some((engine) => isReached(byStage[engine].ratio))).length;
  return [paces[0]?.run ?? "", head, ...rows, `  goal ${GOAL.usd.toFixed(2)} of the dollars at ${GOAL.seconds.toFixed(2)} of the time: reached at ${reached} of ${paces.length} paces`, ""].join("\n");
}
