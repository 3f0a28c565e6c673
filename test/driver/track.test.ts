// The follower by itself: what it passes on while the engine's service has no time for it.

import { expect, it } from "vitest";
import type { StageState } from "../../driver/engine.js";
import { track } from "../../driver/track.js";

const handle = { engine: "emr", ref: "s3://lake/ledger/stages/run/raw-1" } as const;
const event = (at: number) => ({ event: "statement-started", at: new Date(at).toISOString(), statement: `part_d.raw.detail@${String(at)}` }) as const;

it("events are passed on while a look at the engine waits, and the engine is not asked again meanwhile", async () => {
  let [now, looks, told] = [0, 0, 0];
  const asleep: { readonly until: number; readonly wake: () => void }[] = [];
  const wait = (milliseconds: number): Promise<void> => new Promise((wake) => void asleep.push({ until: now + milliseconds, wake }));
  const describe = async (): Promise<StageState> => {
    looks += 1;
    if (looks === 1) return { state: "running", detail: "it runs" };
    await wait(240_000);
    return { state: "finished", exitCode: 0 };
  };
  const events = (_: unknown, offset: number) => Promise.resolve({ events: now > offset ? [event(now)] : [], next: now });
  const following = track({ engine: { pace: 30_000, describe, events }, handle, stage: "raw", listen: ({ kind }) => void (told += kind === "stage" ? 1 : 0), signal: new AbortController().signal, wait });
  let isOver = false;
  void following.then(() => (isOver = true));
  for (;;) {
    for (let turns = 0; turns < 10; turns++) await new Promise((done) => setImmediate(done));
    if (isOver) break;
    const next = asleep.sort((a, b) => a.until - b.until).shift();
    if (next === undefined) throw new Error("nobody waits, and it is not over");
    now = Math.max(now, next.until);
    next.wake();
  }
  expect(await following).toEqual({ exitCode: 0, cancelled: false });
  expect([now, looks]).toEqual([270_000, 2]);
  // Every five seconds.
  expect(told).toBeGreaterThan(45);
});

it("ends at once when the user stops waiting, though a look has not come back", async () => {
  const stop = new AbortController();
  const describe = (): Promise<StageState> => {
    setImmediate(() => stop.abort());
    return new Promise(() => undefined);
  };
  const began = performance.now();
  expect(await track({ engine: { pace: 30_000, describe, events: () => Promise.resolve({ events: [], next: 0 }) }, handle, stage: "raw", listen: () => undefined, signal: stop.signal })).toEqual({ exitCode: null, cancelled: true });
  expect(performance.now() - began).toBeLessThan(2000);
});
