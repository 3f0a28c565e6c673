// A select whose answer may be larger than a session gives: asked whole, then its halves, and so on. In: a session, a
// select, the columns that tell its rows apart. Out: all its rows, in no order.

import type { RowsQuery } from "../../reports/rollup/reading.js";
import { AnswerTooLarge, type Row, type Session } from "../session.js";

export interface KeyedQuery extends RowsQuery {
  /** Columns that identify a row of the answer, never null. */
  readonly key: readonly string[];
}

/** The rows whose hash, divided by `of`, leaves `rest`. */
interface Part {
  readonly of: number;
  readonly rest: number;
}

/** More than any answer has rows: a part that is still too large is one row. */
const MOST_PARTS = 2 ** 24;

/** The select ends with its condition. */
export async function askInParts(session: Session, query: KeyedQuery, { of, rest }: Part = { of: 1, rest: 0 }): Promise<readonly Row[]> {
  const { sql, params, key } = query;
  // The hash is of the key alone, so a row is in one part, whichever connection is asked.
  const only = of === 1 ? "" : ` and crc32(concat_ws(' ', ${key.join(", ")})) % ${String(of)} = ${String(rest)}`;
  try {
    return await session.query(`${sql}${only}`, params);
  } catch (error) {
    if (!(error instanceof AnswerTooLarge) || of === MOST_PARTS) throw error;
  }
  const [some, others] = [{ of: of * 2, rest }, { of: of * 2, rest: rest + of }];
  return [...(await askInParts(session, query, some)), ...(await askInParts(session, query, others))];
}
