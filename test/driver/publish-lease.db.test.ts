// The turn of a publisher without a connection: when it goes on, and when it is over for good.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession } from "../../driver/mysql.js";
import { takeLease } from "../../driver/publish/lease.js";
import type { Session } from "../../driver/session.js";
import { startTestMySql } from "../servers/mysql.js";
import { withDatabase, type Database } from "./publish-database.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
});
afterAll(async () => server?.stop());

const RENEWAL_MS = 10_000;
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

interface Holder {
  readonly database: Database;
  /** One renewal, by the clock of the test. lost: it never arrives; late: it is done, and heard of with `hear`. */
  renew(answer?: "heard" | "lost" | "late"): Promise<void>;
  hear(): Promise<void>;
  /** The clock goes on, and this computer does not notice. */
  sleep(milliseconds: number): void;
  /** Why the session was cut; undefined while it is not. */
  ended(): Error | undefined;
}

async function withLease(name: string, work: (holder: Holder) => Promise<void>): Promise<void> {
  await withDatabase(server, name, async (database) => {
    const real = await openSession(database.settings);
    let reason: Error | undefined;
    let time = 0;
    let renewal: Promise<unknown> = Promise.resolve();
    let answer: Parameters<Holder["renew"]>[0];
    const late: (() => void)[] = [];
    const session: Session = { ...real, cut: (why) => void (reason = why) };
    const run: Session["run"] = (sql, values) => {
      const done = answer === "lost" ? Promise.reject(new Error("no answer")) : real.run(sql, values);
      renewal = done.catch(() => undefined);
      return answer === "late" ? new Promise((resolve, reject) => late.push(() => void done.then(resolve, reject))) : done;
    };
    const lease = await takeLease(session, { owner: "we", now: () => new Date(time), renewer: { ...real, run }, alone: () => Promise.resolve(true) });
    if (lease === undefined) throw new Error("the lease is not ours");
    // What follows upon an answer.
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const renew: Holder["renew"] = async (how = "heard") => {
      answer = how;
      time += RENEWAL_MS;
      vi.advanceTimersByTime(RENEWAL_MS);
      await renewal;
      await settled();
    };
    const hear = async (): Promise<void> => {
      for (const each of late.splice(0)) each();
      await settled();
    };
    try {
      await work({ database, renew, hear, sleep: (milliseconds) => void (time += milliseconds), ended: () => reason });
    } finally {
      await lease.release();
      await real.close();
    }
  });
}

const left = async ({ database }: Holder): Promise<number> => Number((await database.rows("select timestampdiff(microsecond, utc_timestamp(3), taken_until) / 1e6 s from carelake_lease"))[0]?.["s"]);

it("goes on when an answer is lost, and is renewed by the next one", () =>
  withLease("lease_unheard", async (holder) => {
    await holder.database.root.query("update carelake_lease set taken_until = utc_timestamp(3) + interval 30 second");
    for (let lost = 0; lost < 3; lost++) await holder.renew("lost");
    expect(await left(holder)).toBeLessThan(31);
    await holder.renew();
    expect(holder.ended()).toBeUndefined();
    expect(await left(holder)).toBeGreaterThan(31);
  }));

it("ends while the lease still holds, when it was not renewed for so long that it may not have been", () =>
  withLease("lease_silent", async (holder) => {
    for (let lost = 0; lost < 5; lost++) await holder.renew("lost");
    expect(holder.ended()).toBeInstanceOf(Error);
  }));

it("is over once the lease has ended, though nobody else has written to it: one with a connection may be at work", () =>
  withLease("lease_over", async (holder) => {
    await holder.database.root.query("update carelake_lease set taken_until = utc_timestamp(3) - interval 1 second");
    await holder.renew();
    expect(holder.ended()).toBeInstanceOf(Error);
    expect(await left(holder)).toBeLessThan(0);
  }));

it("is as old as the renewal that was asked for, however late the answer came", () =>
  withLease("lease_late", async (holder) => {
    await holder.renew("late");
    for (let lost = 0; lost < 3; lost++) await holder.renew("lost");
    await holder.hear();
    await holder.renew("lost");
    expect(holder.ended()).toBeUndefined();
    // 50 seconds after it was asked for: before the next look it may have ended.
    await holder.renew("lost");
    expect(holder.ended()).toBeInstanceOf(Error);
  }));

it("is not renewed by a computer that has slept for longer than it lasts", () =>
  withLease("lease_slept", async (holder) => {
    await holder.renew();
    holder.sleep(60_000);
    await holder.renew();
    expect(holder.ended()).toBeInstanceOf(Error);
  }));
