// Makes Spark's environment and the jar folder in the cache folder; spark.ts finds them again.
// In: an installation at work. Out: done, or setup-failed. An interrupted one is simply begun again.
// Never here: choosing versions (artifacts.ts), an index or mirror of ours: pip and Ivy use the machine's own settings.

import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { JARS, PYSPARK_VERSION, type Jar } from "./artifacts.js";
import { runStep, type Installation } from "./debian.js";
import { makeEnvironment } from "./environment.js";
import { findJava } from "./java.js";
import { countJars, findSpark, jarFolder, SPARK_RECORD, sparkFolder } from "./spark.js";
import { fail, ok, type Result } from "../problems.js";

/** It counts only once its record is written. */
export async function installSpark(installation: Installation): Promise<Result<void>> {
  const folder = sparkFolder(installation.machine.cache);
  const made = await makeEnvironment(installation, folder, [`pyspark==${PYSPARK_VERSION}`]);
  if (!made.ok) return made;
  const asked = await runStep(installation, [made.value.program, "-c", "import pyspark, os; print(os.path.dirname(pyspark.__file__))"]);
  if (!asked.ok) return asked;
  const home = relative(folder, asked.value.lines.at(-1) ?? "");
  const record = { pyspark: PYSPARK_VERSION, python: made.value.version, home, jars: countJars(join(folder, home)) };
  writeWhole(join(folder, SPARK_RECORD), `${JSON.stringify(record, null, 2)}\n`);
  return ok(undefined);
}

/**
 * Fetches jars through Spark's own Ivy, checks each against its recorded sum and gives it its plain name.
 * `excluded` (group:artifact) is what their poms ask for and need not come.
 */
export async function installJars(installation: Installation, jars: readonly Jar[] = JARS, excluded: readonly string[] = []): Promise<Result<void>> {
  const { machine } = installation;
  const [java, spark] = [await findJava(machine), await findSpark(machine)];
  if (!java.ok) return java;
  if (!spark.ok) return spark;
  const target = jarFolder(machine.cache, jars);
  const part = `${target}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const script = join(part, "resolve.py");
  writeFileSync(script, "");
  const submit = [
    join(spark.value.home, "bin", "spark-submit"),
    "--master", "local[1]",
    "--conf", `spark.jars.ivy=${join(part, "ivy")}`,
    "--packages", jars.map((jar) => jar.coordinates).join(","),
    ...(excluded.length === 0 ? [] : ["--exclude-packages", excluded.join(",")]),
    script,
  ];
  const fetched = await runStep(installation, submit, {
    JAVA_HOME: java.value.home,
    SPARK_HOME: spark.value.home,
    PYSPARK_PYTHON: spark.value.python,
    PYSPARK_DRIVER_PYTHON: spark.value.python,
    ...mavenMirror(machine.env),
  });
  if (!fetched.ok) return fetched;
  for (const jar of jars) {
    const taken = await takeJar(installation, jar, part);
    if (!taken.ok) return taken;
  }
  // Ivy's own folder also holds what the jars' poms ask for and Spark does not need (checker-qual).
  rmSync(join(part, "ivy"), { recursive: true, force: true });
  rmSync(script, { force: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(part, target);
  return ok(undefined);
}

/** Ivy names a file group_artifact-version.jar. */
async function takeJar(installation: Installation, jar: Jar, part: string): Promise<Result<void>> {
  const [group = ""] = jar.coordinates.split(":");
  const folder = join(part, "ivy", "jars");
  const source = join(folder, `${group}_${jar.file}`);
  const refuse = (message: string): Result<never> =>
    fail({ code: "setup-failed", part: installation.part, command: `fetch ${jar.coordinates}`, output: [message] });
  if (!existsSync(source)) return refuse(`Ivy left no ${group}_${jar.file}, only: ${readdirSync(folder).join(", ")}`);
  const sum = createHash("sha256");
  await pipeline(createReadStream(source), sum);
  const found = sum.digest("hex");
  if (found !== jar.sha256) return refuse(`${jar.file}: ${statSync(source).size} bytes with sha256 ${found}, but Maven Central's has ${jar.bytes} bytes and ${jar.sha256}`);
  renameSync(source, join(part, jar.file));
  return ok(undefined);
}

/** Spark's Ivy asks Maven Central, or what DEFAULT_ARTIFACT_REPOSITORY names; a mirror in Maven's settings is passed on as that. */
export function mavenMirror(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const file = join(env["HOME"] ?? "", ".m2", "settings.xml");
  if (env["DEFAULT_ARTIFACT_REPOSITORY"] !== undefined || !existsSync(file)) return {};
  const settings = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->/g, "");
  for (const [, mirror = ""] of settings.matchAll(/<mirror>([\s\S]*?)<\/mirror>/g)) {
    const url = /<url>\s*(https?:\/\/[^<\s]+?)\/?\s*<\/url>/.exec(mirror)?.[1];
    const of = /<mirrorOf>\s*([^<]*?)\s*<\/mirrorOf>/.exec(mirror)?.[1]?.split(/\s*,\s*/) ?? [];
    const central = of.some((name) => ["*", "central", "external:*"].includes(name)) && !of.includes("!central");
    if (url !== undefined && central) return { DEFAULT_ARTIFACT_REPOSITORY: `${url}/` };
  }
  return {};
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}
