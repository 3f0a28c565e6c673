// What the driver adds: a run of the sample beyond the time inside spark-submit, start of the command, a plan, a second demo.
// Short things are taken several times and the median counts.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ourRun, PACKAGE } from "./ours.js";
import { watch } from "./process-tree.js";

export interface OverheadRequest {
  readonly scratch: string;
  readonly memory: string;
  readonly say: (line: string) => void;
}

const TIMES = 9;
const SAMPLE = join(PACKAGE, "jobs/part-d/sample");

export async function overhead({ scratch, memory, say }: OverheadRequest) {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "overhead-"));
  const log = join(folder, "stderr.log");
  const node = (...args: readonly string[]) => median(async () => timed([process.execPath, ...args], folder, log));
  const bin = join(PACKAGE, "bin.mjs");
  try {
    const bare = await node("-e", "0");
    const version = await node(bin, "--version");
    const plan = await node(bin, "plan", "part-d", "--year", "2023", "--input", SAMPLE, "--lake", join(folder, "lake"), "--json");
    say("running the sample");
    const run = await ourRun({ folder: join(folder, "sample"), input: SAMPLE, year: 2023, memory, publish: true });
    const spark = run.reports.reduce((sum, report) => sum + report.seconds.total, 0);
    const around = run.watched.seconds - run.stageSeconds;
    const demo = ["demo", "--out", join(folder, "demo")];
    say("running the demo twice");
    const firstDemo = await timed([process.execPath, bin, ...demo], folder, log);
    rmSync(join(folder, "demo"), { recursive: true, force: true });
    const secondDemo = await timed([process.execPath, bin, ...demo], folder, log);
    const peakNodeBytes = Math.max(...Object.entries(run.watched.peakBytes).flatMap(([name, bytes]) => (name.endsWith("(first)") ? [bytes] : [])));
    const result = { bare, version, plan, run: run.watched.seconds, stage: run.stageSeconds, spark, publication: run.publicationSeconds, around, firstDemo, secondDemo, peakNodeBytes };
    const text = [
      `node -e 0            ${bare.toFixed(3)} s`,
      `carelake --version   ${version.toFixed(3)} s = ${(version / bare).toFixed(2)} times that (goal 1.50)`,
      `carelake plan        ${plan.toFixed(3)} s (goal 0.600)`,
      `sample, whole run    ${run.watched.seconds.toFixed(1)} s; inside spark-submit ${run.stageSeconds.toFixed(1)} s; the rest ${around.toFixed(2)} s (goal 2.00), of that publication ${run.publicationSeconds.toFixed(2)} s`,
      `first demo           ${firstDemo.toFixed(1)} s`,
      `second demo          ${secondDemo.toFixed(1)} s (goal 90.0)`,
    ].join("\n");
    return { ...result, text };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed(argv: readonly string[], cwd: string, log: string): Promise<number> {
  const [program = "", ...args] = argv;
  const { code, seconds } = await watch({ argv: [program, ...args], cwd, log });
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${String(code)}; see ${log}`);
  return seconds;
}

async function median(once: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let time = 0; time < TIMES; time++) all.push(await once());
  return all.sort((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0;
}
