// A session with a MySQL server as the publisher knows it, whoever holds the line: mysql2, or the RDS Data API.
// Shapes, and what every session sets for itself.

import type { Readable } from "node:stream";
import { ProblemError } from "./problems.js";

/** A row as the server prints it: text, or null. Numbers are parsed by who needs them, so nothing is rounded. */
export type Row = Readonly<Record<string, string | null>>;
export type SqlValue = string | number | null;

/** Who holds the line gives no answer of that size: fewer rows at a time would come through. */
export class AnswerTooLarge extends ProblemError {}

/** A statement that was sent, and `cause` kept anybody from hearing how it ended: it may be done, and it may go on. */
export class Unheard extends Error {
  constructor(override readonly cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** What LOAD DATA says of itself. */
export interface LoadCounts {
  readonly records: number;
  readonly skipped: number;
  readonly warnings: number;
}

/**
 * The same surroundings whatever the server's defaults, which may be made for people: strict mode (a wrong value is never
 * bent), UTC, answers in English (LOAD DATA's counts are read from one), no limit to what a statement reads, changes or
 * takes, every note counted, a commit that only commits, and no wait for a table that lasts longer than seconds.
 */
export const SURROUNDINGS: Readonly<Record<string, SqlValue>> = {
  sql_mode: "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
  time_zone: "+00:00",
  lc_messages: "en_US",
  max_execution_time: 0,
  sql_safe_updates: 0,
  sql_big_selects: 1,
  sql_select_limit: Number.MAX_SAFE_INTEGER,
  sql_notes: 1,
  completion_type: 0,
  lock_wait_timeout: 10,
};

export interface Session {
  /** Connection id on the server, as its process list shows it. Absent when each statement may meet another connection. */
  readonly id?: number;
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
  /** Rows changed. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
  /** A session variable, for every later statement of this session. */
  set(variable: string, value: SqlValue): Promise<void>;
  /** What `work` asks of this session is one transaction on one connection: committed when it returns, else rolled back. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Feeds `source` to a LOAD DATA LOCAL statement. No byte for `stallSeconds` cuts the connection. Absent where rows
   * cannot be sent.
   */
  readonly load?: (sql: string, source: Readable, stallSeconds: number) => Promise<LoadCounts>;
  /** Says goodbye to the server. Never throws. */
  close(): Promise<void>;
  /** Cuts the connection: what waits rejects with `reason`, and the server rolls an open transaction back. */
  cut(reason: Error): void;
  /** Aborted, with an Error, once nothing can be asked here any more: it was cut, or its connection broke while nobody asked. */
  readonly over: AbortSignal;
}

/** A database whose sessions are opened by somebody else than mysql.ts. */
export interface SessionSource {
  /** Where it is, for people. */
  readonly address: string;
  readonly user: string;
  readonly database: string;
  readonly open: () => Promise<Session>;
}
