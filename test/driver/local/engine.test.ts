// The engine's processes, with a spark-submit of a few lines of shell in place of Spark's.

import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Engine, StageHandle } from "../../../driver/engine.js";
import { groupMembers, isProcessAlive } from "../../../driver/local/processes.js";
import { SILENT_MINUTES } from "../../../driver/local/stage-process.js";
import { fakeSparkEngine, submitStage, type FakeSpark } from "./fake-spark.js";
import { newFolder } from "./fakes.js";

interface Started {
  readonly engine: Engine;
  readonly handle: StageHandle;
  readonly folder: string;
  readonly pid: number;
}

interface Setting extends FakeSpark {
  readonly needs?: readonly string[];
}

async function start({ script, needs = [], ...setting }: Setting): Promise<Started> {
  const root = newFolder();
  const folder = join(root, "stages", "7c1e-1", "all-1");
  const engine = fakeSparkEngine(root, { script, ...setting });
  const handle = await submitStage(engine, folder, needs);
  return { engine, handle, folder, pid: Number(readFileSync(join(folder, "pid"), "utf8")) };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    if (condition()) return;
    await sleep(20);
  }
  throw new Error("it never came");
}

const textOf = (folder: string, file: string): string => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8").trim() : "");

describe("a stage that is cancelled", () => {
  it("gets time to end in order, its exit code is kept, and no process is left", async () => {
    const { engine, handle, folder, pid } = await start({ script: "trap 'sleep 0.5; echo tidy; exit 3' TERM; echo up; while :; do sleep 0.1; done" });
    await until(() => textOf(folder, "stdout.log") === "up");
    expect(await engine.describe(handle)).toEqual({ state: "running" });
    await engine.cancel(handle);
    expect(textOf(folder, "stdout.log")).toBe("up\ntidy");
    expect(await engine.describe(handle)).toEqual({ state: "finished", exitCode: 3, cause: "cancelled", reason: "by carelake cancel" });
    expect(groupMembers(pid)).toEqual([]);
  });

  it("is killed after its grace when it does not listen, and that is its exit code", async () => {
    const { engine, handle, folder, pid } = await start({ script: "trap '' TERM; sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' & echo up; while :; do sleep 0.1; done", graceSeconds: 1 });
    await until(() => textOf(folder, "stdout.log") === "up");
    const begun = performance.now();
    const cancelled = engine.cancel(handle);
    await sleep(500);
    expect(isProcessAlive(pid)).toBe(true);
    await cancelled;
    expect(performance.now() - begun).toBeGreaterThan(950);
    expect(textOf(folder, "exit_code")).toBe("137");
    expect(await engine.describe(handle)).toEqual({ state: "finished", exitCode: 137, cause: "cancelled", reason: "by carelake cancel" });
    expect(groupMembers(pid)).toEqual([]);
  });

  it("runs as long as any of its processes does, though somebody killed the shell around them", async () => {
    const { engine, handle, folder, pid } = await start({ script: "echo up; while :; do sleep 0.1; done" });
    await until(() => textOf(folder, "stdout.log") === "up");
    process.kill(pid, "SIGKILL");
    await until(() => !isProcessAlive(pid));
    expect(await engine.describe(handle)).toEqual({ state: "running" });
    await engine.cancel(handle);
    expect(groupMembers(pid)).toEqual([]);
    expect((await engine.describe(handle)).state).toBe("finished");
  });
});

describe("a stage on another computer", () => {
  it("runs as long as it gives signs of life, and is never signalled from here", async () => {
    const { engine, handle, folder } = await start({ script: "echo up; while :; do sleep 0.1; done" });
    await until(() => textOf(folder, "stdout.log") === "up" && existsSync(join(folder, "alive")));
    expect(textOf(folder, "host")).toBe(hostname());
    writeFileSync(join(folder, "host"), "far");
    expect(await engine.describe(handle)).toEqual({ state: "running", detail: "on host far" });
    await expect(engine.cancel(handle)).rejects.toMatchObject({ problem: { code: "stage-elsewhere", host: "far" } });
    const old = new Date(Date.now() - (SILENT_MINUTES + 1) * 60_000);
    for (const file of ["pid", "alive"]) utimesSync(join(folder, file), old, old);
    expect(await engine.describe(handle)).toMatchObject({ state: "finished", exitCode: null, reason: expect.stringContaining("host far") });
    writeFileSync(join(folder, "host"), hostname());
    await engine.cancel(handle);
  });
});

it("Spark gets the passwords that the stage names, and no other secret of the project", async () => {
  const env = { MYSQL_PASSWORD: "of-mysql", PGPASSWORD: "of-postgres", CARELAKE_CACHE: "/cache", LANG: "C" };
  const { engine, handle, folder } = await start({ script: "env", env, secrets: ["MYSQL_PASSWORD", "PGPASSWORD"], needs: ["PGPASSWORD"] });
  await until(() => existsSync(join(folder, "exit_code")));
  expect(await engine.describe(handle)).toEqual({ state: "finished", exitCode: 0 });
  const words = textOf(folder, "stdout.log").split("\n");
  expect(words).toEqual(expect.arrayContaining(["PGPASSWORD=of-postgres", "LANG=C"]));
  expect(words.join("\n")).not.toMatch(/MYSQL_PASSWORD|of-mysql|CARELAKE_/);
});
