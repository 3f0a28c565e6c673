// The RDS Data API on a loopback port, in front of a real MySQL: requests and answers are held to botocore's model of
// rds-data. Each call outside a transaction meets another connection, and none keeps its session. What only Aurora has,
// LOAD DATA FROM S3, becomes LOAD DATA LOCAL from a folder that plays the bucket, and is written down.

import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createConnection, type Connection, type FieldPacket, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import type { MySqlServer } from "../../../driver/local/mysql.js";
import { check } from "../../endpoint/check.js";
import { MODELS } from "../../endpoint/model.js";

export interface StandInOptions {
  readonly server: MySqlServer;
  /** The account in the secret. */
  readonly account: { readonly user: string; readonly password: string };
  /** s3://bucket/key is the file key in it. */
  readonly bucket: string;
  /** Statements that take longer than the service waits: the caller is told so, and those that may go on do. */
  readonly late?: Pick<RegExp, "test">;
  /** Done before a statement is run. */
  readonly before?: (sql: string) => Promise<void>;
  /** Session variables that a connection finds set, as by the cluster's parameter group. */
  readonly defaults?: string;
}

export interface StandIn {
  readonly url: string;
  /** Statements as they were asked for, before any rewriting. */
  readonly asked: string[];
  /** Statements that only Aurora has, and what ran in their place. */
  readonly rewritten: { readonly from: string; readonly to: string }[];
  /** What the model does not allow, of requests and answers. */
  readonly findings: string[];
  /** Statements whose answer was larger than the service gives. */
  readonly oversized: string[];
  end(): Promise<void>;
}

const MODEL = MODELS["rds-data"];
const RESPONSE_LIMIT = 1 << 20;
const FROM_S3 = /^load data from s3 's3:\/\/[^/]+\/([^']+)'/;

/** An answer of the service in its own words. */
export class Refusal extends Error {
  constructor(
    readonly exception: string,
    message: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

interface Request {
  readonly sql: string;
  readonly database?: string;
  readonly transactionId?: string;
  readonly continueAfterTimeout?: boolean;
  readonly parameters?: readonly { readonly name: string; readonly value: Readonly<Record<string, string | number | boolean>> }[];
}

export async function startDataApi(options: StandInOptions): Promise<StandIn> {
  const state = { asked: [] as string[], rewritten: [] as StandIn["rewritten"], findings: [] as string[], oversized: [] as string[] };
  const transactions = new Map<string, Connection>();
  const all: Connection[] = [];
  const connect = async (database: string | undefined): Promise<Connection> => {
    const { user, password } = options.account;
    const made = await createConnection({ socketPath: options.server.socket, user, password, ...(database === undefined ? {} : { database }), charset: "utf8mb4" });
    made.on("error", () => undefined);
    if (options.defaults !== undefined) await made.query(`set ${options.defaults}`);
    all.push(made);
    return made;
  };
  const transactionOf = (id: string): Connection => {
    const found = transactions.get(id);
    if (found === undefined) throw new Refusal("TransactionNotFoundException", `Transaction ${id} is not found`);
    return found;
  };
  const finish = async (id: string, sql: "commit" | "rollback", status: string): Promise<object> => {
    const connection = transactionOf(id);
    transactions.delete(id);
    await connection.query(sql);
    await connection.end();
    return { transactionStatus: status };
  };
  const operations: Readonly<Record<string, (body: Request) => Promise<object>>> = {
    BeginTransaction: async ({ database }) => {
      const id = randomUUID();
      const connection = await connect(database);
      await connection.query("start transaction");
      transactions.set(id, connection);
      return { transactionId: id };
    },
    CommitTransaction: ({ transactionId = "" }) => finish(transactionId, "commit", "Transaction Committed"),
    RollbackTransaction: ({ transactionId = "" }) => finish(transactionId, "rollback", "Rollback Complete"),
    ExecuteStatement: async (body) => {
      state.asked.push(body.sql);
      await options.before?.(body.sql);
      const connection = body.transactionId === undefined ? await connect(body.database) : transactionOf(body.transactionId);
      const work = execute(connection, body);
      const answer = options.late?.test(body.sql) === true ? await tooLate(work, { connection, body }) : await work;
      if (body.transactionId === undefined) await connection.end();
      return answer;
    },
  };
  const execute = async (connection: Connection, body: Request): Promise<object> => {
    const { sql, values } = positional(body);
    const key = FROM_S3.exec(sql)?.[1];
    const local = sql.replace(FROM_S3, `load data local infile '$1'`);
    if (key !== undefined) state.rewritten.push({ from: sql, to: local });
    const source = key === undefined ? {} : { infileStreamFactory: () => createReadStream(join(options.bucket, key)) };
    const [result, fields] = await connection.query<ResultSetHeader | RowDataPacket[]>({ sql: local, values: [...values], typeCast: (field: { string(encoding: string): string | null }) => field.string("utf8"), ...source });
    if (!Array.isArray(result)) return { numberOfRecordsUpdated: result.affectedRows, generatedFields: [] };
    return { columnMetadata: fields.map(({ name }) => ({ name, label: name })), records: result.map((row) => fields.map((field) => cell(row[field.name] as string | null, field))), numberOfRecordsUpdated: 0 };
  };
  /** What is not asked to go on is stopped. */
  const tooLate = async (work: Promise<object>, { connection, body }: { readonly connection: Connection; readonly body: Request }): Promise<never> => {
    work.catch(() => undefined);
    if (body.continueAfterTimeout !== true) connection.destroy();
    throw new Refusal("StatementTimeoutException", "Request timed out", { dbConnectionId: connection.threadId });
  };
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "";
      const [operation, model] = Object.entries(MODEL.operations).find(([, { uri }]) => uri === path) ?? [];
      const work = operation === undefined ? undefined : operations[operation];
      if (operation === undefined || model === undefined || work === undefined) return end(response, 404, { message: path }, "NotFoundException");
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Request;
      note(state.findings, operation, check(MODEL, model.input ?? "", body));
      if (!/Credential=[^/]+\/\d{8}\/[^/]+\/rds-data\/aws4_request/.test(request.headers.authorization ?? "")) state.findings.push(`${operation} is not signed for rds-data`);
      work(body).then(
        (output) => {
          note(state.findings, `${operation}'s answer`, check(MODEL, model.output ?? "", output));
          if (Buffer.byteLength(JSON.stringify(output)) <= RESPONSE_LIMIT) return end(response, 200, output);
          state.oversized.push(body.sql);
          // Who asked within a transaction has lost it.
          const lost = transactions.get(body.transactionId ?? "");
          transactions.delete(body.transactionId ?? "");
          lost?.destroy();
          end(response, 400, { message: "Database returned more than the allowed response size limit" }, "BadRequestException");
        },
        (error: unknown) => {
          const { exception, message, more } = error instanceof Refusal ? error : inItsWords(error);
          const shape = MODEL.shapes[exception];
          note(state.findings, exception, check(MODEL, exception, { message, ...more }));
          end(response, shape?.error?.httpStatusCode ?? 500, { message, ...more }, exception);
        },
      );
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    for (const each of all) each.destroy();
  };
  return { url: `http://127.0.0.1:${String(port)}`, ...state, end: stop };
}

const note = (findings: string[], of: string, found: readonly { readonly path: string; readonly what: string }[]): void => void findings.push(...found.map(({ path, what }) => `${of}: ${path} ${what}`));

function end(response: ServerResponse, status: number, body: object, exception?: string): void {
  response.writeHead(status, { "content-type": "application/json", ...(exception === undefined ? {} : { "x-amzn-errortype": exception }) });
  response.end(JSON.stringify(body));
}

/** As Aurora MySQL tells them. */
function inItsWords(error: unknown): Refusal {
  const { errno = 0, sqlState = "HY000", message } = error as { errno?: number; sqlState?: string; message: string };
  return new Refusal("DatabaseErrorException", `Database error code: ${String(errno)}. Message: ${message}; SQLState: ${sqlState}`);
}

function positional({ sql, parameters = [] }: Request): { readonly sql: string; readonly values: readonly (string | number | boolean | null)[] } {
  const values: (string | number | boolean | null)[] = [];
  const text = sql.replace(/'(?:[^'\\]|\\.|'')*'|`[^`]*`|:([a-z]\w*)/gs, (part, name?: string) => {
    if (name === undefined) return part;
    const found = parameters.find((each) => each.name === name);
    if (found === undefined) throw new Refusal("BadRequestException", `Cannot find parameter: ${name}`);
    values.push("isNull" in found.value ? null : (Object.values(found.value)[0] ?? null));
    return "?";
  });
  return { sql: text, values };
}

/** A tinyint(1) is a bit to the service's driver; whole numbers come as text, as the requests ask for. */
const TINY = 1;
function cell(value: string | null, field: FieldPacket): object {
  if (value === null) return { isNull: true };
  return field.columnType === TINY && field.columnLength === 1 ? { booleanValue: value === "1" } : { stringValue: value };
}
