// Readers that never pause: each reads both tables of the pair in one statement, by a connection of its own, and knows
// from the segments what a whole generation looks like. What else they see is kept, and how long each read took.

import type { Connection, RowDataPacket } from "mysql2/promise";
import { lineOf } from "../../driver/publish/ddl.js";
import type { PublishTable } from "../../driver/publish/set.js";
import { PAIR } from "./publish-segments.js";

export interface Read {
  /** performance.now() at its begin and end. */
  readonly from: number;
  readonly to: number;
}

export interface Seen {
  readonly reads: readonly Read[];
  /** What was no whole generation: mixed, half, empty. */
  readonly wrong: readonly string[];
  /** How many generations were seen. */
  readonly generations: number;
  readonly errors: readonly Error[];
  /** Reads that ended because the server went away. */
  readonly lost: number;
}

export interface Readers {
  /** So far. */
  reads(): number;
  stop(): Promise<Seen>;
}

export interface ReadersOptions {
  /** To the database that holds the pair; called again after the server was away. */
  readonly connect: () => Promise<Connection>;
  readonly count: number;
  /** Every generation that may be live. */
  readonly generations: readonly (readonly PublishTable[])[];
}

const hashed = ({ name, columns }: (typeof PAIR)[number]): string =>
  `(select concat(count(*), ' ', min(generation), ' ', max(generation), ' ', coalesce(sum(cast(conv(left(sha2(${lineOf(columns)}, 256), 8), 16, 10) as unsigned)), 0)) from ${name})`;

const QUERY = `select concat(${PAIR.map(hashed).join(", ' | ', ")}) seen`;

/** As QUERY tells it, from the manifests alone. */
function wholeOf(tables: readonly PublishTable[]): string {
  const told = tables.map(({ manifests }) => {
    const [generation = ""] = /\d+$/.exec(manifests[0]?.directory ?? "") ?? [];
    const rows = manifests.reduce((sum, { manifest }) => sum + manifest.rows, 0);
    const hash = manifests.reduce((sum, { manifest }) => sum + BigInt(manifest.hash), 0n);
    return `${String(rows)} ${generation} ${generation} ${String(hash)}`;
  });
  return told.join(" | ");
}

export function startReaders({ connect, count, generations }: ReadersOptions): Readers {
  const wholes = new Set(generations.map(wholeOf));
  const reads: Read[] = [];
  const seen = new Set<string>();
  const errors: Error[] = [];
  let lost = 0;
  let isOver = false;
  const work = async (): Promise<void> => {
    let connection: Connection | undefined;
    while (!isOver) {
      try {
        connection ??= await opened(connect);
        const from = performance.now();
        const [rows] = await connection.query<RowDataPacket[]>(QUERY);
        reads.push({ from, to: performance.now() });
        seen.add(String(rows[0]?.["seen"]));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (isLost(error)) lost++;
        else errors.push(error);
        connection?.destroy();
        connection = undefined;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    await connection?.end();
  };
  const all = Array.from({ length: count }, work);
  return {
    reads: () => reads.length,
    stop: async () => {
      isOver = true;
      await Promise.all(all);
      return { reads, wrong: [...seen].filter((each) => !wholes.has(each)), generations: seen.size, errors, lost };
    },
  };
}

async function opened(connect: () => Promise<Connection>): Promise<Connection> {
  const connection = await connect();
  connection.on("error", () => undefined);
  await connection.query("set names utf8mb4 collate utf8mb4_0900_as_cs");
  return connection;
}

/** The server is down or going down: never said of a table. */
function isLost(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  return ["ECONNREFUSED", "ECONNRESET", "EPIPE", "PROTOCOL_CONNECTION_LOST", "ER_SERVER_SHUTDOWN"].includes(code);
}
