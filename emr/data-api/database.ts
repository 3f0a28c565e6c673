// Aurora through the RDS Data API as the publisher's database: for laptops with no route to it. A call meets whichever
// connection the service has at hand, so what must stay together is a transaction, and every change is one.

import { setTimeout as pause } from "node:timers/promises";
import { SURROUNDINGS, Unheard, type Session, type SessionSource, type SqlValue } from "../../driver/session.js";
import { dataApi, StillRuns, type DataApi, type DataApiPlace } from "./api.js";

export function dataApiDatabase(place: DataApiPlace, sleep: (milliseconds: number) => Promise<void> = pause): SessionSource {
  return {
    address: place.cluster,
    user: `the account in ${place.secret}`,
    database: place.database,
    open: () => Promise.resolve(sessionThrough(place, sleep)),
  };
}

/** Set anew in each transaction: the same as on a connection of our own. */
const VARIABLES: Readonly<Record<string, SqlValue>> = {
  character_set_client: "utf8mb4",
  character_set_results: "utf8mb4",
  collation_connection: "utf8mb4_0900_as_cs",
  ...SURROUNDINGS,
};

/** May outlast the 45 s that the service waits for a statement; the server goes on with it. */
const DDL = /^\s*(create|alter|drop|rename)\s/i;
const LOOK_MILLISECONDS = 2000;

function sessionThrough(place: DataApiPlace, sleep: (milliseconds: number) => Promise<void>): Session {
  const stop = new AbortController();
  const api = dataApi(place, { signal: stop.signal, sleep });
  const variables = new Map(Object.entries(VARIABLES));
  let open: string | undefined;
  const transaction = async <T>(work: () => Promise<T>): Promise<T> => {
    const id = await api.begin();
    open = id;
    try {
      await api.execute(`set ${[...variables.keys()].map((name) => `session ${name} = ?`).join(", ")}`, [...variables.values()], { transaction: id });
      const done = await work();
      await api.commit(id);
      return done;
    } catch (error) {
      // Best effort: the service itself rolls back what nobody asks about for three minutes.
      await api.rollback(id).catch(() => undefined);
      throw error;
    } finally {
      open = undefined;
    }
  };
  const change = async (sql: string, values: readonly SqlValue[] = []): Promise<number> => {
    try {
      return (await api.execute(sql, values, { transaction: open, goesOn: DDL.test(sql) })).changed;
    } catch (error) {
      if (!(error instanceof StillRuns)) throw error;
      await ended(api, error.connection, sleep).catch((cause: unknown) => {
        throw new Unheard(cause);
      });
      return 0;
    }
  };
  return {
    query: async (sql, values = []) => (await api.execute(sql, values, { transaction: open })).rows,
    run: (sql, values) => (open === undefined ? transaction(() => change(sql, values)) : change(sql, values)),
    set: (variable, value) => Promise.resolve(void variables.set(variable, value)),
    transaction,
    close: () => Promise.resolve(),
    cut: (reason) => stop.abort(reason),
    over: stop.signal,
  };
}

/** The account sees its own connections. Whoever asked for the statement looks at what became of it. */
async function ended(api: DataApi, connection: number, sleep: (milliseconds: number) => Promise<void>): Promise<void> {
  for (;;) {
    const { rows } = await api.execute("select 1 as busy from information_schema.processlist where id = ? and command = 'Query'", [connection], {});
    if (rows.length === 0) return;
    await sleep(LOOK_MILLISECONDS);
  }
}
