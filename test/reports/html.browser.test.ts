import axe from "axe-core";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlFileName, renderHtml } from "../../reports/html/render.js";
import { partD } from "../../reports/part-d/report.js";
import { content, emptyContent } from "./part-d-rows.js";

const folder = mkdtempSync(join(tmpdir(), "carelake-report-"));
const file = join(folder, htmlFileName(partD, content.year));
const emptyFile = join(folder, htmlFileName(partD, emptyContent.year));
const pictures = partD.pages.flatMap((page) => page.tiles).filter((tile) => tile.kind !== "cards").length;
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let context: BrowserContext;

beforeAll(async () => {
  writeFileSync(file, renderHtml(partD, content));
  writeFileSync(emptyFile, renderHtml(partD, emptyContent));
  const executablePath = execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], { encoding: "utf8" }).trim();
  context = await chromium.launchPersistentContext(join(folder, "profile"), { executablePath, args: FLAGS });
}, 60_000);

afterAll(async () => {
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Visit {
  readonly page: Page;
  readonly messages: readonly string[];
  readonly requests: readonly string[];
}

async function visit(look: { readonly width: number; readonly scheme: "light" | "dark"; readonly path?: string }): Promise<Visit> {
  const page = await context.newPage();
  const messages: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.emulateMedia({ colorScheme: look.scheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width: look.width, height: 800 });
  await page.goto(pathToFileURL(look.path ?? file).href);
  return { page, messages, requests };
}

interface Seen {
  readonly wide: number;
  readonly drawings: readonly number[];
  /** Font size on screen of the smallest letters in a drawing. */
  readonly smallest: number;
  /** Words that leave their drawing. */
  readonly outside: readonly string[];
}

// Text, not functions: what runs in the page must not need the DOM's types in the whole project.
const MEASURE = `(() => {
  const shown = [...document.querySelectorAll("svg text")].filter((text) => text.getBoundingClientRect().width > 0);
  const box = (text) => text.closest("svg").getBoundingClientRect();
  return {
    wide: document.documentElement.scrollWidth,
    drawings: [...document.querySelectorAll(".chart")].map((chart) => [...chart.children].filter((child) => child.clientWidth > 0).length),
    smallest: Math.min(...shown.map((text) => parseFloat(getComputedStyle(text).fontSize) * box(text).width / text.closest("svg").viewBox.baseVal.width)),
    outside: shown.filter((text) => text.getBoundingClientRect().right > box(text).right + 2 || text.getBoundingClientRect().left < box(text).left - 2).map((text) => text.textContent),
  };
})()`;
const FOCUS = `(() => {
  const element = document.activeElement;
  return { tag: element?.tagName, tile: element?.closest(".tile")?.id, outline: element ? getComputedStyle(element).outlineStyle : "" };
})()`;

async function openTables(page: Page): Promise<void> {
  await page.evaluate('document.querySelectorAll("details").forEach((each) => each.setAttribute("open", ""))');
}

describe.each([
  { scheme: "light", width: 1360 }, { scheme: "dark", width: 1360 }, { scheme: "light", width: 900 }, { scheme: "dark", width: 360 }, { scheme: "light", width: 360 },
] as const)("the report at $width px in $scheme", ({ scheme, width }) => {
  it("opens from a file without a message, and asks for nothing but itself", async () => {
    const { page, messages, requests } = await visit({ scheme, width });
    expect(messages).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(file).href]);
    await page.close();
  });

  it("has no violation that axe can find, tables open", async () => {
    const { page } = await visit({ scheme, width });
    await openTables(page);
    await page.evaluate(axe.source);
    const found = await page.evaluate<string[]>("axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.map((each) => each.id + ': ' + each.nodes.map((node) => node.html).join(' ')))");
    expect(found).toEqual([]);
    await page.close();
  });

  it("never scrolls sideways, shows one drawing a tile, and no letter smaller than 11 px", async () => {
    const { page } = await visit({ scheme, width });
    await openTables(page);
    const seen = await page.evaluate<Seen>(MEASURE);
    expect(seen.wide).toBe(width);
    expect(seen.drawings).toEqual(Array.from({ length: pictures }, () => 1));
    expect(seen.smallest).toBeGreaterThanOrEqual(11);
    expect(seen.outside).toEqual([]);
    await page.close();
  });
});

describe("the keyboard", () => {
  it("skips to the figures, reaches every table in order and opens it", async () => {
    const { page } = await visit({ scheme: "light", width: 1360 });
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the figures");
    const reached: string[] = [];
    for (let step = 0; step < 100; step += 1) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate<{ readonly tag?: string; readonly tile?: string; readonly outline: string }>(FOCUS);
      if (focus.tag === "BODY" || focus.tag === undefined) break;
      expect(focus.outline).toBe("solid");
      if (focus.tag !== "SUMMARY" || focus.tile === undefined) continue;
      reached.push(focus.tile);
      await page.keyboard.press("Enter");
      expect(await page.locator(`#${focus.tile} table`).isVisible()).toBe(true);
    }
    expect(reached).toEqual(partD.pages.flatMap((each) => each.tiles).filter((tile) => tile.kind !== "cards").map((tile) => tile.id));
    await page.close();
  });
});

describe("paper", () => {
  it("has every table whole, without being asked to open it", async () => {
    const { page } = await visit({ scheme: "dark", width: 690 });
    // A4 less its margins, at 96 dots an inch.
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("table").count()).toBe(pictures);
    for (const table of await page.locator("table").all()) expect((await table.boundingBox())?.height ?? 0).toBeGreaterThan(50);
    expect(await page.evaluate("[...document.querySelectorAll('table')].filter((table) => table.getBoundingClientRect().right > table.closest('.tile').getBoundingClientRect().right).length")).toBe(0);
    await page.close();
  });
});

describe("a year without rows", () => {
  it("is a clear page without a violation", async () => {
    const { page, messages } = await visit({ scheme: "light", width: 360, path: emptyFile });
    await page.evaluate(axe.source);
    expect(await page.evaluate<string[]>("axe.run().then((result) => result.violations.map((each) => each.id))")).toEqual([]);
    expect(messages).toEqual([]);
    expect(await page.getByText("No published rows for data year 2019.").count()).toBe(pictures + 2);
    await page.close();
  });
});
