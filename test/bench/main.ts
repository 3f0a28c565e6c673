// In: arguments. Out: figures on stdout, progress on stderr, all of it as JSON in bench-results/.
// Run: npm run bench -- part-d --rows 2500000 | overhead | scale --rows 500000 | sizing | calls | endpoint | kills --times 200 | hammer --times 100 | report

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findToolchain } from "../../driver/local/toolchain.js";
import { testMachine } from "../servers/machine.js";
import { calls } from "./calls.js";
import { endpointOverhead } from "./endpoint.js";
import { hammer } from "./hammer.js";
import { kills } from "./kills.js";
import { machineFacts } from "./machine-facts.js";
import { PACKAGE } from "./ours.js";
import { overhead } from "./overhead.js";
import { partD } from "./part-d.js";
import { publishBench } from "./publish.js";
import { reportBench } from "./report.js";
import { scale } from "./scale.js";
import { sizing } from "./sizing.js";

const USAGE = `usage: npm run bench -- part-d [--rows N | --data DIR]   carelake, a plain PySpark job and DuckDB on the same rows
       npm run bench -- overhead                        what the driver adds to a run of the sample
       npm run bench -- scale [--rows N]                N rows against 10 N
       npm run bench -- publish [--rows N] [--alone]    carelake by LOAD DATA and by INSERT, MySQL's own LOAD DATA, Spark's JDBC writer
       npm run bench -- sizing                          sizes by stage against one cluster for all, by simulation
       npm run bench -- calls                           calls a minute to EMR while runs are followed
       npm run bench -- endpoint                        what the driver adds to a stage on EMR and EMR Serverless
       npm run bench -- kills [--times N] [--seed N]    drivers killed at random moments (default 200, seed 1)
       npm run bench -- hammer [--times N]              16 readers while N publications follow each other (give 100)
       npm run bench -- report [--rows N] [--alone]     report build and its file in Chromium, on the sample or N generated rows
  --rows N      generated rows (default 1000000)   --data DIR    generated files that are there already
  --year Y      default 2023                       --memory M    Spark's and DuckDB's (default 2g)
  --scratch DIR for lakes while it runs (default bench-results/scratch)   --keep   keeps them   --alone   no rivals`;

const GENERATED_ROWS = 1_000_000;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: "string" },
      data: { type: "string" },
      year: { type: "string", default: "2023" },
      memory: { type: "string", default: "2g" },
      scratch: { type: "string", default: join(PACKAGE, "bench-results/scratch") },
      keep: { type: "boolean", default: false },
      alone: { type: "boolean", default: false },
      times: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
    },
  });
  const [bench = ""] = positionals;
  const say = (line: string): void => console.error(line);
  // Neither Spark nor the speed of this machine is part of these.
  const without: Readonly<Record<string, () => Promise<{ readonly text: string }>>> = {
    sizing: () => Promise.resolve(sizing()),
    calls,
    endpoint: () => endpointOverhead(say),
    hammer: () => hammer({ times: Number(values.times), say }),
    kills: () => kills({ times: Number(values.times), seed: Number(values.seed), say }),
  };
  const simulated = without[bench];
  if (simulated !== undefined) {
    const { text, ...result } = await simulated();
    const file = saved(bench, new Date().toISOString(), { bench, result });
    console.log(`${text}\n\n${file}`);
    return;
  }
  const toolchain = await findToolchain(testMachine());
  if (!toolchain.ok) throw new Error(`carelake setup first: ${JSON.stringify(toolchain.problems)}`);
  const machine = machineFacts(toolchain.value);
  const request = { ...values, rows: Number(values.rows ?? GENERATED_ROWS), year: Number(values.year), toolchain: toolchain.value, say };
  const { data, ...withoutData } = request;
  const benches: Readonly<Record<string, () => Promise<{ readonly text: string }>>> = {
    "part-d": () => partD(data === undefined ? withoutData : { ...withoutData, data }),
    overhead: () => overhead(request),
    scale: () => scale(request),
    publish: () => publishBench(request),
    report: () => reportBench({ year: request.year, scratch: values.scratch, alone: values.alone, say, ...(values.rows === undefined ? {} : { rows: request.rows }) }),
  };
  const chosen = benches[bench];
  if (chosen === undefined || !Number.isInteger(request.rows) || request.rows < 1) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const { text, ...result } = await chosen();
  const file = saved(bench, machine.date, { bench, machine, result });
  console.log(`${text}\n\n${machine.cpu}, ${String(machine.cores)} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, load at start ${machine.loadAverage.map((each) => each.toFixed(1)).join(" ")}\n${file}`);
}

function saved(bench: string, date: string, value: unknown): string {
  const file = join(PACKAGE, "bench-results", `${bench}-${date.replaceAll(":", "")}.json`);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);
  return file;
}

await main();
