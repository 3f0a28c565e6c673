import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findJava } from "../../../driver/local/java.js";
import { fakeJava, fakeMachine, newFolder, program } from "./fakes.js";

describe("finding Java", () => {
  it.each(["17", "17.0.15", "21.0.2", "21-ea"])("takes %s from JAVA_HOME", async (version) => {
    const folder = newFolder();
    const home = fakeJava(join(folder, "jdk"), version);
    const machine = fakeMachine(folder, { env: { PATH: "", JAVA_HOME: home } });
    expect(await findJava(machine, [])).toEqual({ ok: true, value: { home: realpathSync(home), version } });
  });

  it.each(["1.8.0_402", "11.0.2", "25.0.3", "170.1"])("says that %s does not fit, where it is and what to install", async (version) => {
    const folder = newFolder();
    const home = fakeJava(join(folder, "jdk"), version);
    const machine = fakeMachine(folder, { env: { PATH: "", JAVA_HOME: home } });
    expect(await findJava(machine, [])).toEqual({
      ok: false,
      problems: [{ code: "java-unfit", found: version, path: realpathSync(home), install: "sudo apt-get install openjdk-17-jre-headless (or openjdk-21-jre-headless)" }],
    });
  });

  it("passes over an unfit JAVA_HOME and an unfit java on PATH to a fit one in a usual place", async () => {
    const folder = newFolder();
    const eleven = fakeJava(join(folder, "eleven"), "11.0.2");
    const newest = fakeJava(join(folder, "newest"), "25.0.3");
    const fit = fakeJava(join(folder, "fit"), "21.0.2");
    const machine = fakeMachine(folder, { env: { PATH: join(newest, "bin"), JAVA_HOME: eleven } });
    expect(await findJava(machine, [newest, fit])).toMatchObject({ ok: true, value: { home: realpathSync(fit), version: "21.0.2" } });
  });

  it("follows the links of PATH to the real home", async () => {
    const folder = newFolder();
    const home = fakeJava(join(folder, "jdk"), "17.0.15");
    mkdirSync(join(folder, "bin"));
    symlinkSync(join(home, "bin", "java"), join(folder, "alternative"));
    symlinkSync(join(folder, "alternative"), join(folder, "bin", "java"));
    expect(await findJava(fakeMachine(folder), [])).toMatchObject({ ok: true, value: { home: realpathSync(home) } });
  });

  it("refuses a trimmed 17 without the module Spark asks for, and a program that only fails", async () => {
    const folder = newFolder();
    const trimmed = fakeJava(join(folder, "trimmed"), "17.0.15");
    writeFileSync(join(trimmed, "release"), 'JAVA_VERSION="17.0.15"\nMODULES="java.base java.logging"\n');
    expect(await findJava(fakeMachine(folder), [trimmed])).toMatchObject({ ok: false, problems: [{ code: "java-unfit", found: "17.0.15 without the module jdk.incubator.vector" }] });
    program(join(folder, "broken", "bin", "java"), "echo cannot load libjvm >&2; exit 1");
    expect(await findJava(fakeMachine(folder), [join(folder, "broken")])).toMatchObject({ ok: false, problems: [{ code: "java-unfit", found: expect.stringContaining("cannot load libjvm") }] });
  });

  it("says where it looked when there is none", async () => {
    const folder = newFolder();
    const machine = fakeMachine(folder, { env: { PATH: "", JAVA_HOME: "/nowhere" }, debian: false });
    expect(await findJava(machine, ["/usr/lib/jvm/none"])).toEqual({
      ok: false,
      problems: [{ code: "java-missing", looked: ["JAVA_HOME", "java on PATH", "/nowhere", "/usr/lib/jvm/none"], install: "install Java 17 or 21 (any vendor) and set JAVA_HOME to its folder" }],
    });
  });
});
