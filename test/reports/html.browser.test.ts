import axe from "axe-core";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlFileName, renderHtml } from "../../reports/html/render.js";
import { partD } from "../../reports/part-d/report.js";
import { pageScript } from "../../driver/cli/page-script.js";
import { browser } from "../servers/chromium.js";
import { choiceContent, emptyContent, HOSTILE } from "./part-d-rows.js";

const folder = mkdtempSync(join(tmpdir(), "carelake-report-"));
const file = join(folder, htmlFileName(partD));
const emptyFile = join(folder, "empty.html");

let chrome: Browser;
let context: BrowserContext;

beforeAll(async () => {
  const script = await pageScript();
  writeFileSync(file, await renderHtml(partD, choiceContent, script));
  writeFileSync(emptyFile, await renderHtml(partD, emptyContent, script));
  const { executablePath, args } = await browser(process.env);
  chrome = await chromium.launch({ executablePath, args: [...args] });
  context = await chrome.newContext();
}, 120_000);

afterAll(async () => {
  await chrome.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Look {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly path?: string;
  /** After the #. */
  readonly link?: string;
}

interface Visit {
  readonly page: Page;
  readonly messages: readonly string[];
  readonly requests: readonly string[];
}

async function visit({ width = 1360, scheme = "light", path = file, link = "" }: Look = {}): Promise<Visit> {
  const page = await context.newPage();
  const messages: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height: 800 });
  await page.goto(`${pathToFileURL(path).href}${link === "" ? "" : `#${link}`}`);
  return { page, messages, requests };
}

// Text, not functions: what runs in the page must not need the DOM's types in the whole project.
const OUTSIDE = `[...document.querySelectorAll(".current .name, .current .value, .current .figure")].filter((each) => { const box = each.getBoundingClientRect(); return box.width > 0 && (box.right > innerWidth + 1 || parseFloat(getComputedStyle(each).fontSize) < 11); }).map((each) => each.textContent)`;
const AXE = "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.map((each) => each.id + ': ' + each.nodes.map((node) => node.html).join(' ').slice(0, 300)))";

const shown = async (page: Page): Promise<string> => page.locator(".page.current .choice").innerText();
const PAGES = [...partD.pages.map(({ id, subject }) => (subject === undefined ? id : `${id}&${subject.label === undefined ? "generic-name=Apixaban" : "prescriber=1003000142"}`)), "about"];

describe.each([{ scheme: "light", width: 1360 }, { scheme: "dark", width: 1360 }, { scheme: "light", width: 360 }] as const)("every page at $width px in $scheme", ({ scheme, width }) => {
  it.each(PAGES)("%s: no message, no request, no violation that axe can find, nothing beyond the edge", async (link) => {
    const { page, messages, requests } = await visit({ scheme, width, link });
    await page.locator(".page.current").waitFor();
    if (link.includes("&")) await page.locator(".page.current .tile").first().waitFor();
    await page.evaluate('document.querySelectorAll("details").forEach((each) => each.setAttribute("open", ""))');
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    expect(await page.evaluate<string[]>(OUTSIDE)).toEqual([]);
    await page.evaluate(axe.source);
    expect(await page.evaluate<string[]>(AXE)).toEqual([]);
    expect(messages).toEqual([]);
    expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(file).href]);
    await page.close();
  });
});

describe("the slicers", () => {
  it("show the database's answer for each choice, one or both, and put it into the address", async () => {
    const { page } = await visit();
    const claims = page.locator("#drug-totals .figure").first();
    expect(await claims.innerText()).toBe("23,001");
    await page.locator("select[name=state]").selectOption("TX");
    await expect.poll(() => shown(page)).toBe("Texas, all specialties; data year 2023");
    expect(await claims.innerText()).toBe("23,012");
    await page.locator("select[name=specialty]").selectOption("Dentist");
    await expect.poll(() => claims.innerText()).toBe("23,023");
    await page.locator("select[name=year]").selectOption("2022");
    await expect.poll(() => claims.innerText()).toBe("22,023");
    expect(new URL(page.url()).hash).toBe("#drugs&year=2022&state=TX&specialty=Dentist");
    await page.getByRole("button", { name: "Reset" }).click();
    await expect.poll(() => claims.innerText()).toBe("23,001");
    await page.goBack();
    await expect.poll(() => claims.innerText()).toBe("22,023");
    await page.close();
  });

  it("stay as they are from page to page, and come from a link", async () => {
    const { page } = await visit({ link: "drugs&year=2022&state=OH" });
    await expect.poll(() => shown(page)).toBe("Ohio, all specialties; data year 2022");
    await page.getByRole("navigation").getByRole("link", { name: "Prescribers" }).click();
    await expect.poll(() => page.title()).toBe("Prescribers – Medicare Part D");
    await expect.poll(() => shown(page)).toBe("Ohio, all specialties; data year 2022");
    expect(new URL(page.url()).hash).toBe("#prescribers&year=2022&state=OH");
    expect(await page.evaluate("document.activeElement.matches('#prescribers h2')")).toBe(true);
    await page.close();
  });

  it("say so when the file has no figures for a choice", async () => {
    const { page } = await visit({ link: "drugs&state=CA" });
    await expect.poll(() => page.locator("#drug-totals .empty").innerText()).toBe("No published rows for CA in data year 2023.");
    await page.close();
  });
});

describe("pages of one subject", () => {
  it("are found by a search with the keyboard, names from the data shown as text", async () => {
    const { page, messages } = await visit({ link: "prescriber" });
    const box = page.getByRole("searchbox");
    await box.fill("1003");
    await expect.poll(() => page.locator("#prescriber .found").innerText()).toBe("2 found.");
    expect(await page.locator("#prescriber .search ul").innerText()).toContain(HOSTILE.slice(0, 8));
    await box.fill("ann lee");
    await expect.poll(() => page.locator("#prescriber .found").innerText()).toBe("1 found.");
    await box.press("Enter");
    await expect.poll(() => shown(page)).toBe("Ann Lee, 1003000142; data year 2023");
    expect(messages).toEqual([]);
    await page.close();
  });

  it("are reached from a bar that groups by the subject", async () => {
    const { page } = await visit();
    await page.locator("#generic-by-claims ol").getByRole("link", { name: "Apixaban" }).click();
    await expect.poll(() => shown(page)).toBe("Apixaban; data year 2023");
    expect(await page.locator("#one-drug-totals .figure").first().innerText()).toBe("23,002");
    await page.close();
  });
});

describe("a tile", () => {
  it("is downloaded as CSV, named for what is shown", async () => {
    const { page } = await visit({ link: "drugs&state=TX" });
    await expect.poll(() => shown(page)).toContain("Texas");
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#generic-by-claims button.csv").click()]);
    expect(download.suggestedFilename()).toBe("part-d_2023_TX_generic-by-claims.csv");
    const text = readFileSync(await download.path(), "utf8");
    expect(text.split("\r\n").slice(0, 3)).toEqual(["\uFEFFYear,Generic name,Claims (claims),Drug cost (US dollars),Cost per claim (US dollars per claim)", "2023,Apixaban,23022,23022.00,23022", "2023,'=HYPERLINK(1),23032,23032.00,23032"]);
    await page.close();
  });
});

describe("the keyboard", () => {
  it("skips to the figures, reaches controls and every table in order, and opens it", async () => {
    const { page } = await visit();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the figures");
    const tables: string[] = [];
    const names = new Set<string>();
    for (let step = 0; step < 150; step += 1) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate<{ readonly tag: string; readonly name: string | null; readonly tile?: string; readonly outline: string }>('(() => { const e = document.activeElement; return { tag: e.tagName, name: e.getAttribute("name"), tile: e.closest(".tile")?.id, outline: getComputedStyle(e).outlineStyle }; })()');
      if (focus.tag === "BODY") break;
      expect(focus.outline).toBe("solid");
      if (focus.name !== null) names.add(focus.name);
      if (focus.tag !== "SUMMARY" || focus.tile === undefined) continue;
      tables.push(focus.tile);
      await page.keyboard.press("Enter");
      expect(await page.locator(`#${focus.tile} table`).isVisible()).toBe(true);
    }
    expect([...names]).toEqual(["year", "state", "specialty"]);
    expect(tables).toEqual(partD.pages[0].tiles.filter((tile) => tile.kind !== "cards").map((tile) => tile.id));
    await page.close();
  });
});

describe("paper", () => {
  it("has every table of the page whole, and none of the controls", async () => {
    const { page } = await visit({ scheme: "dark", width: 690 });
    // A4 less its margins, at 96 dots an inch.
    await page.emulateMedia({ media: "print" });
    const tables = page.locator(".page.current table");
    expect(await tables.count()).toBe(partD.pages[0].tiles.length - 1);
    for (const table of await tables.all()) expect((await table.boundingBox())?.height ?? 0).toBeGreaterThan(30);
    expect(await page.evaluate("[...document.querySelectorAll('.current table')].filter((table) => table.getBoundingClientRect().right > table.closest('.tile').getBoundingClientRect().right).length")).toBe(0);
    for (const control of ["select", "nav", "button"]) expect(await page.locator(control).first().isVisible()).toBe(false);
    await page.close();
  });
});

describe("the whole report on paper", () => {
  it("has every page for what is chosen, each from a new sheet, the subject that was looked at, and the notes", async () => {
    const { page, messages } = await visit({ link: "drug&year=2022&generic-name=Apixaban" });
    await expect.poll(() => shown(page)).toBe("Apixaban; data year 2022");
    await page.getByRole("navigation").getByRole("link", { name: "Brand or generic" }).click();
    await expect.poll(() => page.title()).toBe("Brand or generic – Medicare Part D");
    await page.locator("select[name=state]").selectOption("TX");
    await expect.poll(() => shown(page)).toBe("Texas, all specialties; data year 2022");
    await page.evaluate("window.print = () => { document.title = 'printed'; }");
    await page.getByRole("button", { name: "Print all pages" }).click();
    await expect.poll(() => page.title()).toBe("printed");
    await page.emulateMedia({ media: "print" });
    const sheets = await page.evaluate<readonly (readonly [string, string, string])[]>("[...document.querySelectorAll('.page')].filter((each) => getComputedStyle(each).display !== 'none').map((each) => [each.id, getComputedStyle(each).breakBefore, each.querySelector('.choice')?.textContent ?? ''])");
    const chosen = "Texas, all specialties; data year 2022";
    expect(sheets).toEqual([["drugs", "auto", chosen], ...["prescribers", "years", "brands", "rates"].map((id) => [id, "page", chosen]), ["drug", "page", "Apixaban; data year 2022"], ["about", "page", ""]]);
    expect(await page.locator("#prescriber-totals .figure").first().innerText()).toBe("22,012");
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator(".page:visible").count()).toBe(1);
    expect(messages).toEqual([]);
    await page.close();
  });
});

describe("a caveat at a tile", () => {
  it("leads to its explanation, and back", async () => {
    const { page } = await visit({ link: "rates&year=2022&state=TX" });
    await expect.poll(() => shown(page)).toContain("Texas");
    await page.locator("#opioid-prescribers-caveats").getByRole("link", { name: /withheld/ }).click();
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("note-withheld");
    expect(await page.title()).toBe("About the figures – Medicare Part D");
    await page.goBack();
    await expect.poll(() => page.title()).toBe("Opioids and antibiotics – Medicare Part D");
    await expect.poll(() => shown(page)).toBe("Texas, all specialties; data year 2022");
    await page.close();
  });
});

describe("the pages' names on a phone", () => {
  it("take one row, and the one that is shown or reached by the keyboard is in it to be seen", async () => {
    const { page } = await visit({ width: 390 });
    const nav = page.getByRole("navigation");
    const first = await nav.getByRole("link").first().boundingBox();
    expect((await nav.boundingBox())?.height).toBeLessThan(2 * (first?.height ?? 0));
    const seen = (name: string) =>
      expect.poll(async () => {
        const box = await nav.getByRole("link", { name, exact: true }).boundingBox();
        return box !== null && box.x >= 0 && box.x + box.width <= 390;
      });
    await page.goto(`${pathToFileURL(file).href}#brands&year=2022&state=TX`);
    await seen("Brand or generic").toBe(true);
    await nav.getByRole("link").first().focus();
    for (const _ of partD.pages) await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("About the figures");
    await seen("About the figures").toBe(true);
    await page.keyboard.press("Enter");
    await expect.poll(() => page.title()).toBe("About the figures – Medicare Part D");
    await page.close();
  });

  it("can be swiped without a script", async () => {
    const page = await chrome.newPage({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    await page.goto(pathToFileURL(file).href);
    const nav = page.getByRole("navigation");
    expect((await nav.boundingBox())?.height).toBeLessThan(60);
    await nav.getByRole("link", { name: "About the figures" }).click();
    expect(new URL(page.url()).hash).toBe("#about");
    await page.close();
  });
});

describe("what can be chosen on a phone", () => {
  it("takes two rows, each control as wide as a finger", async () => {
    const { page } = await visit({ width: 390 });
    const controls = page.locator("form.choices select, form.choices button");
    const boxes = await Promise.all((await controls.all()).map((each) => each.boundingBox()));
    expect(new Set(boxes.map((box) => Math.round((box?.y ?? 0) + (box?.height ?? 0) / 2))).size).toBe(2);
    for (const box of boxes) expect(box?.height).toBeGreaterThanOrEqual(40);
    for (const name of ["Year", "State", "Specialty"]) expect(await page.getByRole("combobox", { name }).count()).toBe(1);
    await page.close();
  });
});

describe("what stands beside a name", () => {
  it("has a line of its own where there is no room beside it", async () => {
    const { page } = await visit({ width: 390, link: "rates&year=2022" });
    const line = page.locator("#opioid-prescribers ol li").first();
    const [whole, beside, name, value] = await Promise.all([line, line.locator(".name small"), line.locator("a"), line.locator(".value")].map((each) => each.boundingBox()));
    expect(beside?.width).toBe(whole?.width);
    expect(beside?.y).toBeGreaterThan((name?.y ?? 0) + (name?.height ?? 0) / 2);
    expect(value?.y).toBeLessThan((name?.y ?? 0) + (name?.height ?? 0));
    await page.close();
  });
});

describe("a reload", () => {
  it.each([["of one subject", "One drug"], ["of the notes", "About the figures"]])("of the page %s keeps what was chosen on the overviews", async (_, name) => {
    const { page } = await visit({ link: "rates&year=2022&state=TX" });
    await expect.poll(() => shown(page)).toContain("Texas");
    const links = page.getByRole("navigation");
    await links.getByRole("link", { name: "One drug" }).click();
    await links.getByRole("link", { name, exact: true }).click();
    await expect.poll(() => page.evaluate("history.state")).toContain("state=TX");
    await page.reload();
    await expect.poll(() => page.title()).toBe(`${name} – Medicare Part D`);
    await links.getByRole("link", { name: "Prescribers" }).click();
    await expect.poll(() => shown(page)).toBe("Texas, all specialties; data year 2022");
    await page.close();
  });

  it("keeps the choice after the link to the figures", async () => {
    const { page } = await visit({ link: "rates&year=2022&state=TX" });
    await expect.poll(() => shown(page)).toContain("Texas");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => new URL(page.url()).hash).toBe("#main");
    // The address changes before the page is told so.
    await expect.poll(() => page.evaluate("history.state")).toContain("state=TX");
    await page.reload();
    await expect.poll(() => page.title()).toBe("Opioids and antibiotics – Medicare Part D");
    await expect.poll(() => shown(page)).toBe("Texas, all specialties; data year 2022");
    expect(await page.locator("select[name=state]").inputValue()).toBe("TX");
    await page.close();
  });

  it("keeps the note that is read, and the choice for the way on", async () => {
    const { page, messages } = await visit({ link: "rates&year=2022&state=TX" });
    await expect.poll(() => shown(page)).toContain("Texas");
    await page.locator("#opioid-prescribers-caveats").getByRole("link", { name: /withheld/ }).click();
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("note-withheld");
    await page.reload();
    await expect.poll(() => page.title()).toBe("About the figures – Medicare Part D");
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("note-withheld");
    await page.getByRole("navigation").getByRole("link", { name: "Prescribers" }).click();
    await expect.poll(() => shown(page)).toBe("Texas, all specialties; data year 2022");
    expect(messages).toEqual([]);
    await page.close();
  });
});

describe("without a script", () => {
  it("has every overview of the latest year, and says what needs one", async () => {
    const page = await chrome.newPage({ javaScriptEnabled: false });
    await page.goto(pathToFileURL(file).href);
    for (const tile of ["drug-totals", "prescriber-totals", "cost-by-year", "opioid-prescribers"]) expect(await page.locator(`#${tile}`).isVisible(), tile).toBe(true);
    expect(await page.locator("form.choices").isVisible()).toBe(false);
    expect(await page.locator("#drug").innerText()).toContain("which needs JavaScript");
    await page.close();
  });
});

describe("a year without rows", () => {
  it("is a clear page without a violation", async () => {
    const { page, messages } = await visit({ width: 360, path: emptyFile });
    await page.evaluate(axe.source);
    expect(await page.evaluate<string[]>(AXE)).toEqual([]);
    expect(messages).toEqual([]);
    expect(await page.locator("#drugs .empty").count()).toBe(partD.pages[0].tiles.length);
    await page.close();
  });
});
