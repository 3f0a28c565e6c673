// The rows of a report's figures, from the published tables. In: a report, years, sessions to ask in parallel. Out: rows of
// each table. Never here: figures, markup.

import type { Table } from "../../reports/model.js";
import type { Report } from "../../reports/report.js";
import { boundsQuery, listQuery, listReadings, rangeQueries, tableReadings, type RowsQuery } from "../../reports/rollup/reading.js";
import { membersOf, newFacts, type Facts } from "../../reports/rollup/rows.js";
import type { Row, Session } from "../session.js";
import { askInParts, type KeyedQuery } from "./ask-in-parts.js";

/** Answers one select, in whichever session is free; with a key, however large its answer is. */
type Ask = (query: RowsQuery | KeyedQuery) => Promise<readonly Row[]>;

export interface Asking {
  readonly report: Report;
  readonly years: readonly number[];
  readonly sessions: readonly Session[];
}

/** Every row that figures are made of is read once, however many figures there are. */
export async function askReport({ report, years, sessions }: Asking): Promise<ReadonlyMap<Table, Facts>> {
  const ask = inParallel(sessions);
  const lists = new Map(await Promise.all(listReadings(report).map(async (reading) => [reading, membersOf(reading, (await Promise.all(years.map((year) => ask({ ...listQuery(reading, year), key: [reading.list.key] })))).flat())] as const)));
  const read = tableReadings(report).map(async (reading) => {
    const facts = newFacts(report, reading, lists);
    await Promise.all(years.map(async (year) => {
      const bounds = (await ask(boundsQuery(reading, year))).flatMap((row) => row["last_key"] ?? []);
      await Promise.all(rangeQueries(report, reading, { year, bounds }).map(async (query) => facts.add(await ask({ ...query, key: reading.table.grain }))));
    }));
    return [reading.table, facts.take()] as const;
  });
  return new Map(await Promise.all(read));
}

/** A session answers one query at a time: each takes the next one that waits. */
function inParallel(sessions: readonly Session[]): Ask {
  const free = [...sessions];
  const waiting: ((session: Session) => void)[] = [];
  let failed = false;
  const take = (): Promise<Session> => {
    const session = free.pop();
    return session === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(session);
  };
  return async (query) => {
    const session = await take();
    try {
      // One answer that lacks spoils all: nothing more is asked.
      return failed ? [] : "key" in query ? await askInParts(session, query) : await session.query(query.sql, query.params);
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(session);
      else next(session);
    }
  };
}
