// A Spark that stays up between the stages of many tests: starting Java and compiling Spark's code cost more than a stage
// on a sample. It starts with its first stage (warm_submit.py) and ends with the tests, also when those are killed. It can
// reach S3 and Glue; where, each stage says. For stages that nobody kills and that do not depend on how Java was started;
// everything else starts a Spark of its own.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { archiveOptions } from "../../driver/local/class-archive.js";
import { sparkFolder } from "../../driver/local/spark.js";
import { SMALL_INPUT_JAVA } from "../../driver/local/spark-settings.js";
import { describeMachine, type Machine } from "../../driver/local/machine.js";
import { findToolchain, type Toolchain } from "../../driver/local/toolchain.js";
import { testMachine } from "./machine.js";
import { glueJars, s3aJars } from "./s3a.js";

declare module "vitest" {
  export interface ProvidedContext {
    warmCache: string;
    warmSubmit: string;
  }
}

/** Environment of a command whose stages run on it. */
export const onWarmSpark = (): Readonly<Record<string, string>> => ({ CARELAKE_CACHE: inject("warmCache") });

/** Its spark-submit. */
export const warmSubmit = (): string => inject("warmSubmit");

/** The computer whose spark-submit is that of the Spark that stays up. */
export const warmMachine = (): Machine => describeMachine(process.env, inject("warmCache"));

export default async function setup(project: TestProject): Promise<() => void> {
  const machine = testMachine();
  const found = await findToolchain(machine);
  if (!found.ok) throw new Error(`run carelake setup --for test: ${JSON.stringify(found.problems)}`);
  const folder = mkdtempSync(join(tmpdir(), "carelake-warm-"));
  const { sparkSubmit, env } = found.value;
  const path = (name: string): string => join(folder, name);
  const argv = [sparkSubmit, ...settings(found.value), join(import.meta.dirname, "warm_spark.py"), path("socket"), String(process.pid)];
  const { PATH = "/usr/bin:/bin" } = process.env;
  // Java keeps the first scratch folder that it is told of: it must not be one of a test's lake.
  mkdirSync(path("scratch"));
  // As for a stage on S3 of its own: behind everything that the class archive knows, Iceberg's SDK before S3A's.
  const classPath = [...glueJars(), ...s3aJars()].join(":");
  writeFileSync(path("start.json"), JSON.stringify({ argv, env: { PATH, HOME: folder, LANG: "C.UTF-8", SPARK_LOCAL_DIRS: path("scratch"), SPARK_DIST_CLASSPATH: classPath, ...env } }));
  // The cache as it is, but for spark-submit.
  const client = join(import.meta.dirname, "warm_submit.py");
  mirror(machine.cache, path("cache"), sparkSubmit.slice(machine.cache.length + 1).split(sep));
  const submit = join(path("cache"), sparkSubmit.slice(machine.cache.length));
  writeFileSync(submit, `#!/bin/sh\nexec '${env.PYSPARK_PYTHON}' '${client}' '${folder}' "$@"\n`);
  chmodSync(submit, 0o755);
  if (!existsSync(sparkFolder(path("cache")))) throw new Error(`${sparkSubmit} is not below ${machine.cache}`);
  project.provide("warmCache", path("cache"));
  project.provide("warmSubmit", submit);
  return () => {
    if (existsSync(path("pid"))) end(Number(readFileSync(path("pid"), "utf8")));
    rmSync(folder, { recursive: true, force: true });
  };
}

function settings({ jars, archive }: Toolchain): readonly string[] {
  const conf = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.driver.memory": "1536m",
    "spark.driver.extraClassPath": jars.join(":"),
    "spark.driver.extraJavaOptions": [SMALL_INPUT_JAVA, ...archiveOptions(archive)].join(" "),
  };
  return Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
}

/** `to` becomes as `from` is, by links; only the folders on the way to a file are made anew, and the file is left out. */
function mirror(from: string, to: string, [next = "", ...rest]: readonly string[]): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) if (name !== next) symlinkSync(join(from, name), join(to, name));
  if (rest.length > 0) mirror(join(from, next), join(to, next), rest);
}

/** Its process group: Java, and the Python that serves. */
function end(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
