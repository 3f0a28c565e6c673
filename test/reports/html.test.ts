import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tilesMarkup, widthsOf } from "../../reports/html/body.js";
import { squarify } from "../../reports/html/squarify.js";
import { PALETTE, STYLE } from "../../reports/html/style.js";
import { htmlFileName, renderHtml, type ReportContent } from "../../reports/html/render.js";
import { partD } from "../../reports/part-d/report.js";
import { overviewsOf, tilesOf, type Tile } from "../../reports/report.js";
import { choiceContent, content, contentOf, emptyContent, rowsByTile } from "./part-d-rows.js";

const SCRIPT = "void 0";
const render = (of: ReportContent): Promise<string> => renderHtml(partD, of, SCRIPT);
const html = await render(content);
const withChoices = await render(choiceContent);
const overviewTiles = overviewsOf(partD).flatMap((page): readonly Tile[] => page.tiles);
const tile = (id: string, of = html) => new RegExp(`<section class="tile [a-z ]+" id="${id}".*?</section>`, "s").exec(of)?.[0] ?? "";
const rowsOf = (id: string) => [...tile(id).matchAll(/<tr[^>]*>(.*?)<\/tr>/g)].map((row) => [...(row[1] ?? "").matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map((cell) => (cell[1] ?? "").replace(/<[^>]+>/g, "")));
const hash = (text: string, as: "hex" | "base64") => createHash("sha256").update(text).digest(as);

describe("renderHtml", () => {
  it("gives the same bytes again, in this process and in another one", async () => {
    const whole = await render(choiceContent);
    expect(await render(choiceContent)).toBe(whole);
    const script = `import { createHash } from "node:crypto"; import { renderHtml } from "./reports/html/render.js"; import { partD } from "./reports/part-d/report.js"; import { choiceContent } from "./test/reports/part-d-rows.js"; process.stdout.write(createHash("sha256").update(await renderHtml(partD, choiceContent, "void 0")).digest("hex"));`;
    const other = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], { encoding: "utf8", env: { ...process.env, TZ: "Asia/Tokyo", LANG: "de_DE" } });
    expect(other).toBe(hash(whole, "hex"));
  }, 60_000);

  it("escapes names from the data everywhere", async () => {
    for (const text of [html, await render(choiceContent)]) {
      expect([...text.matchAll(/<script/gi)]).toHaveLength([...text.matchAll(/<script( type="application\/(json|gzip)" id="[a-z0-9_-]+")?>/g)].length);
      expect(text).not.toContain("\u0007");
      expect(text).not.toContain("]]>");
    }
    expect(html).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;O\u2019Neil&#39; {a|b} ]]&gt;");
    expect(html).toContain("prescriber_drug &quot;2023&quot;.csv");
  });

  it("loads nothing and allows nothing but its own script and style", async () => {
    expect(html).toContain(`content="default-src 'none'; script-src 'sha256-${hash(SCRIPT, "base64")}'; style-src 'sha256-${hash(STYLE, "base64")}'; img-src data:; base-uri 'none'; form-action 'none'"`);
    expect(html).not.toMatch(/https?:|url\(|@import|@font-face|<iframe|<img/);
    expect(await render(choiceContent)).not.toMatch(/<[^>]+ style=/);
    await expect(renderHtml(partD, content, "'</script>'")).rejects.toThrow("end its element");
  });

  it("says whose data it is: year, source, run, time, size", () => {
    const facts = /<dl class="facts">.*?<\/dl>/s.exec(html)?.[0];
    for (const part of ["2023", "1 file", "run-7c1e09a2", "22 November 2026, 07:31 UTC", "kB of data"]) expect(facts).toContain(part);
    expect(/What it was made from.*?<\/ul>/s.exec(html)?.[0]).toContain('2023: <span class="file" title="sha256 ab12">prescriber_drug &quot;2023&quot;.csv</span>');
    expect(htmlFileName(partD)).toBe("part-d.html");
  });

  it("offers every year, and every value that has answers by the name people know", async () => {
    const whole = await render(choiceContent);
    expect(whole).toContain('<select name="year"><option>2023</option><option>2022</option></select>');
    expect(whole).toContain('<select name="state"><option value="">All states</option><option value="OH">Ohio</option><option value="TX">Texas</option></select>');
    expect(tile("drug-totals", whole)).toContain("23,001");
    expect(tile("generic-by-claims", whole)).toContain('<a href="#drug&amp;year=2023&amp;generic-name=Apixaban">Apixaban</a>');
  });

  it("has headings in order, ids once each, and names every drawing in words", () => {
    const levels = [...html.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, index) => expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1));
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(tile("specialties")).toMatch(/role="img" aria-label="Areas by prescribers: Specialty number 0 4\.\d+ %, .*, and 21 more in the table\."/);
  });

  it("refuses rows that are not the answer to its queries", async () => {
    await expect(render(contentOf({ ...rowsByTile, opioids: [{ is_opioid: 1 }] }))).rejects.toThrow("tile opioids: its rows have no column claims");
  });

  it("says what the file holds, and that nothing was left out", async () => {
    expect(html).toContain("Nothing was left out.");
    expect(await render(choiceContent)).toContain("It has pages of 2 generic names and 2 prescribers.");
  });
});

describe("a tile", () => {
  it("has every digit in its table, and a column that adds up to its total", () => {
    expect(rowsOf("generic-by-claims").slice(1).map((row) => [row[1], row[2], row[3], row[5]])).toEqual([
      ["700,001", "56.70 %", "$90,071,992,547,409.91", "$128,674,092.39"],
      ["500,000", "40.50 %", "$0.01", "$0.00"],
      ["0", "0.00 %", "$0.00", "no claims"],
      ["34,566", "2.80 %", "$0.01", "–"],
      ["1,234,567", "100.00 %", "$90,071,992,547,409.93", "–"],
    ]);
  });

  it("names prescribers without a name, a known state or a listed state, and keeps them", () => {
    expect(tile("prescriber-by-claims")).toContain("1003000142 (name not published)");
    expect(rowsOf("prescriber-by-claims")[1]?.slice(1, 4)).toEqual(["Unknown", "No city", "XX"]);
    const names = rowsOf("states").map((row) => row[0]);
    expect(names).toEqual(["State", "Ohio OH", "Texas TE", "Utah UT", "Iowa IO", "PW (not in the state table)", "Unknown XX", "Total"]);
  });

  it("shows the known values of a field in one order, with zero where there is no row", () => {
    expect(rowsOf("opioids").slice(1, 3).map((row) => row.slice(0, 3))).toEqual([["Opioid", "0", "0.00 %"], ["Not an opioid", "1,234,567", "100.00 %"]]);
    expect(rowsOf("drug-types").slice(1, 3).map((row) => row[0])).toEqual(["Antibiotic", "Non-antibiotic"]);
    expect(rowsOf("brand-or-generic").slice(1, 3).map((row) => row[0])).toEqual(["Own brand name", "Generic name"]);
    expect(rowsOf("prescriber-types").slice(1, 4).map((row) => row[0])).toEqual(["Individual", "Organization", "Unknown"]);
  });

  it("puts what is not drawn into one area or part, and everything into the table", () => {
    expect(rowsOf("specialties")).toHaveLength(33);
    expect(tile("specialties")).toContain("<span>15 other specialties</span>");
    expect(tile("states")).toContain("All others: ");
  });

  it("says plainly that a year has no rows, without a picture or a table", async () => {
    const empty = await render(emptyContent);
    for (const each of overviewTiles) expect(tile(each.id, empty)).toMatch(/No published rows( in data year 2019)?\./);
    expect(empty).not.toMatch(/<ol|<table|NaN|undefined|Do the pages agree/);
  });

  it("stays readable when every figure is zero or unknown", async () => {
    const none = rowsByTile["generic-by-claims"]?.map((row) => ({ ...row, claims: null, claims_total: "0", cost_usd: null, cost_usd_total: null }));
    const text = tile("generic-by-claims", await render(contentOf({ ...rowsByTile, "generic-by-claims": none ?? [] })));
    expect(text).toContain("no value");
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe("a page", () => {
  const page = (id: string): readonly Tile[] => partD.pages.find((each) => each.id === id)?.tiles ?? [];

  it.each([
    ["drugs", ["whole", "half", "half", "half", "half", "third", "third", "third"]],
    ["years", ["whole", "whole", "half", "half"]],
    ["drug", ["whole", "whole", "third", "third", "third"]],
  ])("%s has no row with a gap", (id, widths) => {
    expect(widthsOf(page(id))).toEqual(widths);
    expect(widthsOf(page(id).slice(0, 2)).at(-1)).toBe("whole");
  });
});

describe("a picture", () => {
  const widths = (id: string): readonly (string | undefined)[] => [...tile(id, withChoices).matchAll(/<rect class="[a-z]+" width="([^"]+)"/g)].map((match) => match[1]);

  it("of a rate is as long as its part of 100 %, of all else as its part of the greatest", () => {
    expect(widths("opioid-specialties")).toEqual(["12.35%", "12.35%"]);
    expect(tile("opioid-specialties", withChoices)).toContain("A full bar would be 100 %.");
    expect(widths("generic-by-claims")).toEqual(["99.96%", "100%"]);
    expect(widths("state-change").at(0)).toBe("100%");
  });

  it("of the years has a chart for every measure, each with the figures of both years", () => {
    const trend = tile("cost-by-year", withChoices);
    expect([...trend.matchAll(/<p class="of">([^<]+)/g)].map((match) => match[1])).toEqual(["Drug cost", "Claims", "Cost per claim"]);
    expect([...trend.matchAll(/<span class="value">([^<]+)/g)].map((match) => match[1])).toEqual(["$22.0 K", "$23.0 K", "22.0 K", "23.0 K", "$22.0 K", "$23.0 K"]);
  });

  it("of few years draws them as bars, one that has no row among them, and the chosen one told apart", async () => {
    const line = { year: 2023, cost_usd: "5", claims: "4", cost_per_claim: "1.25" };
    const trend = tile("cost-by-year", await render({ ...contentOf({ ...rowsByTile, "cost-by-year": [line] }), years: [2022, 2023] }));
    const said = [...trend.matchAll(/<li( class="here")?><span class="name">(\d{4})<\/span><span class="value">([^<]+)/g)].map((match) => match.slice(1));
    expect(said.slice(0, 2)).toEqual([[undefined, "2022", "no row"], [' class="here"', "2023", "$5.00"]]);
    expect(said).toHaveLength(6);
    expect(trend).not.toContain("has one year");
    expect(tile("cost-by-year", await render(contentOf({ ...rowsByTile, "cost-by-year": [line] })))).toContain("This file has one year");
  });

  it("of many years says the first, the chosen and the last", async () => {
    const lines = Array.from({ length: 11 }, (_, index) => ({ year: 2013 + index, cost_usd: "1", claims: "1", cost_per_claim: "1" }));
    const trend = tile("cost-by-year", await render(contentOf({ ...rowsByTile, "cost-by-year": lines }, 2020)));
    const seen = [...trend.matchAll(/<li[^>]*><span class="value">.*?<span class="name">(\d{4})/g)].map((match) => match[1]);
    expect(seen).toEqual(["2013", "2020", "2023", "2013", "2020", "2023", "2013", "2020", "2023"]);
  });

  it("of a rate beside that of peers says how many they are, with what to beware of", async () => {
    const row = (npi: string, of: number) => ({ prescriber_npi: npi, prescriber_name: npi, specialty: "Dentist", city: null, state_code: "OH", opioid_rate: "0.5", opioid_rate_of_peers: "0.25", peers_with_known_opioid: of, opioid_claims: "500", claims_with_known_opioid: "1000" });
    const drawn = tile("opioid-prescribers", await render(contentOf({ ...rowsByTile, "opioid-prescribers": [row("1003000126", 1), row("1003000142", 2345)] })));
    expect([...drawn.matchAll(/<span class="value">50.0 % <small>(.*?)<\/small>/g)].map((match) => match[1]?.replace(/<[^>]+>/g, ""))).toEqual(["Opioid rate of peers: 25.0 % (Peers whose opioid claims are given: 1)", "Opioid rate of peers: 25.0 % (Peers whose opioid claims are given: 2,345)"]);
    expect(drawn).toContain("Opioid rate of peers (of how many prescribers)");
    expect(drawn).toContain('href="#note-few-peers"');
  });

  it("of cost beside that of peers says how many they are, with what to beware of", () => {
    const person = { prescriber_npi: "1003000142", prescriber_name: "Ann Lee", specialty: "Dentist", city: "Toledo", state_code: "OH", cost_per_claim: "5", cost_per_claim_of_peers: "2.5", peers: 17 };
    const page = partD.pages.find(({ id }) => id === "prescriber") ?? partD.pages[0];
    const place = { page, selection: { year: 2023, slices: [], subject: "1003000142" } };
    const drawn = tile("one-prescriber-cost", tilesMarkup({ report: partD, years: [2023], place, rowsOf: ({ id }) => (id === "one-prescriber-cost" ? [person] : []), hasSubject: () => false }));
    expect(drawn).toContain('<small><span class="hidden">Cost per claim of peers: </span>$2.50 (<span class="hidden">Peers: </span>17)</small>');
    expect(drawn).toContain('href="#note-few-peers"');
  });

  it("says beside a name what tells it from others of the same name", () => {
    expect(tile("prescriber-by-claims")).toContain('<small>Dentist, Toledo, OH</small>');
    expect(tile("prescriber-by-claims")).toContain('<small>Unknown, No city, XX</small>');
    expect(tile("generic-by-claims")).not.toContain("<small>");
  });

  it("has a sign where it says how far something moved", () => {
    expect(tile("year-changes", withChoices)).toContain('<dd class="figure">+12.35 %</dd>');
    expect(tile("opioid-specialties", withChoices)).not.toContain("+12");
  });
});

describe("a caveat", () => {
  it("stands at every tile it belongs to, and leads to the whole explanation", () => {
    for (const each of overviewTiles) {
      expect(tile(each.id, withChoices)).toContain(`aria-describedby="${each.id}-caveats"`);
      for (const { id, clause } of each.caveats) expect(tile(each.id, withChoices)).toContain(`<a href="#note-${id}">${clause}</a>`);
      for (const { id, text } of each.caveats) expect(withChoices).toContain(`<li id="note-${id}" tabindex="-1">${text}</li>`);
    }
  });
});

describe("the style", () => {
  it("has no class that no page has", () => {
    const folder = new URL("../../reports/html/", import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts") && path !== "style.ts").map((path) => readFileSync(new URL(path, folder), "utf8")).join("\n");
    const kinds = new Set([...tilesOf(partD).map(({ kind }) => kind), "part-1", "part-2", "part-3", "part-4", "area-1", "area-2", "area-3", "area-4", "treemap-wide", "treemap-narrow"]);
    const classes = [...new Set([...STYLE.replace(/"[^"]*"/g, "").matchAll(/\.([a-z][a-z0-9-]*)/g)].map((match) => match[1] ?? ""))];
    expect(classes.filter((name) => !kinds.has(name) && !new RegExp(`["\\s.}]${name}["\\s}]`).test(sources))).toEqual([]);
  });
});

describe("the agreement of the pages", () => {
  it("is stated when both pages give the same total", () => {
    expect(html).toContain("Yes: both give 1,234,567 claims for 2023.");
    expect(html).toContain("Yes: both give $90,071,992,547,409.93 of drug cost for 2023.");
  });

  it("warns of a single cent", async () => {
    const [row] = rowsByTile["prescriber-totals"] ?? [];
    const other = await render(contentOf({ ...rowsByTile, "prescriber-totals": [{ ...row, cost_usd: "90071992547409.92" }] }));
    expect(other).toContain("No, do not use this report for drug cost: “Totals over all drugs” gives $90,071,992,547,409.93, “Totals over all prescribers” gives $90,071,992,547,409.92 for 2023.");
  });
});

describe("the palette", () => {
  const luminance = (hex: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (left: string, right: string) => {
    const [low = 0, high = 0] = [luminance(left), luminance(right)].sort((first, second) => first - second);
    return (high + 0.05) / (low + 0.05);
  };

  it.each(["light", "dark"] as const)("has text of contrast 4.5 and pictures of contrast 3 in %s", (theme) => {
    const colors = PALETTE[theme];
    for (const text of ["ink", "quiet", "link"] as const) for (const ground of ["paper", "card"] as const) expect(contrast(colors[text], colors[ground]), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    for (const area of ["area-1", "area-2", "area-3", "area-4", "area-rest"] as const) expect(contrast(colors["on-area"], colors[area]), area).toBeGreaterThanOrEqual(4.5);
    for (const mark of ["claims", "cost", "people", "part-1", "focus"] as const) expect(contrast(colors[mark], colors.card), mark).toBeGreaterThanOrEqual(3);
    expect(contrast(colors.warning, colors["warning-ground"])).toBeGreaterThanOrEqual(4.5);
    // Parts lie side by side: told apart by lightness, not by hue alone.
    expect(contrast(colors["part-1"], colors["part-2"])).toBeGreaterThanOrEqual(3);
  });
});

describe("squarify", () => {
  const sizes = [50, 20, 10, 8, 5, 4, 2, 1, 30];
  const boxes = squarify(sizes, { width: 300, height: 200 });

  it("gives each size its area and stays inside", () => {
    boxes.forEach((box, index) => {
      expect(Math.abs(box.width * box.height - ((sizes[index] ?? 0) / 130) * 60_000)).toBeLessThan(40);
      expect(box.x + box.width).toBeLessThanOrEqual(300.2);
      expect(box.y + box.height).toBeLessThanOrEqual(200.2);
    });
  });

  it("lets no two boxes overlap", () => {
    boxes.forEach((left, index) => {
      for (const right of boxes.slice(index + 1)) {
        const width = Math.min(left.x + left.width, right.x + right.width) - Math.max(left.x, right.x);
        const height = Math.min(left.y + left.height, right.y + right.height) - Math.max(left.y, right.y);
        expect(Math.min(width, height)).toBeLessThan(0.25);
      }
    });
  });

  it("has nothing to place without sizes", () => {
    expect(squarify([], { width: 1, height: 1 })).toEqual([]);
  });
});
