// What the server, the network or the disk said, as a problem of ours. Anything unknown stays an error: a bug.

import { StalledLoad } from "../mysql.js";
import { ProblemError, type Problem } from "../problems.js";
import { Unheard } from "../session.js";
import { placeOf, type Database } from "./database.js";

export interface FaultContext {
  readonly settings: Database;
  /** What was being done: "connect", "load drug_report part-00003.txt". */
  readonly step: string;
  readonly run: string;
}

/** The run was told to stop. */
export class Stopped extends Error {}

/** The turn was lost while it was used: another publisher may be at work. The message says why, `left` what readers have where that is known. */
export class TurnEnded extends Error {
  constructor(
    message: string,
    readonly left?: string,
  ) {
    super(message);
  }
}

const AFTER_SWAP = "MySQL serves the new tables; only the record is missing, the next publication writes it";

/** The RENAME was sent, and something after it failed: nothing may be given up, for its tables can be live. `left`: what readers have now. */
export class AfterSwap extends Error {
  constructor(
    message: string,
    options: ErrorOptions,
    readonly left = AFTER_SWAP,
  ) {
    super(message, options);
  }
}

/** The RENAME was sent, and who sent it may not look what became of it. */
export const SENT = "the RENAME was sent, and nobody heard how it ended: MySQL serves either the former tables or the new ones, all of one run; carelake publications says which, and the next publication writes the record";
/** The turn ended before it. */
export const NOT_SENT = "its RENAME was not sent: MySQL serves what it served before, or what the next publisher swapped in since; carelake publications says which";
/** Nobody has heard how the RENAME ended. */
export const EITHER_SIDE = "MySQL serves either the former tables or the new ones, all of one run; publishing again finds out which";
const UNTOUCHED = "MySQL serves what it served before; what was loaded stays, and publishing again goes on with it";
const MOVING: readonly string[] = ["swap", "rollback"];

const NETWORK = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOENT", "EACCES"]);
const LOST = new Set(["PROTOCOL_CONNECTION_LOST", "ECONNRESET", "EPIPE", "ETIMEDOUT"]);
/** Server shutting down, query or connection killed, idle, reading or waiting for a lock timed out. */
const LOST_NUMBERS = new Set([1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1205, 1317, 1927, 2006, 2013, 3024, 3169, 4031]);
/** The server takes no change any more: its part in the cluster is another one. */
const READ_ONLY_NUMBERS = new Set([1290, 1836]);
const READ_ONLY_WORDS = /read[-_ ]only/i;
const DISK_NUMBERS = new Set([1021, 1114, 1878, 3019]);
const DISK_WORDS = /errno: ?28|errcode: ?28|error 28\b|no space left|is full/i;
const TLS_WORDS = /^(HANDSHAKE_|ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;
const CLOSED = /closed state|connection is closed/i;
const DENIED_NUMBERS = new Set([1044, 1142, 1143, 1227, 1370, 3118]);

export function problemOf(error: unknown, context: FaultContext): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof AfterSwap) {
    const problem = problemOf(error.cause, context);
    return problem === undefined ? undefined : { ...problem, left: error.left };
  }
  if (error instanceof Unheard) return problemOf(error.cause, context);
  if (error instanceof TurnEnded) return { code: "publish-in-progress", database: context.settings.database, owner: error.message, left: error.left ?? (MOVING.includes(context.step) ? EITHER_SIDE : UNTOUCHED) };
  if (error instanceof Stopped) return { code: "run-cancelled", run: context.run };
  const address = placeOf(context.settings);
  if (error instanceof StalledLoad) return { code: "publish-interrupted", address, step: context.step, message: error.message };
  const said = wordsOf(error);
  if (said === undefined) return undefined;
  return connectProblem(said, context) ?? statementProblem(said, context);
}

interface Said {
  readonly code: string;
  /** MySQL's error number; 0 when it did not come from the server. */
  readonly number: number;
  readonly message: string;
}

function wordsOf(error: unknown): Said | undefined {
  // A name with several addresses fails with one error for each.
  if (error instanceof AggregateError && error.errors.length > 0) return wordsOf(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  // What mysql2 says of the next command after the connection broke: fatal, without a code.
  if ("fatal" in error && error.fatal === true && CLOSED.test(error.message)) return { code: "PROTOCOL_CONNECTION_LOST", number: 0, message: error.message };
  if (!("code" in error) || typeof error.code !== "string") return undefined;
  const number = "errno" in error && typeof error.errno === "number" && error.errno > 0 ? error.errno : 0;
  return { code: error.code, number, message: error.message };
}

function connectProblem({ code, number, message }: Said, { settings, step }: FaultContext): Problem | undefined {
  const address = placeOf(settings);
  const { database, user } = settings;
  if (TLS_WORDS.test(code)) return { code: "mysql-tls", address, message, ...("caFile" in settings ? { caFile: settings.caFile } : {}) };
  if (code === "MYSQL_CLEAR_PASSWORD_NOT_ENABLED") return { code: "mysql-access-denied", user, address, message: "the server asks for the password as it is, as it does for tokens, and the profile has no `password: { iam: true }`" };
  if (number === 1045 || number === 1698) return { code: "mysql-access-denied", user, address, message };
  if (number === 1044 && step === "connect") return { code: "mysql-access-denied", user, address, database, message };
  if (number === 1049) return { code: "mysql-unknown-database", database, address, user };
  if (number === 1040 || number === 1203 || number === 1226 || number === 1129) return { code: "mysql-unreachable", address, message };
  if (step === "connect" && (NETWORK.has(code) || LOST.has(code))) return { code: "mysql-unreachable", address, message };
  return undefined;
}

function statementProblem({ code, number, message }: Said, { settings, step }: FaultContext): Problem | undefined {
  const address = placeOf(settings);
  if (DENIED_NUMBERS.has(number)) return { code: "mysql-privileges", missing: [message], user: settings.user, database: settings.database };
  if (DISK_NUMBERS.has(number) || (number > 0 && DISK_WORDS.test(message))) return { code: "publish-disk-full", address, message };
  const isReadOnly = READ_ONLY_NUMBERS.has(number) && READ_ONLY_WORDS.test(message);
  if (LOST.has(code) || NETWORK.has(code) || LOST_NUMBERS.has(number) || isReadOnly) return { code: "publish-interrupted", address, step, message };
  return number === 0 ? undefined : { code: "publish-refused", step, message: `${message} (${code})` };
}
