import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Jar } from "../../../driver/local/artifacts.js";
import type { Installation } from "../../../driver/local/debian.js";
import type { Machine } from "../../../driver/local/machine.js";
import { installJars, installSpark, mavenMirror } from "../../../driver/local/setup-spark.js";
import { findJars, findSpark, jarFolder, sparkFolder } from "../../../driver/local/spark.js";
import { findToolchain } from "../../../driver/local/toolchain.js";
import { fakeJava, fakeMachine, newFolder, program } from "./fakes.js";

const SITE = "lib/python3.11/site-packages/pyspark";
const TEXT = "a jar";
const JAR: Jar = { coordinates: "org.example:thing:1.0", file: "thing-1.0.jar", bytes: TEXT.length, sha256: createHash("sha256").update(TEXT).digest("hex") };

/** Stands for python, venv and pip: `pip` copies what lies in FOLDER/package, after half of it it may hang. */
function fakeComputer(): { readonly machine: Machine; readonly folder: string; readonly hang: string } {
  const folder = newFolder();
  const hang = join(folder, "hang");
  const python = join(folder, "bin", "python3");
  const script = [
    'case "$*" in',
    "  *version_info*) echo python 3 11 7 ;;",
    "  *platform*) echo 3.11.7 ;;",
    '  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;',
    `  *pip*install*) home=$(dirname "$(dirname "$0")")/${SITE}; mkdir -p "$home/jars" "$home/bin"; : >"$home/jars/one.jar"`,
    `    if [ -e ${hang} ]; then echo half way; sleep 30; fi`,
    `    : >"$home/jars/two.jar"; cp ${join(folder, "spark-submit")} "$home/bin/" ;;`,
    `  *pyspark*) echo "$(dirname "$(dirname "$0")")/${SITE}" ;;`,
    "esac",
  ];
  program(python, script.join("\n"));
  program(join(folder, "spark-submit"), `while [ "$1" != --conf ]; do shift; done; ivy=\${2#spark.jars.ivy=}; mkdir -p "$ivy/jars"; cp ${join(folder, "central")}/* "$ivy/jars/"`);
  mkdirSync(join(folder, "central"));
  const java = fakeJava(join(folder, "jdk"), "17.0.15");
  const env = { PATH: `${dirname(python)}:/usr/bin:/bin`, JAVA_HOME: java, HOME: folder };
  return { machine: fakeMachine(folder, { env }), folder, hang };
}

function at(machine: Machine, tell: (line: string) => void = () => undefined, signal?: AbortSignal): Installation {
  return { machine, part: "Spark", tell, ...(signal === undefined ? {} : { signal }) };
}

describe("Spark's environment", () => {
  it("does not count when set-up was interrupted half way, and is made anew by the next one", async () => {
    const { machine, hang } = fakeComputer();
    expect(await findSpark(machine)).toEqual({ ok: false, problems: [{ code: "spark-missing", folder: sparkFolder(machine.cache) }] });
    writeFileSync(hang, "");
    const stop = new AbortController();
    const interrupted = await installSpark(at(machine, (line) => line === "half way" && stop.abort(), stop.signal));
    expect(interrupted).toMatchObject({ ok: false, problems: [{ code: "setup-failed", part: "Spark", command: expect.stringContaining("pip install") }] });
    expect(existsSync(join(sparkFolder(machine.cache), SITE, "jars", "one.jar"))).toBe(true);
    expect(await findSpark(machine)).toMatchObject({ ok: false });
    rmSync(hang);
    expect(await installSpark(at(machine))).toEqual({ ok: true, value: undefined });
    expect(await findSpark(machine)).toMatchObject({ ok: true, value: { version: "4.1.1", home: join(sparkFolder(machine.cache), SITE), pythonVersion: "3.11.7" } });
  });

  it("is noticed as broken when a jar of Spark is gone, its Python is gone, or Python became another minor version", async () => {
    const { machine } = fakeComputer();
    await installSpark(at(machine));
    const folder = sparkFolder(machine.cache);
    const python = join(folder, "bin", "python");
    program(python, "echo 3.12.1");
    expect(await findSpark(machine)).toMatchObject({ ok: false, problems: [{ code: "spark-missing" }] });
    program(python, "echo 3.11.9");
    expect(await findSpark(machine)).toMatchObject({ ok: true, value: { pythonVersion: "3.11.9" } });
    rmSync(join(folder, SITE, "jars", "two.jar"));
    expect(await findSpark(machine)).toMatchObject({ ok: false });
    writeFileSync(join(folder, SITE, "jars", "two.jar"), "");
    rmSync(python);
    expect(await findSpark(machine)).toMatchObject({ ok: false });
  });
});

describe("the jar folder", () => {
  it("holds the jars under plain names and nothing else that Ivy brought", async () => {
    const { machine, folder } = fakeComputer();
    await installSpark(at(machine));
    writeFileSync(join(folder, "central", `org.example_${JAR.file}`), TEXT);
    writeFileSync(join(folder, "central", "org.other_not-needed-2.jar"), "x");
    expect(await installJars(at(machine), [JAR])).toEqual({ ok: true, value: undefined });
    expect(readdirSync(jarFolder(machine.cache, [JAR]))).toEqual([JAR.file]);
    expect(findJars(machine, [JAR])).toEqual({ ok: true, value: [join(jarFolder(machine.cache, [JAR]), JAR.file)] });
  });

  it("refuses a file with other content than recorded, and leaves no jar folder", async () => {
    const { machine, folder } = fakeComputer();
    await installSpark(at(machine));
    writeFileSync(join(folder, "central", `org.example_${JAR.file}`), "a lie");
    expect(await installJars(at(machine), [JAR])).toMatchObject({ ok: false, problems: [{ code: "setup-failed", output: [expect.stringContaining(JAR.sha256)] }] });
    expect(findJars(machine, [JAR])).toMatchObject({ ok: false, problems: [{ code: "jar-missing", jars: [JAR.file] }] });
  });

  it("is noticed as broken when a jar is truncated, and made anew", async () => {
    const { machine, folder } = fakeComputer();
    await installSpark(at(machine));
    writeFileSync(join(folder, "central", `org.example_${JAR.file}`), TEXT);
    await installJars(at(machine), [JAR]);
    truncateSync(join(jarFolder(machine.cache, [JAR]), JAR.file), TEXT.length - 1);
    expect(findJars(machine, [JAR])).toEqual({ ok: false, problems: [{ code: "jar-missing", jars: [JAR.file], folder: jarFolder(machine.cache, [JAR]) }] });
    await installJars(at(machine), [JAR]);
    expect(findJars(machine, [JAR])).toMatchObject({ ok: true });
  });

  it("comes through a mirror that Maven's settings name for Central", () => {
    const home = newFolder();
    mkdirSync(join(home, ".m2"));
    const mirror = (of: string, url: string): string => `<mirror><id>m</id><url>${url}</url><mirrorOf>${of}</mirrorOf></mirror>`;
    writeFileSync(join(home, ".m2", "settings.xml"), `<settings><mirrors><!-- ${mirror("*", "https://old.example/")} -->${mirror("snapshots", "https://no.example/")}${mirror("external:*, !internal", "https://maven.example/central")}</mirrors></settings>`);
    expect(mavenMirror({ HOME: home })).toEqual({ DEFAULT_ARTIFACT_REPOSITORY: "https://maven.example/central/" });
    expect(mavenMirror({ HOME: home, DEFAULT_ARTIFACT_REPOSITORY: "https://own.example" })).toEqual({});
    expect(mavenMirror({ HOME: newFolder() })).toEqual({});
  });
});

describe("the toolchain", () => {
  it("reports all that is missing at once", async () => {
    const { machine } = fakeComputer();
    const found = await findToolchain({ ...machine, env: { PATH: "", JAVA_HOME: fakeJava(join(machine.cache, "old"), "11.0.2") }, platform: "linux" });
    const codes = found.ok ? [] : found.problems.map((problem) => problem.code);
    expect(codes.filter((code) => code !== "java-unfit")).toEqual(["spark-missing", "jar-missing"]);
  });
});
