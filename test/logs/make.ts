// Makes the corpus of failures: each cause is really made to happen, and what was said is kept, cut to size.
//
//     npx tsx test/logs/make.ts                     every cause, some twelve minutes
//     npx tsx test/logs/make.ts s3_slow_down …      these, by the name of their folder
//     npx tsx test/logs/make.ts --list              what there is
//
// Needs what `carelake setup --for test` brings, a Java from 24 on beside Spark's own (release causes), and root (a small
// disk is mounted). expect.txt, the message that a person sees, is written by the test: npx vitest run --project fast
// test/logs/logs.test.ts --update. Read it before it is kept.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE } from "../carelake.js";
import { newBench, type Bench } from "../emr/runtime/stage-bench.js";
import { testMachine } from "../servers/machine.js";
import { CORPUS } from "./case.js";
import type { Cause, Made } from "./cause.js";
import { lakeCauses } from "./causes-lake.js";
import { machineCauses } from "./causes-machine.js";
import { serviceCauses } from "./causes-service.js";
import { sqlCauses } from "./causes-sql.js";
import { cut } from "./cut.js";

const CAUSES: readonly Cause[] = [...sqlCauses, ...machineCauses, ...lakeCauses, ...serviceCauses];

function placesOf({ folder, toolchain }: Bench, { places = [] }: Made): readonly (readonly [string, string])[] {
  return [...places, [folder, "/mnt/stage"], [toolchain.spark.home, "/usr/lib/spark"], [toolchain.java.home, "/usr/lib/jvm/jre"], [testMachine().cache, "/opt/carelake/cache"], [PACKAGE, "/opt/carelake"]];
}

function keep(cause: Cause, made: Made, bench: Bench): void {
  const folder = join(CORPUS, cause.name);
  const scratch = mkdtempSync(join(tmpdir(), "carelake-case-"));
  const places = placesOf(bench, made);
  const write = (name: string, text: string | undefined): void => {
    if (text !== undefined && text !== "") writeFileSync(join(scratch, name), cut(text, places));
  };
  const { name: _, make: __, ...told } = cause;
  write("case.json", `${JSON.stringify({ ...told, exitCode: made.exitCode ?? null, ...(made.service === undefined ? {} : { service: made.service }) }, null, 2)}\n`);
  for (const [name, text] of Object.entries({ controller: made.controller, stderr: made.stderr, stdout: made.stdout, "report.json": made.report, "events.jsonl": made.events })) write(name, text);
  (made.executors ?? []).slice(0, 2).forEach((text, index) => write(`executor-${String(index)}`, text));
  const expected = join(folder, "expect.txt");
  if (existsSync(expected)) writeFileSync(join(scratch, "expect.txt"), readFileSync(expected));
  rmSync(folder, { recursive: true, force: true });
  cpSync(scratch, folder, { recursive: true });
  rmSync(scratch, { recursive: true, force: true });
}

async function main(names: readonly string[]): Promise<void> {
  if (names.includes("--list")) return void console.log(CAUSES.map(({ name, done }) => `${name}: ${done}`).join("\n"));
  const unknown = names.filter((name) => !CAUSES.some((cause) => cause.name === name));
  if (unknown.length > 0) throw new Error(`no cause is called ${unknown.join(", ")}`);
  for (const cause of CAUSES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const bench = await newBench("logs");
    const started = Date.now();
    try {
      const made = await cause.make(bench);
      keep(cause, made, bench);
      console.log(`${cause.name}: exit ${String(made.exitCode ?? null)}, ${String(Math.round((Date.now() - started) / 1000))} s`);
    } catch (error) {
      process.exitCode = 1;
      console.error(`${cause.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    } finally {
      rmSync(bench.folder, { recursive: true, force: true });
    }
  }
}

await main(process.argv.slice(2));
