// One HTML file of two data years, from rows in a real MySQL to what a reader sees: figures for each year and choice are
// those of the source files, taken from them in a second way.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { Connection } from "mysql2/promise";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askReport } from "../../driver/cli/ask-report.js";
import { pageScript } from "../../driver/cli/page-script.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession } from "../../driver/mysql.js";
import { everyAnswer } from "../../reports/html/every-answer.js";
import { renderHtml } from "../../reports/html/render.js";
import { partD } from "../../reports/part-d/report.js";
import { compareAnswers } from "../path/answers.js";
import { groupsOf, type Slice } from "../path/expected-measures.js";
import type { Comparison } from "../path/measures.js";
import { browser } from "../servers/chromium.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { content } from "./part-d-rows.js";
import { publishTwoYears } from "./two-years.js";

const YEARS = [2022, 2023] as const;
const folder = mkdtempSync(join(tmpdir(), "carelake-two-years-"));
const file = join(folder, "part-d.html");
/** Of the same rows, as a file is where they are too many for it. */
const answersFile = join(folder, "answers.html");

let server: MySqlServer;
let mysql: Connection;
let db: DuckDBConnection;
let chrome: Browser;
let page: Page;
let compared: Comparison;

beforeAll(async () => {
  server = await startTestMySql();
  mysql = await connectAsRoot(server);
  db = await (await DuckDBInstance.create()).connect();
  await publishTwoYears({ mysql, db }, "npi::bigint % 7 = 2");
  const session = await openSession({ socketPath: server.socket, user: server.rootUser, password: server.rootPassword, database: "report" });
  const tables = await askReport({ report: partD, years: YEARS, sessions: [session] });
  compared = await compareAnswers(session, { report: partD, years: YEARS });
  await session.close();
  const script = await pageScript();
  writeFileSync(file, await renderHtml(partD, { ...content, years: YEARS, figured: { kind: "rows", tables } }, script));
  writeFileSync(answersFile, await renderHtml(partD, { ...content, years: YEARS, figured: { kind: "answers", answers: everyAnswer({ report: partD, years: YEARS, tables }) } }, script));
  const { executablePath, args } = await browser(process.env);
  chrome = await chromium.launch({ executablePath, args: [...args] });
  page = await chrome.newPage();
});

afterAll(async () => {
  await chrome.close();
  await mysql.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(link: string, of = file): Promise<void> {
  await page.goto(`${pathToFileURL(of).href}#${link}`);
  // Only what follows the # has changed: the file is opened anew, as from a link that somebody was sent.
  await page.reload();
}

/** Figures of a tile of cards by their label, all digits; they follow when the choice of the link has been filled in. */
const figures = (tile: string) =>
  expect.poll(() => page.evaluate(`Object.fromEntries([...document.querySelectorAll("#${tile} dl > div")].map((each) => [each.querySelector("dt").textContent, (each.querySelector(".exact") ?? each.querySelector(".figure")).textContent]))`), { timeout: 30_000 });

const grouped = (whole: bigint): string => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
const dollars = (cents: bigint): string => `$${grouped(cents / 100n)}.${String(cents % 100n).padStart(2, "0")}`;

/** Claims and cost of the choice, from the source files. */
async function expected(year: number, slice: Slice, value: string): Promise<{ readonly Claims: string; readonly "Drug cost": string }> {
  const group = (await groupsOf(db, year, slice)).get(value)?.now;
  return { Claims: grouped(group?.claims ?? 0n), "Drug cost": dollars(group?.cents ?? 0n) };
}

describe.each(YEARS)("the file of two years, in %s", (year) => {
  it.each<[string, string, string, Slice, string]>([
    ["over everything", `drugs&year=${String(year)}`, "drug-totals", "whole", ""],
    ["for a state", `drugs&year=${String(year)}&state=FL`, "drug-totals", "state", "FL"],
    ["for a specialty, over prescribers", `prescribers&year=${String(year)}&specialty=Cardiology`, "prescriber-totals", "specialty", "Cardiology"],
    ["for one drug", `drug&year=${String(year)}&generic-name=Apixaban`, "one-drug-totals", "generic", "Apixaban"],
  ])("shows what the files say %s", async (_, link, tile, slice, value) => {
    await open(link);
    await figures(tile).toMatchObject(await expected(year, slice, value));
  });
});

it("answers every tile, for every choice and every subject, with the digits that MySQL gives for the tile's own select", () => {
  expect(compared.differences.slice(0, 5)).toEqual([]);
  expect(compared.compared).toBeGreaterThan(10_000);
});

it("holds the later year against the earlier one, and has nothing to hold the earlier one against", async () => {
  const [before, now] = await Promise.all(YEARS.map(async (year) => (await groupsOf(db, year, "whole")).get("")?.now.cents ?? 0n));
  if (before === undefined || now === undefined) throw new Error("two years were published");
  expect(now).toBeGreaterThan(before);
  await open("years&year=2023");
  await figures("year-changes").toMatchObject({ "Drug cost": dollars(now), "Drug cost a year before": dollars(before), "Rise in drug cost": `+${dollars(now - before)}` });
  await open("years&year=2022");
  await figures("year-changes").toMatchObject({ "Drug cost": dollars(before), "Drug cost a year before": "no row in 2021", "Rise in drug cost": "no row in 2021" });
});

it("draws both years of a trend, the chosen one marked, whatever state is chosen", async () => {
  await open("years&year=2022&state=FL");
  await expect.poll(() => page.locator("#cost-by-year .here .name").allInnerTexts(), { timeout: 30_000 }).toEqual(["2022", "2022", "2022"]);
  expect(await page.locator("#cost-by-year ol").first().locator(".name").allInnerTexts()).toEqual(["2022", "2023"]);
});

it.each([
  ["drugs&year=2022&state=FL&specialty=Cardiology", "Florida, Cardiology; data year 2022"],
  ["prescribers&year=2023&state=CA", "California, all specialties; data year 2023"],
  ["years&year=2023&specialty=Internal%20Medicine", "All states, Internal Medicine; data year 2023"],
  ["brands&year=2022", "All states, all specialties; data year 2022"],
  ["rates&year=2023&state=TX", "Texas, all specialties; data year 2023"],
  ["drug&year=2023&generic-name=Apixaban", "Apixaban; data year 2023"],
])("says the same from rows as from answers: %s", async (link, choice) => {
  const shown = async (of: string): Promise<readonly string[]> => {
    await open(link, of);
    await expect.poll(() => page.locator(".page.current .choice").innerText(), { timeout: 30_000 }).toBe(choice);
    // Everything that is drawn or written, of tiles that are folded too; links to subjects depend on which the file has.
    return page.evaluate<string[]>("[...document.querySelectorAll('.page.current .tile')].map((each) => each.textContent + [...each.querySelectorAll('rect')].map((rect) => rect.getAttribute('width')).join(' '))");
  };
  const fromRows = await shown(file);
  expect(fromRows.length).toBeGreaterThan(2);
  expect(await shown(answersFile)).toEqual(fromRows);
});

it("says so when a part of the file is not whole, instead of leaving the figures of another choice", async () => {
  const broken = join(folder, "broken.html");
  writeFileSync(broken, readFileSync(file, "utf8").replace(/(id="part-rows-drug_utilization">.{4000}).{4000}/, "$1"));
  await open("drugs&year=2023&state=FL", broken);
  await expect.poll(() => page.locator("#drugs .body").innerText(), { timeout: 30_000 }).toContain("could not be added up");
  expect(await page.locator("#drugs .tile").count()).toBe(0);
});
