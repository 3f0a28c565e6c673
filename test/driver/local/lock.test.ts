import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { withLock } from "../../../driver/local/lock.js";
import { newFolder } from "./fakes.js";

const file = (): string => join(newFolder(), "deep", "setup.lock");

describe("the set-up lock", () => {
  it("lets one work at a time, tells the other who is at work, and is gone afterwards", async () => {
    const lock = file();
    let inside = 0;
    let most = 0;
    const waited: string[] = [];
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(120);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock({ file: lock, onWait: (owner) => waited.push(owner) }, work)));
    expect(most).toBe(1);
    expect(waited[0]).toBe(`process ${process.pid} on ${hostname()}`);
    expect(waited).toHaveLength(2);
    expect(existsSync(lock)).toBe(false);
  });

  it("is taken over at once from a process that died", async () => {
    const lock = file();
    await withLock({ file: lock, onWait: () => undefined }, () => Promise.resolve());
    const dead = spawnSync("/bin/sh", ["-c", "exit 0"]).pid;
    writeFileSync(lock, `process ${dead} on ${hostname()}`);
    const waited: string[] = [];
    expect(await withLock({ file: lock, onWait: (owner) => waited.push(owner) }, () => Promise.resolve(readFileSync(lock, "utf8")))).toBe(`process ${process.pid} on ${hostname()}`);
    expect(waited).toEqual([]);
  });

  it("is waited for while its process lives, until the waiter is cancelled", async () => {
    const lock = file();
    await withLock({ file: lock, onWait: () => undefined }, () => Promise.resolve());
    writeFileSync(lock, `process ${process.ppid} on ${hostname()}`);
    let worked = false;
    const waiting = withLock({ file: lock, onWait: () => undefined, signal: AbortSignal.timeout(600) }, async () => {
      worked = true;
    });
    await expect(waiting).rejects.toThrow(/timeout/i);
    expect(worked).toBe(false);
    expect(readFileSync(lock, "utf8")).toContain(String(process.ppid));
  });

  it("is given back when the work fails", async () => {
    const lock = file();
    await expect(withLock({ file: lock, onWait: () => undefined }, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(lock)).toBe(false);
  });
});
