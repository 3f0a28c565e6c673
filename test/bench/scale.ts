// Time of ten times the rows against the time of the rows: the work must grow with them and nothing faster.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ourRun } from "./ours.js";
import { generated, type PartDRequest } from "./part-d.js";

export async function scale({ rows, year, memory, scratch, say }: Pick<PartDRequest, "rows" | "year" | "memory" | "scratch" | "say">) {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "scale-"));
  const measure = async (count: number) => {
    const place = join(folder, String(count));
    mkdirSync(place);
    const input = await generated({ rows: count, year, say }, place);
    const { watched } = await ourRun({ folder: join(place, "ours"), input, year, memory, publish: true });
    rmSync(place, { recursive: true });
    say(`${count.toLocaleString("en-US")} rows: ${watched.seconds.toFixed(1)} s, ${watched.cpuSeconds.toFixed(0)} CPU s`);
    return { rows: count, seconds: watched.seconds, cpuSeconds: watched.cpuSeconds, peakBytes: watched.peakBytes };
  };
  try {
    const small = await measure(rows);
    const large = await measure(rows * 10);
    const [seconds, cpu] = [large.seconds / small.seconds, large.cpuSeconds / small.cpuSeconds];
    return { small, large, ratio: { seconds, cpu }, text: `ten times the rows take ${seconds.toFixed(2)} times as long (goal 11.00), by CPU ${cpu.toFixed(2)}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
