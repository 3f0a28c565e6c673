// Which stages share what they run on: the dollars decide, and the sentence names them.

import { describe, expect, it } from "vitest";
import { emr, emrServerless, profile } from "../../../driver/profile.js";
import type { Joinable } from "../../../emr/sizing/joining.js";
import { joinStages } from "../../../emr/sizing/joining.js";
import { BUILT_IN_PRICES, type Prices } from "../../../emr/facts/prices.js";
import { sizeGroup } from "../../../emr/sizing/sizing.js";
import { formerRun } from "./former-run.js";

const place = (prices: Prices = BUILT_IN_PRICES) => ({ engine: "emr" as const, profile: { ...profile.parse({ engine: "emr" }), emr: emr.parse({}) }, release: "emr-spark-8.1.0", prices });
const short = (name: string): Joinable => ({ name, size: "small", inputBytes: 100e6, history: [] });
const long = (name: string): Joinable => ({ name, size: "large", inputBytes: 10e9, targetSeconds: 900, history: [formerRun({ seconds_outside: 60, statements: [{ seconds: 9000, run_seconds: 144_000, cpu_seconds: 120_000, tasks: 4000 }] })] });
/** An hour in which hardly more than the driver works. */
const serial = (name: string): Joinable => ({ name, size: "small", inputBytes: 1e9, history: [formerRun({ input_bytes: 1e9, seconds: 3660, seconds_outside: 3600, statements: [{ seconds: 60, run_seconds: 60, cpu_seconds: 50, tasks: 1 }] })] });

function groups(stages: readonly Joinable[], at: ReturnType<typeof place> = place()) {
  const joined = joinStages(stages, at);
  if (!joined.ok) throw new Error(JSON.stringify(joined.problems));
  return joined.value;
}
const names = (stages: readonly Joinable[], at = place()) => groups(stages, at).map((group) => group.stages);

describe("stages", () => {
  it("that are shorter than a cluster's start share one", () => {
    const [only] = groups([short("ingest"), short("cleanse"), short("curate")]);
    expect(only!.stages).toEqual(["ingest", "cleanse", "curate"]);
    expect(only!.usd).toBeLessThan(only!.usd_apart);
    expect(only!.reason).toMatch(/^ingest, cleanse, curate share one cluster: \$0\.\d{3} together, \$0\.\d{3} apart, each start being 210 s that are paid for$/);
  });

  it("of very different sizes have clusters of their own", () => {
    const cut = groups([serial("fetch"), long("crunch"), serial("report")]);
    expect(cut.map((group) => group.stages)).toEqual([["fetch"], ["crunch"], ["report"]]);
    expect(cut[0]!.reason).toMatch(/^fetch has a cluster of its own: \$\d+\.\d\d with crunch against \$\d+\.\d\d apart$/);
    expect(cut[1]!.shape.executors).toBeGreaterThan(4 * cut[0]!.shape.executors);
  });

  it("are joined only with neighbours: order stays", () => {
    expect(names([short("a"), short("b"), long("c"), serial("d"), serial("e")])).toEqual([["a", "b"], ["c"], ["d", "e"]]);
  });

  it("are cut apart more readily when starting costs nothing", () => {
    const free = { ...BUILT_IN_PRICES, start_seconds: { emr: 0, "emr-serverless": 0 } };
    expect(names([short("a"), serial("b"), long("c")], place(free)).length).toBeGreaterThanOrEqual(names([short("a"), serial("b"), long("c")]).length);
  });

  it("alone are told as alone", () => expect(groups([short("a")])[0]!.reason).toBe("a is the only stage"));
  it("none: no groups", () => expect(groups([])).toEqual([]));
});

describe("a run that shall end in time", () => {
  const stages = [long("a"), short("b"), serial("c"), long("d")].map((stage) => ({ ...stage, targetSeconds: 600 }));
  const ended = (within: number) => {
    const joined = joinStages(stages, place(), { within, paces: [0.25, 0.5, 1, 2, 4] });
    if (!joined.ok) throw new Error(JSON.stringify(joined.problems));
    const usd = joined.value.reduce((sum, group) => sum + group.usd, 0);
    const seconds = joined.value.reduce((sum, { shape }, index) => sum + shape.estimate.seconds - (index > 0 ? 210 : 0), 0);
    return { usd, seconds, reason: joined.value[0]!.reason };
  };

  it("ends in time, for more dollars the sooner it shall", () => {
    const bounds = [20_000, 9000, 7500, 6000, 5200];
    const runs = bounds.map(ended);
    for (const [index, { seconds }] of runs.entries()) expect(seconds, String(bounds[index])).toBeLessThanOrEqual(bounds[index]!);
    expect(runs.map(({ usd }) => usd)).toEqual(runs.map(({ usd }) => usd).sort((a, b) => a - b));
    expect(runs.at(-1)!.usd).toBeGreaterThan(runs[0]!.usd);
    expect(runs[0]!.reason).toContain("; the run shall end within 20000 s");
  });

  it("counts no start that happens while the group before runs", () => {
    const free = ended(1e6);
    expect(ended(free.seconds)).toMatchObject({ usd: free.usd, seconds: free.seconds });
  });

  it("is as fast as can be when it cannot end in time", () => expect(ended(1).seconds).toBeLessThan(5200));
});

it("no other cut is cheaper", () => {
  const stages = [short("a"), long("b"), short("c"), serial("d"), short("e")];
  const best = groups(stages).reduce((sum, { usd }) => sum + usd, 0);
  for (let cuts = 0; cuts < 2 ** (stages.length - 1); cuts++) {
    const parts = stages.reduce<Joinable[][]>((done, stage, index) => (index > 0 && (cuts >> (index - 1)) % 2 === 0 ? [...done.slice(0, -1), [...done.at(-1)!, stage]] : [...done, [stage]]), []);
    const usd = parts.reduce((sum, part) => sum + (sizeGroup(part, place()) as { value: { estimate: { usd: { emr: number } } } }).value.estimate.usd.emr, 0);
    expect(usd).toBeGreaterThanOrEqual(best - 1e-9);
  }
});

it("a group's shape is enough for each of its stages", () => {
  const [spilled, driverDied] = [{ ...short("spills"), history: [formerRun({ spilled_bytes: 1e9 })] }, { ...short("dies"), history: [formerRun({ outcome: "driver-out-of-memory" })] }];
  const at = { engine: "emr-serverless" as const, profile: { ...profile.parse({ engine: "emr-serverless" }), emr_serverless: emrServerless.parse({ maximum_vcpu: 200 }) }, release: "emr-spark-8.1.0" };
  expect(sizeGroup([spilled, driverDied, short("plain")], at)).toMatchObject({ ok: true, value: { executor: { memory_gb: 30 }, driver: { memory_gb: 16 } } });
});
