// One run of carelake's Part D as a user runs it: the command, a profile with a private MySQL, all gates, publication.
// In: folders. Out: what was watched from outside, the stage reports, and when publication began and ended.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { randomBytes } from "node:crypto";
import { stringify } from "yaml";
import type { StageReport } from "../../driver/stage.js";
import { stageReport } from "../../driver/stage.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { watch, type Watched } from "./process-tree.js";

export const PACKAGE = resolve(import.meta.dirname, "../..");
const PASSWORD = "CARELAKE_BENCH_PASSWORD";

export interface OurRun {
  readonly watched: Watched;
  readonly reports: readonly StageReport[];
  /** Between the end of the last stage and the swap in MySQL; 0 without publication. */
  readonly publicationSeconds: number;
  /** Submitting the stage to its report, as the driver saw it. */
  readonly stageSeconds: number;
}

export interface OurRequest {
  /** Gets carelake.yaml, the lake and logs. Must be new. */
  readonly folder: string;
  readonly input: string;
  readonly year: number;
  readonly memory: string;
  readonly publish: boolean;
}

export async function ourRun(request: OurRequest): Promise<OurRun> {
  const { folder, input, year, memory } = request;
  mkdirSync(folder, { recursive: true });
  const password = randomBytes(12).toString("base64url");
  const server = request.publish ? await startTestMySql() : undefined;
  try {
    if (server !== undefined) {
      const root = await connectAsRoot(server);
      await root.query("create database part_d");
      await root.query(`create user 'loader'@'%' identified by '${password}'`);
      await root.query("grant select, insert, update, delete, create, drop, alter, index on part_d.* to 'loader'@'%'");
      await root.end();
    }
    // Its certificate names no host; it listens on this computer alone.
    const mysql = server && { host: server.host, port: server.port, user: "loader", password: { env: PASSWORD }, database: "part_d", tls: "off" };
    writeFileSync(join(folder, "carelake.yaml"), stringify({ profiles: { local: { lake: "./lake", memory, ...(mysql === undefined ? {} : { mysql }) } } }));
    const argv = [process.execPath, join(PACKAGE, "bin.mjs"), "run", "part-d", "--year", String(year), "--input", resolve(input), "--json"] as const;
    const watched = await watch({ argv: [...argv], cwd: folder, env: { [PASSWORD]: password }, log: join(folder, "stderr.log") });
    if (watched.code !== 0) throw new Error(`carelake run ended with ${String(watched.code)}: ${readFileSync(join(folder, "stderr.log"), "utf8").slice(-2000)}\n${watched.stdout.slice(-2000)}`);
    return { watched, ...told(join(folder, "lake", "ledger")) };
  } finally {
    await server?.stop();
  }
}

/** What the ledger knows of its only run. */
function told(ledger: string): Omit<OurRun, "watched"> {
  const [run = ""] = readdirSync(join(ledger, "runs"));
  const events = readdirSync(join(ledger, "runs", run, "events")).sort().map((name) => eventOf(join(ledger, "runs", run, "events", name)));
  const at = (event: string): number => Date.parse(events.findLast((each) => each.event === event)?.at ?? "");
  const reports = readdirSync(join(ledger, "stages", run)).map((stage) => stageReport.parse(JSON.parse(readFileSync(join(ledger, "stages", run, stage, "report.json"), "utf8"))));
  const publicationSeconds = (at("published") - at("stage-finished")) / 1000;
  return { reports, publicationSeconds: Number.isNaN(publicationSeconds) ? 0 : publicationSeconds, stageSeconds: (at("stage-finished") - at("stage-submitted")) / 1000 };
}

function eventOf(path: string): { readonly event: string; readonly at: string } {
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof value !== "object" || value === null || !("event" in value) || !("at" in value)) throw new Error(`${path} is no event`);
  return { event: String(value.event), at: String(value.at) };
}
