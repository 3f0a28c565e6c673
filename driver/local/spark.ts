// Finds the project's own Spark (a Python environment with pyspark) and its jar folder inside the cache folder.
// In: the machine. Out: paths, or what is missing. Never here: installing (setup-spark.ts makes what is found here).

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { JARS, PYSPARK_VERSION, type Jar } from "./artifacts.js";
import { isExecutable, runCommand, type Machine } from "./machine.js";
import { fail, ok, type Result } from "../problems.js";

export interface Spark {
  /** SPARK_HOME: the pyspark folder inside the environment. */
  readonly home: string;
  readonly version: string;
  /** PYSPARK_PYTHON: the environment's own Python. */
  readonly python: string;
  readonly pythonVersion: string;
}

/** Written last by set-up: an environment without it was interrupted. Paths are relative to the environment. */
export const sparkRecord = z.object({ pyspark: z.string(), python: z.string(), home: z.string(), jars: z.number() });
export const SPARK_RECORD = "carelake.json";

export function sparkFolder(cache: string): string {
  return join(cache, `venv-pyspark-${PYSPARK_VERSION}`);
}

/** Problem: spark-missing, also when the environment is half made or its Python is gone or changed. */
export async function findSpark(machine: Machine): Promise<Result<Spark>> {
  const folder = sparkFolder(machine.cache);
  const missing = fail({ code: "spark-missing", folder });
  const record = readSparkRecord(folder);
  if (record === undefined || record.pyspark !== PYSPARK_VERSION) return missing;
  const home = join(folder, record.home);
  const python = join(folder, "bin", "python");
  if (!isExecutable(python) || !isExecutable(join(home, "bin", "spark-submit")) || countJars(home) !== record.jars) return missing;
  // The environment borrows the system's Python: after an upgrade of that to another minor version it finds no pyspark.
  const { code, lines } = await runCommand(python, ["-IS", "-c", "import platform; print(platform.python_version())"], { env: machine.env, timeout: 20_000 });
  const pythonVersion = lines[0] ?? "";
  if (code !== 0 || minorOf(pythonVersion) !== minorOf(record.python)) return missing;
  return ok({ home, version: record.pyspark, python, pythonVersion });
}

export function countJars(sparkHome: string): number {
  const folder = join(sparkHome, "jars");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".jar")).length : 0;
}

/** The folder's name follows from what is in it, so another set of jars is another folder. */
export function jarFolder(cache: string, jars: readonly Jar[] = JARS): string {
  const text = jars.map((jar) => `${jar.coordinates} ${jar.sha256}`).join("\n");
  return join(cache, `jars-${createHash("sha256").update(text).digest("hex").slice(0, 12)}`);
}

/** Absolute paths of the jars. Problem: jar-missing, naming each one that is absent or has not its size. */
export function findJars(machine: Machine, jars: readonly Jar[] = JARS): Result<readonly string[]> {
  const folder = jarFolder(machine.cache, jars);
  const bad = jars.filter((jar) => bytesOf(join(folder, jar.file)) !== jar.bytes).map((jar) => jar.file);
  if (bad.length > 0) return fail({ code: "jar-missing", jars: bad, folder });
  return ok(jars.map((jar) => join(folder, jar.file)));
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? -1;
}

function readSparkRecord(folder: string): z.infer<typeof sparkRecord> | undefined {
  try {
    return sparkRecord.parse(JSON.parse(readFileSync(join(folder, SPARK_RECORD), "utf8")));
  } catch {
    return undefined;
  }
}

function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
