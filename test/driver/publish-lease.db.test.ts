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
  /** One renewal, by the clock of the test. `answer` false: nobody hears whether it was done. */
  renew(answer?: boolean): Promise<void>;
  /** Why the session was cut; undefined while it is not. */
  ended(): Error | undefined;
}

async function withLease(name: string, work: (holder: Holder) => Promise<void>): Promise<void> {
  await withDatabase(server, name, async (database) => {
    const real = await openSession(database.settings);
    let reason: Error | undefined;
    let renewal: Promise<unknown> = Promise.resolve();
    let isHeard = true;
    const session: Session = { ...real, cut: (why) => void (reason = why) };
    const run: Session["run"] = (sql, values) => {
      const done = isHeard ? real.run(sql, values) : Promise.reject(new Error("no answer"));
      renewal = done.catch(() => undefined);
      return done;
    };
    const release = await takeLease(session, { owner: "we", database: name, renewer: { ...real, run }, alone: () => Promise.resolve(true) });
    if (release === undefined) throw new Error("the lease is not ours");
    const renew = async (answer = true): Promise<void> => {
      isHeard = answer;
      vi.advanceTimersByTime(RENEWAL_MS);
      await renewal;
      // What follows upon the answer.
      await new Promise((resolve) => setImmediate(resolve));
    };
    try {
      await work({ database, renew, ended: () => reason });
    } finally {
      await release();
      await real.close();
    }
  });
}

const left = async ({ database }: Holder): Promise<number> => Number((await database.rows("select timestampdiff(microsecond, utc_timestamp(3), taken_until) / 1e6 s from carelake_lease"))[0]?.["s"]);

it("goes on when an answer is lost, and is renewed by the next one", () =>
  withLease("lease_unheard", async (holder) => {
    await holder.database.root.query("update carelake_lease set taken_until = utc_timestamp(3) + interval 30 second");
    for (let lost = 0; lost < 3; lost++) await holder.renew(false);
    expect(await left(holder)).toBeLessThan(31);
    await holder.renew();
    expect(holder.ended()).toBeUndefined();
    expect(await left(holder)).toBeGreaterThan(31);
  }));

it("ends while the lease still holds, when it was not renewed for so long that it may not have been", () =>
  withLease("lease_silent", async (holder) => {
    for (let lost = 0; lost < 5; lost++) await holder.renew(false);
    expect(holder.ended()).toBeInstanceOf(Error);
  }));

it("is over once the lease has ended, though nobody else has written to it: one with a connection may be at work", () =>
  withLease("lease_over", async (holder) => {
    await holder.database.root.query("update carelake_lease set taken_until = utc_timestamp(3) - interval 1 second");
    await holder.renew();
    expect(holder.ended()).toBeInstanceOf(Error);
    expect(await left(holder)).toBeLessThan(0);
  }));
