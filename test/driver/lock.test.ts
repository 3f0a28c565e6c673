import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { LockRequest, Owner } from "../../driver/lock.js";
import { STALE_SECONDS, acquireLock } from "../../driver/lock.js";
import { isSameProcess, processStart } from "../../driver/local/processes.js";
import { folderStore } from "../../driver/local/folder-store.js";
import type { Store } from "../../driver/store.js";

const folders: string[] = [];
let store: Store;
let clock = 0;
let counter = 0;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "carelake-lock-"));
  folders.push(folder);
  store = folderStore(folder, () => String(counter++));
  clock = Date.parse("2026-01-01T00:00:00Z");
});
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const here: Owner = { host: "here", pid: 1, user: "ann" };
function request(over: Partial<LockRequest> = {}): LockRequest {
  return { store, pipeline: "part-d", run: "7c1e", owner: here, now: () => new Date(clock), isAlive: () => true, ...over };
}

describe("the lock of a pipeline", () => {
  it("has one winner among many who ask at once", async () => {
    const asked = await Promise.all(Array.from({ length: 24 }, (_, pid) => acquireLock(request({ owner: { ...here, pid } }))));
    expect(asked.filter((each) => each.ok)).toHaveLength(1);
  });

  it("tells a second asker who has it, for which run and since when", async () => {
    await acquireLock(request());
    const second = await acquireLock(request({ owner: { ...here, pid: 2 } }));
    expect(second.ok ? undefined : second.problems[0]).toEqual({ code: "run-in-progress", pipeline: "part-d", run: "7c1e", owner: "ann@here, process 1", since: "2026-01-01T00:00:00.000Z" });
  });

  it("can be had again after its release, and other pipelines never wait for it", async () => {
    const first = await acquireLock(request());
    expect((await acquireLock(request({ pipeline: "claims" }))).ok).toBe(true);
    if (first.ok) await first.value.release();
    expect((await acquireLock(request())).ok).toBe(true);
  });

  it("is taken over from a dead process, by one of many only", async () => {
    await acquireLock(request());
    const asked = await Promise.all(Array.from({ length: 12 }, (_, pid) => acquireLock(request({ owner: { ...here, pid: 100 + pid }, isAlive: (owner) => owner.pid !== 1 }))));
    expect(asked.filter((each) => each.ok)).toHaveLength(1);
  });

  it("of another host is held as long as its owner gives signs of life", async () => {
    const far = await acquireLock(request({ owner: { ...here, host: "far" } }));
    const ask = () => acquireLock(request({ isAlive: () => undefined }));
    clock += (STALE_SECONDS - 1) * 1000;
    expect((await ask()).ok).toBe(false);
    if (far.ok) await far.value.beat();
    clock += (STALE_SECONDS - 1) * 1000;
    expect((await ask()).ok).toBe(false);
    clock += 2000;
    expect((await ask()).ok).toBe(true);
  });

  it("gives signs of life by itself, whatever its owner waits for, until it is released", async () => {
    const far = await acquireLock(request({ owner: { ...here, host: "far" }, beatMilliseconds: 5 }));
    const ask = () => acquireLock(request({ isAlive: () => undefined }));
    for (let minute = 0; minute < 5; minute++) {
      clock += 60_000;
      await pause(40);
      expect((await ask()).ok).toBe(false);
    }
    if (far.ok) await far.value.release();
    const heard = await store.read("locks/part-d/000001.beat");
    clock += 60_000;
    await pause(40);
    expect(await store.read("locks/part-d/000001.beat")).toBe(heard);
  });

  it("names the runs whose owners died with it, and no others", async () => {
    await acquireLock(request({ run: "clean-1" }));
    const second = await acquireLock(request({ run: "7c1e", isAlive: () => false }));
    expect(second.ok && second.value.dead).toEqual(["clean-1"]);
    if (second.ok) await second.value.release();
    const third = await acquireLock(request({ run: "9f00" }));
    expect(third.ok && third.value.dead).toEqual(["clean-1"]);
  });
});

describe("the owner of a lock", () => {
  const started = processStart(process.pid);

  it("is the process that began then, not whoever has its number now", () => {
    expect(started).toMatch(/\d/);
    expect(processStart(process.pid)).toBe(started);
    expect(isSameProcess(process.pid, started)).toBe(true);
    // The container was started again, or the computer: the number is the same, the process is another.
    expect(isSameProcess(process.pid, "1 b7e9c8f2-0000-0000-0000-000000000000")).toBe(false);
    // A lock of an earlier version names no start.
    expect(isSameProcess(process.pid, undefined)).toBe(true);
  });

  it("lets a restarted driver with the same number take its own dead lock over", async () => {
    const isAlive = (owner: Owner): boolean => isSameProcess(owner.pid, owner.started);
    await acquireLock(request({ owner: { ...here, pid: process.pid, started: "before the restart" } }));
    expect((await acquireLock(request({ owner: { ...here, pid: process.pid, started: started ?? "" }, isAlive }))).ok).toBe(true);
    expect((await acquireLock(request({ owner: { ...here, pid: process.pid }, isAlive }))).ok).toBe(false);
  });
});
