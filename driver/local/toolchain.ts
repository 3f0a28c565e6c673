// What spark-submit needs on this computer, found together: Java, Spark with its Python, jars.
// In: the machine. Out: the toolchain, or all problems at once. Fast (three short look-ups side by side); installs nothing.

import { join } from "node:path";
import { findJava, type Java } from "./java.js";
import type { Machine } from "./machine.js";
import { findJars, findSpark, jarFolder, type Spark } from "./spark.js";
import { fail, ok, type Problem, type Result } from "../problems.js";

export interface Toolchain {
  readonly java: Java;
  readonly spark: Spark;
  /** Absolute paths, for the class path. */
  readonly jars: readonly string[];
  readonly sparkSubmit: string;
  /** Where the archive of Spark's classes is, or would be: class-archive.ts. */
  readonly archive: string;
  /** To be set over the environment of spark-submit: without them it takes whatever python3 and java PATH has. */
  readonly env: Readonly<Record<"JAVA_HOME" | "SPARK_HOME" | "PYSPARK_PYTHON" | "PYSPARK_DRIVER_PYTHON", string>>;
}

/** Problems: java-missing, java-unfit, spark-missing, jar-missing. `carelake setup` cures them. */
export async function findToolchain(machine: Machine): Promise<Result<Toolchain>> {
  const [java, spark] = await Promise.all([findJava(machine), findSpark(machine)]);
  const jars = findJars(machine);
  const problems: Problem[] = [java, spark, jars].flatMap((found) => (found.ok ? [] : found.problems));
  const [first, ...rest] = problems;
  if (!java.ok || !spark.ok || !jars.ok) return fail(first ?? { code: "spark-missing", folder: machine.cache }, ...rest);
  return ok({
    java: java.value,
    spark: spark.value,
    jars: jars.value,
    archive: join(jarFolder(machine.cache), `classes-java-${java.value.version.replace(/[^0-9A-Za-z.]/g, "_")}.jsa`),
    sparkSubmit: join(spark.value.home, "bin", "spark-submit"),
    env: {
      JAVA_HOME: java.value.home,
      SPARK_HOME: spark.value.home,
      PYSPARK_PYTHON: spark.value.python,
      PYSPARK_DRIVER_PYTHON: spark.value.python,
    },
  });
}
