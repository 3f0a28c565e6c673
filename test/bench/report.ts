// A report from published tables to the first tile on the screen: the command as a whole, and its file in headless
// Chromium. Against the same MySQL asked for each answer by a select of its own. In: rows. Out: seconds, CPU seconds, peak
// memory of Node, ratio.

import { DuckDBInstance } from "@duckdb/node-api";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { stringify } from "yaml";
import { openSession } from "../../driver/mysql.js";
import type { Session } from "../../driver/session.js";
import { overviewQuestions, subjectQuestions, waysOf } from "../../reports/html/questions.js";
import { partD } from "../../reports/part-d/report.js";
import { tileQuery } from "../../reports/sql.js";
import { makeDatabase, type Database } from "../driver/publish-database.js";
import { openSampleSources, openSources } from "../path/expected-part-d.js";
import { browser } from "../servers/chromium.js";
import { startTestMySql } from "../servers/mysql.js";
import { PACKAGE } from "./ours.js";
import { generated } from "./part-d.js";
import { cpuSecondsOf, watch } from "./process-tree.js";
import { publishPartD } from "./published-part-d.js";

export interface ReportRequest {
  /** Rows of the prescribers' drugs in the latest year, generated; the sample's 115,914 when it is not given. */
  readonly rows?: number;
  readonly year: number;
  readonly scratch: string;
  /** Without the selects to compare with: of many rows they take hours. */
  readonly alone: boolean;
  readonly say: (line: string) => void;
}

/** At most, and no more after a minute. */
const TIMES = 7;
const ENOUGH_SECONDS = 60;
const BUILD_GOAL = 2;
const OPEN_GOAL = 1;
const PASSWORD = "CARELAKE_BENCH_PASSWORD";

export async function reportBench(request: ReportRequest): Promise<Result & { readonly text: string }> {
  mkdirSync(request.scratch, { recursive: true });
  const folder = mkdtempSync(join(request.scratch, "report-"));
  const server = await startTestMySql();
  const database = await makeDatabase(server, "report");
  try {
    const { rows } = await published(request, { database, folder });
    const settings = { host: server.host, port: server.port, user: database.settings.user, password: { env: PASSWORD }, database: "report", tls: "off" };
    writeFileSync(join(folder, "carelake.yaml"), stringify({ profiles: { local: { lake: "./lake", mysql: settings } } }));
    request.say("building the report");
    const before = cpuSecondsOf(server.pid);
    const builds = await repeated(() => built(folder, database.password));
    const serverCpuSeconds = (cpuSecondsOf(server.pid) - before) / builds.length;
    request.say("opening it");
    const file = join(folder, "out", "part-d.html");
    const opened = await opening(file);
    const rival = request.alone ? undefined : await rivalOf(database, request);
    const seconds = median(builds.map((each) => each.seconds));
    const result: Result = { rows, seconds, builds, serverCpuSeconds, bytes: statSync(file).size, opened, ...(rival && { rival }) };
    return { ...result, text: textOf(result) };
  } finally {
    await database.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function published({ rows, year, say }: ReportRequest, { database, folder }: { readonly database: Database; readonly folder: string }) {
  const db = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  if (rows === undefined) await openSampleSources(db);
  else {
    const data = await generated({ rows, year, say }, folder);
    const file = (like: RegExp): string => join(data, readdirSync(data).find((name) => like.test(name)) ?? String(like));
    await openSources(db, { layout: "official", detail: file(/_NPIBN.*\.csv$/), provider: file(/_NPI\.csv$/), drugList: file(/drug_lists?/i), cities: file(/cities/) });
  }
  say("publishing two years");
  const tables = await publishPartD(database, db, year);
  db.closeSync();
  return tables;
}

/** The command as people start it. */
async function built(folder: string, password: string) {
  const argv = [process.execPath, join(PACKAGE, "bin.mjs"), "report", "build", "part-d", "--out", join(folder, "out")] as const;
  const { code, seconds, cpuSeconds, peakBytes, stdout } = await watch({ argv: [...argv], cwd: folder, env: { [PASSWORD]: password }, log: join(folder, "stderr.log") });
  if (code !== 0) throw new Error(`carelake report build ended with ${String(code)}: ${stdout}`);
  return { seconds, cpuSeconds, peakBytes: Math.max(...Object.values(peakBytes)) };
}

/** Milliseconds from the start of the navigation. */
interface Opening {
  /** The frame that shows a tile is done. */
  readonly tile: number;
  /** The page says what a link to a choice of both slicers asks for. */
  readonly chosen: number;
}

/** In a fresh context each time, as a file that somebody was sent. */
async function opening(file: string): Promise<Opening> {
  const { executablePath, args } = await browser(process.env);
  const chrome = await chromium.launch({ executablePath, args: [...args] });
  try {
    const all = await repeated(() => openedOnce(chrome, file));
    return { tile: median(all.map(({ tile }) => tile)), chosen: median(all.map(({ chosen }) => chosen)) };
  } finally {
    await chrome.close();
  }
}

/** In the latest year, whichever that is. */
const CHOICE = { link: "#drugs&state=FL&specialty=Cardiology", text: /^Florida, Cardiology; data year/ };

const DRAWN = `{
  const look = () => {
    const tile = document.querySelector(".tile");
    if (tile === null || tile.getBoundingClientRect().height === 0) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = performance.now(); }));
  };
  look();
}`;

async function openedOnce(chrome: Browser, file: string): Promise<Opening> {
  const context = await chrome.newContext({ viewport: { width: 1360, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(DRAWN);
  await page.goto(pathToFileURL(file).href);
  await page.locator(".choices:not([hidden])").waitFor();
  const tile = await page.evaluate<number>("new Promise((done) => { const look = () => (window.drawn === undefined ? requestAnimationFrame(look) : done(window.drawn)); look(); })");
  // Opened anew at a choice of both slicers, which adds up every row that the file has.
  await page.goto("about:blank");
  await page.goto(`${pathToFileURL(file).href}${CHOICE.link}`);
  await page.getByText(CHOICE.text).first().waitFor();
  const chosen = await page.evaluate<number>("performance.now()");
  await context.close();
  return { tile, chosen };
}

async function rivalOf({ settings }: Database, { year, say }: ReportRequest): Promise<Rival> {
  say("asking MySQL for each answer by a select of its own");
  const session = await openSession(settings);
  const rival = { scans: await scanned(session), selects: await eachAnswer(session, year) };
  await session.close();
  return rival;
}

/** What the server needs at least: each table that figures are made of, read and added up once. */
async function scanned(session: Session): Promise<number> {
  const start = performance.now();
  for (const table of partD.model.tables) await session.query(`select year, state_code, specialty, count(*), sum(claim_count), sum(drug_cost_usd) from ${table.name} group by year, state_code, specialty`);
  return (performance.now() - start) / 1000;
}

async function eachAnswer(session: Session, year: number): Promise<{ readonly count: number; readonly seconds: number }> {
  const years = [year - 1, year];
  const overviews = waysOf(partD).filter((by) => by.length < 2).flatMap((by) => overviewQuestions(partD, years, by));
  const questions = [...overviews, ...partD.pages.flatMap((page) => subjectQuestions(page, years))];
  const start = performance.now();
  for (const { tile, by, year: of } of questions) {
    const { sql, params } = tileQuery(tile, { year: of, each: by });
    await session.query(sql, params);
  }
  return { count: questions.length, seconds: (performance.now() - start) / 1000 };
}

async function repeated<T>(once: () => Promise<T>): Promise<readonly T[]> {
  const all: T[] = [];
  const start = performance.now();
  while (all.length < TIMES && performance.now() - start < ENOUGH_SECONDS * 1000) all.push(await once());
  return all;
}

const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

interface Result {
  /** By table, of both years. */
  readonly rows: Readonly<Record<string, number>>;
  /** Median of the builds. */
  readonly seconds: number;
  readonly builds: readonly { readonly seconds: number; readonly cpuSeconds: number; readonly peakBytes: number }[];
  /** Of one build. */
  readonly serverCpuSeconds: number;
  readonly bytes: number;
  readonly opened: Opening;
  readonly rival?: Rival;
}

interface Rival {
  readonly scans: number;
  readonly selects: { readonly count: number; readonly seconds: number };
}

function textOf({ rows, seconds, builds, serverCpuSeconds, bytes, opened, rival }: Result): string {
  const cpu = median(builds.map((each) => each.cpuSeconds));
  const peak = median(builds.map((each) => each.peakBytes));
  const rivals = rival && [
    `each answer by a select  ${String(rival.selects.count)} selects without pairs of slicers ${rival.selects.seconds.toFixed(1)} s = ${(rival.selects.seconds / seconds).toFixed(1)} times that`,
    `each table added up once ${rival.scans.toFixed(2)} s`,
  ];
  return [
    `rows of two years        ${Object.entries(rows).map(([table, count]) => `${table} ${count.toLocaleString("en-US")}`).join(", ")}`,
    `report build             median of ${String(builds.length)}: ${seconds.toFixed(2)} s (goal ${String(BUILD_GOAL)}); ${cpu.toFixed(2)} CPU s, and ${serverCpuSeconds.toFixed(2)} of the server; ${(bytes / 1e6).toFixed(2)} MB`,
    `peak memory of Node      ${(peak / 1e6).toFixed(0)} MB`,
    ...(rivals ?? []),
    `first tile in Chromium   ${(opened.tile / 1000).toFixed(2)} s, a median (goal ${String(OPEN_GOAL)}); a link to a choice of both slicers drawn after ${(opened.chosen / 1000).toFixed(2)} s`,
  ].join("\n");
}
