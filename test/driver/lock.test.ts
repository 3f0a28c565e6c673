import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { LockRequest, Owner } from "../../driver/lock.js";
import { STALE_SECONDS, acquireLock } from "../../driver/lock.js";
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
});
