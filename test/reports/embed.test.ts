import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { aboutSection } from "../../reports/html/about.js";
import type { Answers } from "../../reports/html/answers.js";
import { csvName, csvText } from "../../reports/html/csv.js";
import { embed, pack } from "../../reports/html/embed.js";
import { rowsIn, type PartContent } from "../../reports/html/parts.js";
import { linkTo, placeOf, startOf, type Place } from "../../reports/html/selection.js";
import type { View } from "../../reports/html/view.js";
import type { Row } from "../../reports/figures.js";
import { partD } from "../../reports/part-d/report.js";
import { tilesOf, type Tile } from "../../reports/report.js";
import { choiceAnswers as answers, choiceContent } from "./part-d-rows.js";

const packed = await pack(answers);
const everything = embed(packed, Number.POSITIVE_INFINITY);
const tileOf = (id: string): Tile => {
  const tile = tilesOf(partD).find((each) => each.id === id);
  if (tile === undefined) throw new Error(`no tile ${id}`);
  return tile;
};
const opened = (data: string): PartContent => JSON.parse(gunzipSync(Buffer.from(data, "base64")).toString("utf8")) as PartContent;
const [overview, oneDrug] = [partD.pages[0], partD.pages.find(({ id }) => id === "drug") ?? partD.pages[0]];
const viewOf = (place: Place, rows: readonly Row[]): View => ({ report: partD, years: [2022, 2023], place, rowsOf: () => rows, hasSubject: () => false });
const start = startOf(partD, [2022, 2023], overview);
const about = async (of: Answers, room: number): Promise<string> => aboutSection(viewOf(start, []), embed(await pack(of), room), choiceContent);

describe("embed", () => {
  it("gives back every answer to each digit that is shown", () => {
    const parts = new Map(everything.parts.map(({ name, data }) => [name, opened(data)]));
    let compared = 0;
    for (const { page, tile, selection, rows } of answers.overviews[3]?.answers ?? []) {
      const found = rowsIn(parts.get("all-by-state_code-by-specialty") ?? { answers: {}, words: [] }, { page, selection }, tile);
      expect(found).toHaveLength(rows.length);
      for (const [index, row] of found.entries()) for (const [name, value] of Object.entries(row)) {
        // A part of one keeps six digits, cut such that rounding to four gives what it gave before.
        expect(value, name).toBe(rows[index]?.[name] === "0.12345678" ? "0.123456" : String(rows[index]?.[name]));
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  it("leaves nothing out while there is room", () => {
    expect(everything.leftOut).toEqual([]);
    expect(everything.parts.map(({ name }) => name)).toEqual(["all", "all-by-state_code", "all-by-specialty", "all-by-state_code-by-specialty", "drug-0", "prescriber-0"]);
  });

  it("leaves out choices of several slicers first, then each slicer, then the last subjects; never the whole", () => {
    const left = (room: number): readonly string[] => {
      const kept = new Set(embed(packed, room).parts.map(({ name }) => name));
      return everything.parts.map(({ name }) => name).filter((name) => !kept.has(name));
    };
    const both = "all-by-state_code-by-specialty";
    const size = (name: string): number => everything.parts.find((part) => part.name === name)?.data.length ?? 0;
    expect(left(everything.bytes - 1)).toEqual([both]);
    expect(left(everything.bytes - size(both) - 1)).toEqual(["all-by-specialty", both]);
    expect(left(0)).toEqual(everything.parts.map(({ name }) => name).filter((name) => name !== "all"));
  });

  it("keeps the subjects with the greatest figure when not all fit, and says how many", async () => {
    const subjects = Array.from({ length: 700 }, (_, index) => ({ page: oneDrug, tile: oneDrug.tiles[0], selection: { year: 2023, slices: [], subject: `Drug ${String(index)}` }, rows: [{ claims: String(index), cost_usd: "1.00", cost_per_claim: null, claims_change: null, cost_usd_change: null }] }));
    const many: Answers = { overviews: [], subjects: [{ page: oneDrug, isAll: true, answers: subjects }], tooMany: [] };
    const packedMany = await pack(many);
    const whole = embed(packedMany, Number.POSITIVE_INFINITY);
    const fewer = embed(packedMany, whole.bytes - 1);
    expect(fewer.subjects.get(oneDrug)).toHaveLength(500);
    expect(fewer.subjects.get(oneDrug)?.slice(0, 2)).toEqual(["Drug 699", "Drug 698"]);
    expect(await about(many, whole.bytes - 1)).toContain("Pages of single generic names: the 500 of 700 with the most claims are here.");
  });

  it("says what is missing, in words, with what is left", async () => {
    expect(await about(answers, everything.bytes - 1)).toContain("Choices of state and specialty together: 4 of them have rows. One of both at a time is here.");
    expect(await about({ ...answers, tooMany: [{ by: partD.slicers.map(({ field }) => field), choices: 9000 }] }, 1e9)).toContain("9,000 of them have rows");
  });
});

describe("a link", () => {
  it.each([
    [{ ...start, selection: { year: 2022, slices: ["OH", "Ear & Nose/Throat"], subject: null } }, "#drugs&year=2022&state=OH&specialty=Ear%20%26%20Nose%2FThroat"],
    [{ page: oneDrug, selection: { year: 2023, slices: [], subject: "A=b&c" } }, "#drug&year=2023&generic-name=A%3Db%26c"],
  ])("says what is chosen, and is read back", (place, link) => {
    expect(linkTo(partD, place)).toBe(link);
    expect(placeOf(partD, [2022, 2023], link)).toEqual(place);
  });

  it("to a year that is not there means the latest one, and to no page means nothing", () => {
    expect(placeOf(partD, [2022, 2023], "#drugs&year=1999&state=%E0%A4%A")?.selection).toEqual({ year: 2023, slices: ["%E0%A4%A", null], subject: null });
    expect(placeOf(partD, [2022, 2023], "#main")).toBeUndefined();
  });
});

describe("a CSV file", () => {
  const rows = [
    { drug_generic_name: '=HYPERLINK("x")', claims: "9007199254740993", cost_usd: "12.5", cost_per_claim: "-12.3401", claims_total: "1", cost_usd_total: "1" },
    { drug_generic_name: "Café, 😀", claims: null, cost_usd: "0", cost_per_claim: null, claims_total: "1", cost_usd_total: "1" },
  ];
  const place = { ...start, selection: { year: 2023, slices: ["OH", "Ear & Nose"], subject: null } };

  // The file keeps -12.34001 as -12.3401, so that what is shown is rounded from it as from the value.
  it("has a BOM, every sure digit, cents, and no text that a spreadsheet would run", () => {
    expect(csvText(viewOf(place, rows), tileOf("generic-by-claims"))).toBe([
      "\uFEFFYear,Generic name,Claims (claims),Drug cost (US dollars),Cost per claim (US dollars per claim)",
      '2023,"\'=HYPERLINK(""x"")",9007199254740993,12.50,-12.34',
      '2023,"Café, 😀",,0.00,',
      "",
    ].join("\r\n"));
  });

  it("is named for its tile and what was chosen", () => {
    expect(csvName(viewOf(place, rows), tileOf("generic-by-claims"))).toBe("part-d_2023_OH_Ear-Nose_generic-by-claims.csv");
    expect(csvName(viewOf(start, rows), tileOf("cost-by-year"))).toBe("part-d_all-years_cost-by-year.csv");
  });
});
