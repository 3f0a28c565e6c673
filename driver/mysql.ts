// The one door to mysql2: settings in, a session with typed queries and a guarded LOAD DATA LOCAL out.
// Nothing here knows what a publication is, and no password leaves it: not in a statement, not in an error.

import { readFile } from "node:fs/promises";
import { connect, isIP, type Socket } from "node:net";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import mysql, { type Connection, type ConnectionOptions, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import type { Problem } from "./problems.js";
import { ProblemError } from "./problems.js";
import { SURROUNDINGS, type LoadCounts, type Session, type SqlValue } from "./session.js";

export interface MySqlSettings {
  readonly host?: string;
  /** Default 3306. */
  readonly port?: number;
  /** Unix socket; then host, port and tls do not matter. */
  readonly socketPath?: string;
  readonly user: string;
  /** A function is asked for every new connection: tokens that live for minutes. */
  readonly password?: string | (() => Promise<string>);
  readonly database: string;
  /** verify (default): TLS with certificate and host name checked. off: plain text, on loopback only. */
  readonly tls?: "verify" | "off";
  /** PEM file of the authorities to trust instead of the system's. */
  readonly caFile?: string;
  /** Authorities to trust instead of the system's, as PEM texts, where no file is given. */
  readonly authorities?: readonly string[];
  /** The server may ask for the password as it is, as those that take tokens do. Over verified TLS only. Default false. */
  readonly cleartext?: boolean;
}

/** Where the server is, for people: "db.example.org:3306" or the socket. */
export function addressOf(settings: MySqlSettings): string {
  return settings.socketPath ?? `${hostOf(settings)}:${portOf(settings)}`;
}

const hostOf = (settings: MySqlSettings): string => settings.host ?? "localhost";
const portOf = (settings: MySqlSettings): number => settings.port ?? 3306;

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;
const CONNECT_MS = 10_000;

/** Exact comparison, the surroundings of every session, and time-outs long enough for one that waits while others load. */
const NAMES = "set names utf8mb4 collate utf8mb4_0900_as_cs";
const VARIABLES: Readonly<Record<string, SqlValue>> = { ...SURROUNDINGS, autocommit: 1, wait_timeout: 86_400, net_read_timeout: 600, net_write_timeout: 600 };

/** Opens a session. Throws the server's or the network's own error, or a ProblemError for settings that are refused. */
export async function openSession(settings: MySqlSettings): Promise<Required<Session>> {
  const options = { ...(await addressing(settings)), ...(await identity(settings)) };
  const socket = dial(settings);
  const line: Line = { connection: await mysql.createConnection({ ...options, stream: () => socket }), cut: cutter(socket) };
  // A lost connection is told to the command that waits; without a listener it would also end the process.
  line.connection.on("error", () => undefined);
  const session = sessionOf(line);
  try {
    await session.run(NAMES);
    await session.run(`set ${Object.keys(VARIABLES).map((variable) => `session ${variable} = ?`).join(", ")}`, Object.values(VARIABLES));
    return session;
  } catch (error) {
    // An old server or MariaDB lacks the collation or a variable: preflight says so in full, with the rest of what is missing.
    if (error instanceof Error && "errno" in error && (error.errno === UNKNOWN_COLLATION || error.errno === UNKNOWN_VARIABLE)) return session;
    session.cut(new Error("closed"));
    throw error;
  }
}

const UNKNOWN_COLLATION = 1273;
const UNKNOWN_VARIABLE = 1193;

/** A connection, and the way to end it at once: mysql2's own destroy() leaves the waiting command waiting for ever. */
interface Line {
  readonly connection: Connection;
  readonly cut: { readonly now: (reason: Error) => void; readonly orCut: <T>(answer: Promise<T>) => Promise<T>; readonly over: AbortSignal };
}

function cutter(socket: Socket): Line["cut"] {
  const waiting = new Set<(reason: Error) => void>();
  let first: Error | undefined;
  const over = new AbortController();
  socket.once("close", () => over.abort(Object.assign(new Error("the server closed the connection"), { code: "PROTOCOL_CONNECTION_LOST" })));
  return {
    over: over.signal,
    // Not a race with one promise for the session's life: that keeps every answer as long, all rows of a report.
    orCut: (answer) => new Promise((resolve, reject) => {
      if (first !== undefined) reject(first);
      waiting.add(reject);
      void answer.then(resolve, reject).finally(() => waiting.delete(reject));
    }),
    now: (reason) => {
      over.abort(reason);
      first ??= reason;
      for (const tell of waiting) tell(first);
      socket.destroy();
    },
  };
}

function dial(settings: MySqlSettings): Socket {
  if (settings.socketPath !== undefined) return connect({ path: settings.socketPath });
  const socket = connect({ host: hostOf(settings), port: portOf(settings), noDelay: true });
  return socket.setKeepAlive(true, 30_000);
}

async function identity(settings: MySqlSettings): Promise<ConnectionOptions> {
  const password = typeof settings.password === "function" ? await settings.password() : settings.password;
  return {
    user: settings.user,
    ...(password === undefined ? {} : { password }),
    database: settings.database,
    connectTimeout: CONNECT_MS,
    charset: "utf8mb4",
    multipleStatements: false,
    typeCast: (field) => field.string("utf8"),
  };
}

async function addressing(settings: MySqlSettings): Promise<ConnectionOptions> {
  if (settings.socketPath !== undefined) return { socketPath: settings.socketPath };
  const host = hostOf(settings);
  // The name is what the certificate is checked against; the socket itself is ours.
  const place = { host, port: portOf(settings) };
  if (settings.tls === "off") {
    if (!LOOPBACK.test(host)) throw new ProblemError(plainRefused(host));
    if (settings.cleartext === true) throw new ProblemError(TOKEN_REFUSED);
    return place;
  }
  const ca = settings.caFile === undefined ? settings.authorities : await readCa(settings.caFile);
  // mysql2 leaves the host name unchecked unless verifyIdentity is set. It compares names only, so an address is refused.
  if (isIP(host) !== 0) throw new ProblemError(addressWithoutName(host));
  return { ...place, enableCleartextPlugin: settings.cleartext === true, ssl: { ...(ca === undefined ? {} : { ca: [ca].flat() }), rejectUnauthorized: true, verifyIdentity: true, minVersion: "TLSv1.2" } };
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const message = `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`;
    throw new ProblemError({ code: "config-invalid", key: "mysql.caFile", message });
  }
}

const plainRefused = (host: string): Problem => ({
  code: "config-invalid",
  key: "mysql.tls",
  message: `tls may be off only for a server on this computer, not for ${host}`,
});

const TOKEN_REFUSED: Problem = { code: "config-invalid", key: "mysql.tls", message: "a token goes to the server as it is, so it goes over verified TLS only" };

const addressWithoutName = (host: string): Problem => ({
  code: "config-invalid",
  key: "mysql.host",
  message: `${host} is an address: a certificate is checked against a name; give the server's name, or tls: off when it is on this computer`,
});

function sessionOf(line: Line): Required<Session> {
  const { connection, cut } = line;
  const { orCut } = cut;
  const run: Session["run"] = async (sql, values) => (await orCut(connection.query<ResultSetHeader>(sql, [...(values ?? [])])))[0].affectedRows;
  return {
    id: connection.threadId,
    query: async (sql, values) => (await orCut(connection.query<RowDataPacket[]>(sql, [...(values ?? [])])))[0],
    run,
    set: async (variable, value) => void (await run(`set session ${variable} = ?`, [value])),
    transaction: (work) => inTransaction(run, work),
    load: (sql, source, stallSeconds) => loadLocal(line, { sql, source, stallSeconds }),
    close: () => orCut(connection.end()).catch(() => cut.now(new Error("closed"))),
    cut: (reason) => cut.now(reason),
    over: cut.over,
  };
}

async function inTransaction<T>(run: Session["run"], work: () => Promise<T>): Promise<T> {
  await run("start transaction");
  try {
    const done = await work();
    await run("commit");
    return done;
  } catch (error) {
    await run("rollback").catch(() => undefined);
    throw error;
  }
}

interface LocalLoad {
  readonly sql: string;
  readonly source: Readable;
  readonly stallSeconds: number;
}

/** No byte and no answer for so long that the connection was cut. */
export class StalledLoad extends Error {
  constructor(readonly seconds: number) {
    super(`no progress for ${seconds} s`);
  }
}

/** The rows could not be read: the fault is on this side, not the server's. */
export class BrokenSource extends Error {}

/**
 * mysql2 forwards whatever the source emits: an empty chunk ends the transfer as a success, text crashes the process,
 * and a source that closes early hangs for ever. So the source never meets mysql2: it is pumped through a byte stream
 * that makes buffers of text, swallows empty chunks and turns an early close into an error.
 */
async function loadLocal({ connection, cut }: Line, { sql, source, stallSeconds }: LocalLoad): Promise<LoadCounts> {
  const watch = setTimeout(() => cut.now(new StalledLoad(stallSeconds)), stallSeconds * 1000);
  const bytes = new Transform({
    highWaterMark: 1 << 20,
    transform(chunk: Buffer, _encoding, done) {
      watch.refresh();
      if (chunk.length > 0) this.push(chunk);
      done();
    },
  });
  let failure: Error | undefined;
  const pump = pipeline(source, bytes).catch((error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  try {
    const reply = connection.query<ResultSetHeader>({ sql, infileStreamFactory: () => (failure ? broken(failure) : bytes) });
    const [{ info }] = await cut.orCut(reply);
    if (failure) throw failure;
    return countsOf(info);
  } catch (error) {
    throw error === failure && failure !== undefined ? new BrokenSource(failure.message, { cause: failure }) : error;
  } finally {
    clearTimeout(watch);
    source.destroy();
    bytes.destroy();
    await pump;
  }
}

/** A stream that fails as soon as somebody listens: the source broke before the server asked for it. */
function broken(reason: Error): Transform {
  const stream = new Transform();
  setImmediate(() => stream.destroy(reason));
  return stream;
}

/** "Records: 3  Deleted: 0  Skipped: 0  Warnings: 0"; a reply without these words is a server we do not know. */
function countsOf(info: string): LoadCounts {
  const found = /Records: (\d+)\s+Deleted: \d+\s+Skipped: (\d+)\s+Warnings: (\d+)/.exec(info);
  if (found === null) throw new Error(`LOAD DATA answered "${info}"`);
  return { records: Number(found[1]), skipped: Number(found[2]), warnings: Number(found[3]) };
}
