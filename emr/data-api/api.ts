// One statement through the RDS Data API, and what it answered as text. In: SQL with question marks, values. Out: rows,
// rows changed; refusals of the database as MySQL's own errors, so that the publisher knows them.

import { BeginTransactionCommand, CommitTransactionCommand, ExecuteStatementCommand, RDSDataClient, RollbackTransactionCommand, StatementTimeoutException, type ExecuteStatementResponse, type Field, type SqlParameter } from "@aws-sdk/client-rds-data";
import { ProblemError } from "../../driver/problems.js";
import { AnswerTooLarge, type Row, type SqlValue } from "../../driver/session.js";
import { awsError, awsProblem } from "../calls/aws-error.js";

export interface DataApiPlace {
  /** ARN of the Aurora cluster. */
  readonly cluster: string;
  /** ARN of the secret with the account. */
  readonly secret: string;
  readonly database: string;
}

export interface Executed {
  readonly rows: readonly Row[];
  /** Rows changed. */
  readonly changed: number;
}

/** The service gave up waiting; the statement, which was to go on, does so on this connection of the server. */
export class StillRuns extends Error {
  constructor(readonly connection: number) {
    super(`the statement runs longer than the Data API waits, on connection ${String(connection)}`);
  }
}

/** As mysql2 shapes what the server says. `fatal`: nobody knows whether it was done. */
class ServerError extends Error {
  readonly fatal: boolean;

  constructor(
    message: string,
    readonly code: string,
    readonly errno = 0,
  ) {
    super(message);
    this.fatal = errno === 0;
  }
}

export interface DataApi {
  execute(sql: string, values: readonly SqlValue[], options: { readonly transaction?: string | undefined; readonly goesOn?: boolean }): Promise<Executed>;
  begin(): Promise<string>;
  commit(transaction: string): Promise<void>;
  rollback(transaction: string): Promise<void>;
}

const QUERY_TIMEOUT = 3024;

/** Answers that say that nothing was done, and that asking again helps: a paused cluster wakes up within a minute. */
const NOT_YET = new Set(["DatabaseResumingException", "ThrottlingException", "TooManyRequestsException"]);
const WAKE_TRIES = 30;
const WAKE_MILLISECONDS = 2000;

export function dataApi({ cluster: resourceArn, secret: secretArn, database }: DataApiPlace, { signal, sleep }: { readonly signal: AbortSignal; readonly sleep: (milliseconds: number) => Promise<void> }): DataApi {
  const client = new RDSDataClient({ region: resourceArn.split(":")[3] ?? "", maxAttempts: 1, requestHandler: { requestTimeout: 60_000 } });
  const place = { resourceArn, secretArn };
  const ask = async <T>(operation: string, send: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await send();
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (!(error instanceof Error) || !NOT_YET.has(error.name) || tries === WAKE_TRIES) throw inServerWords(error, operation);
        await sleep(WAKE_MILLISECONDS);
      }
    }
  };
  const within = { abortSignal: signal };
  return {
    execute: async (sql, values, { transaction: transactionId, goesOn = false }) => {
      const { named, parameters } = namedParameters(sql, values);
      const command = new ExecuteStatementCommand({ ...place, database, sql: named, parameters, ...(transactionId === undefined ? {} : { transactionId }), includeResultMetadata: true, continueAfterTimeout: goesOn, resultSetOptions: { decimalReturnType: "STRING", longReturnType: "STRING" } });
      try {
        return executed(await ask("rds-data:ExecuteStatement", () => client.send(command, within)));
      } catch (error) {
        throw error instanceof StillRuns && !goesOn ? new ServerError("the statement took longer than the Data API waits, and was stopped", "ER_QUERY_TIMEOUT", QUERY_TIMEOUT) : error;
      }
    },
    begin: async () => {
      const { transactionId } = await ask("rds-data:BeginTransaction", () => client.send(new BeginTransactionCommand({ ...place, database }), within));
      if (transactionId === undefined) throw new TypeError("the Data API began a transaction without an id");
      return transactionId;
    },
    commit: async (transactionId) => void (await ask("rds-data:CommitTransaction", () => client.send(new CommitTransactionCommand({ ...place, transactionId }), within))),
    rollback: async (transactionId) => void (await client.send(new RollbackTransactionCommand({ ...place, transactionId }))),
  };
}

/** Question marks outside of quotes become :v0, :v1 …, which is what the Data API takes. */
export function namedParameters(sql: string, values: readonly SqlValue[]): { readonly named: string; readonly parameters: SqlParameter[] } {
  let at = 0;
  const named = sql.replace(/'(?:[^'\\]|\\.|'')*'|`[^`]*`|\?/gs, (part) => (part === "?" ? `:v${String(at++)}` : part));
  if (at !== values.length) throw new TypeError(`${String(values.length)} values for ${String(at)} places`);
  return { named, parameters: values.map((value, index) => ({ name: `v${String(index)}`, value: fieldOf(value) })) };
}

function fieldOf(value: SqlValue): Field {
  if (value === null) return { isNull: true };
  if (typeof value === "string") return { stringValue: value };
  return Number.isInteger(value) ? { longValue: value } : { doubleValue: value };
}

function executed({ columnMetadata = [], records = [], numberOfRecordsUpdated = 0 }: ExecuteStatementResponse): Executed {
  const names = columnMetadata.map(({ label, name }) => label ?? name ?? "");
  const rows = records.map((cells) => Object.fromEntries(cells.map((cell, index) => [names[index] ?? "", textOf(cell)])));
  return { rows, changed: numberOfRecordsUpdated };
}

/** As the server prints it. Bytes and lists come from no statement of ours. */
function textOf(cell: Field): string | null {
  if (cell.isNull === true) return null;
  if (cell.booleanValue !== undefined) return cell.booleanValue ? "1" : "0";
  const value = cell.stringValue ?? cell.longValue ?? cell.doubleValue;
  if (value === undefined) throw new TypeError(`a cell of the Data API without text: ${Object.keys(cell).join(", ")}`);
  return String(value);
}

/** "Database error code: 1146. Message: Table 'x.y' doesn't exist", by whichever of its exceptions. */
const DATABASE_ERROR = /Database error code: (\d+)\. Message: ([^]*?)(?:; SQLState: \w+)?$/;
/** "Database returned more than the allowed response size limit", 1 MiB, or "… The size was too large". */
const TOO_LARGE = /response size limit|size was too large/i;
const LOST = new Set(["TransactionNotFoundException", "DatabaseUnavailableException"]);

function inServerWords(error: unknown, operation: string): unknown {
  if (error instanceof StatementTimeoutException && error.dbConnectionId !== undefined) return new StillRuns(error.dbConnectionId);
  const known = awsError(error);
  if (known === undefined) return error;
  const [, number, message] = DATABASE_ERROR.exec(known.message) ?? [];
  if (number !== undefined && message !== undefined) return new ServerError(message, `ER_${number}`, Number(number));
  if (TOO_LARGE.test(known.message)) return new AnswerTooLarge(awsProblem(known, operation));
  if (LOST.has(known.name) || known.kind === "server" || known.kind === "network") return new ServerError(`${known.name}: ${known.message}`, "PROTOCOL_CONNECTION_LOST");
  return new ProblemError(awsProblem(known, operation));
}
