// One try of the swap: what its end means, and whom it may end.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession } from "../../driver/mysql.js";
import { swap, type SwapOptions } from "../../driver/publish/swap.js";
import type { Session } from "../../driver/session.js";
import { startTestMySql } from "../servers/mysql.js";
import { atStatement, withDatabase, type Database } from "./publish-database.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
}, 120_000);
afterAll(async () => server?.stop());

const MOVES = { moves: [{ from: "staged", to: "live" }], confirmTurn: () => Promise.resolve() };

/** A database as the swap comes to it from beside. */
type Reached = SwapOptions["connect"];

interface Try {
  readonly rename: (real: Session, sql: string) => Promise<number>;
  readonly connect?: Reached;
  /** The connection's number, as the swap knows it. */
  readonly id?: number;
  readonly lockWaitSeconds?: number;
}

/** `swap` of one table on a session that runs the RENAME as `rename` does with the real one; the tables that stand afterwards. */
async function swapping({ settings, root, rows }: Database, { rename, connect = settings, id, lockWaitSeconds = 3 }: Try): Promise<readonly unknown[]> {
  await root.query("create table staged (id int)");
  const real = await openSession(settings);
  const run: Session["run"] = (sql, values) => (sql.startsWith("rename") ? rename(real, sql) : real.run(sql, values));
  try {
    const session = { ...real, run, ...(id === undefined ? {} : { id }), set: () => Promise.resolve() };
    await swap(session, MOVES, { connect, now: () => new Date(), lockWaitSeconds });
    return (await rows("show tables")).flatMap((row) => Object.values(row) as unknown[]);
  } finally {
    await real.close();
  }
}

const stopped = (): never => {
  throw Object.assign(new Error("Query execution was interrupted"), { errno: 1317, code: "ER_QUERY_INTERRUPTED" });
};

describe("a RENAME that was stopped", () => {
  it("is taken for done when the tables have moved: it is not asked for again, where they are gone", () =>
    withDatabase(server, "swap_late", async (database) => {
      let tries = 0;
      const late = async (real: Session, sql: string): Promise<number> => (tries++, await real.run(sql), stopped());
      expect([await swapping(database, { rename: late }), tries]).toEqual([["live"], 1]);
    }));

  it("is tried again when they have not", () =>
    withDatabase(server, "swap_early", async (database) => {
      let tries = 0;
      const early = async (real: Session, sql: string): Promise<number> => (++tries === 1 ? stopped() : real.run(sql));
      expect([await swapping(database, { rename: early }), tries]).toEqual([["live"], 2]);
    }));
});

describe("a connection of the same number on another server of a cluster", () => {
  it("is left alone: only a RENAME is stopped from beside", () =>
    withDatabase(server, "swap_other", async (database) => {
      const other = await openSession(database.settings);
      const reads = other.query("select sleep(3600)").catch(() => undefined);
      await atStatement(database.root, "select sleep%", (count) => count === 1);
      let gone: () => void = () => undefined;
      const isGone = new Promise<void>((resolve) => (gone = resolve));
      const { user, database: name } = database.settings;
      const beside: Reached = {
        address: "beside", user, database: name,
        open: async () => {
          const real = await openSession(database.settings);
          return { ...real, close: () => real.close().then(gone) };
        },
      };
      // The try lasts until somebody has come from beside, and gone.
      const rename = async (real: Session, sql: string): Promise<number> => (await isGone, real.run(sql));
      expect(await swapping(database, { rename, connect: beside, id: other.id, lockWaitSeconds: 0.01 })).toEqual(["live"]);
      expect((await atStatement(database.root, "select sleep%", () => true)).length).toBe(1);
      await database.root.query("kill ?", [other.id]);
      await reads;
    }));
});
