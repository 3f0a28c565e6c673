import { describe, expect, it } from "vitest";
import drugReport from "../../jobs/part-d/curated/drug_report.js";
import drugUtilization from "../../jobs/part-d/curated/drug_utilization.js";
import prescriberReport from "../../jobs/part-d/curated/prescriber_report.js";
import state from "../../jobs/part-d/curated/state.js";
import { defineReport } from "../../reports/define.js";
import { isTable, partsOf } from "../../reports/model.js";
import { city, generic, npi, stateCode } from "../../reports/part-d/fields.js";
import { brandNames, drug, genericNames, opioids, prescribers } from "../../reports/part-d/measures.js";
import { partD } from "../../reports/part-d/report.js";
import { fieldsOf, overviewsOf, tilesOf, type GroupTile, type Report, type Tile } from "../../reports/report.js";
import { reportQueries, tileQuery, type TileQuery } from "../../reports/sql.js";

const tiles = tilesOf(partD);
const lined = tiles.filter((tile): tile is GroupTile => tile.kind !== "cards" && tile.kind !== "trend");
const ranking: GroupTile = { id: "ranking", kind: "bars", title: "Ranking", by: generic, limit: 10, meaning: "Claims", caveats: [], measures: [drug.claims] };

function tileOf(id: string): Tile {
  const tile = tiles.find((each) => each.id === id);
  if (tile === undefined) throw new Error(`no tile ${id}`);
  return tile;
}

const golden = (queries: readonly TileQuery[]): string => queries.map(({ tile, sql }) => `-- ${tile}\n${sql};\n`).join("\n");

describe("reportQueries", () => {
  it("writes one select for every tile of the overviews", async () => {
    const queries = reportQueries(partD, { year: 2023 });
    expect(queries.map((query) => query.tile)).toEqual(overviewsOf(partD).flatMap((page): readonly Tile[] => page.tiles).map((tile) => tile.id));
    await expect(golden(queries)).toMatchFileSnapshot("golden/part-d.sql");
  });

  it.each(tiles.map((tile) => [tile.id, tile] as const))("%s has a value for every place it leaves open, and is one statement", (_, tile) => {
    for (const { sql, params } of [tileQuery(tile, { year: 2023 }), tileQuery(tile, { year: 2023, each: [stateCode] })]) {
      expect(sql.match(/\?/g)?.length ?? 0).toBe(params.length);
      expect(params.every((value) => value === 2023)).toBe(true);
      expect(sql).not.toContain(";");
    }
  });
});

describe("tileQuery", () => {
  it("asks for one subject or for every value of a slicer, with the limit in each", async () => {
    const queries = [
      tileQuery(tileOf("one-prescriber-years"), { year: 2023, each: [npi], only: [{ field: npi, values: ["1003000126", "1003000142"] }] }),
      tileQuery(tileOf("one-prescriber-opioids"), { year: 2023, each: [npi], only: [{ field: npi, values: ["1003000126"] }] }),
      tileQuery(tileOf("generic-rise"), { year: 2023, each: [stateCode] }),
    ];
    expect(queries[0]?.params).toEqual(["1003000126", "1003000142"]);
    await expect(golden(queries)).toMatchFileSnapshot("golden/part-d-choices.sql");
  });

  it.each(lined.map((tile) => [tile.id, tile] as const))("%s is ordered by every column of its group after the measure, so that ties have one order", (_, tile) => {
    const columns = fieldsOf(tile).map((field) => field.column);
    expect(tileQuery(tile, { year: 2023 }).sql).toContain(`order by ${[`${tile.measures[0].name} desc`, ...columns].join(", ")}`);
  });

  it("gives no row for a year without rows, single figures included", () => {
    expect(tileQuery(tileOf("drug-totals"), { year: 2023 }).sql).toContain("having count(*) > 0");
  });
});

describe("the model of part-d", () => {
  const jobs = [drugReport, drugUtilization, prescriberReport, state];
  const jobOf = (table: string) => jobs.find((job) => job.name.endsWith(`/${table}`));
  const { fields, measures, tables, dimensions } = partD.model;

  it.each(tables.map((table) => [table.name, table] as const))("%s is published with the grain that the model says, and with keys that are never null", (name, table) => {
    const job = jobOf(name);
    expect(job?.grain).toEqual(table.grain);
    expect(job?.publish).toBeDefined();
    const keys = table.dimensions.map(({ key }) => key).filter((key) => key !== "year");
    expect(keys.map((key) => [key, job?.columns[key]?.nullable ?? false])).toEqual(keys.map((key) => [key, false]));
    expect(Object.keys(job?.columns ?? {})).toEqual(expect.arrayContaining(keys));
  });

  it.each(dimensions.map((dimension) => [dimension.name, dimension] as const))("%s is read from a published table that has its key", (_, { from, key }) => {
    expect(jobOf(from)?.publish).toBeDefined();
    if (key !== "year") expect(jobOf(from)?.columns).toHaveProperty(key);
  });

  it.each(fields.filter(({ column }) => column !== "year").map((field) => [`${field.of.name}.${field.column}`, field] as const))("%s is a column of the job's contract, and says what a null is", (_, field) => {
    const column = jobOf(isTable(field.of) ? field.of.name : field.of.from)?.columns[field.column];
    expect(column?.type).toBe({ flag: "boolean", text: "string", "whole number": "bigint" }[field.kind]);
    // A list may lack a member that rows refer to: what is read from it can be missing too.
    if (isTable(field.of) || field.column === field.of.key) expect(field.missing !== undefined).toBe(column?.nullable === true);
    if (field.kind === "flag") expect(field.values?.map((entry) => entry.value).sort()).toEqual(["0", "1"]);
  });

  it.each(measures.map((measure) => [`${measure.table.name}.${measure.name}`, measure] as const))("%s is made of the job's columns and named unlike them", (_, { name, table, value }) => {
    const columns = jobOf(table.name)?.columns;
    expect(columns).not.toHaveProperty(name);
    if (value.kind === "sum") expect(columns?.[value.column]?.type).toMatch(/^(bigint|decimal\(18,2\))$/);
    if (value.kind !== "sum" && value.kind !== "rows") return;
    if (value.where?.kind === "is set") expect(columns?.[value.where.column]?.type).toBe("boolean");
    if (value.where?.kind === "is known") expect(columns?.[value.where.column]?.nullable).toBe(true);
  });

  it("shows every measure in a tile, or computes one from it", () => {
    const used = new Set(tiles.flatMap((tile) => tile.measures.flatMap(partsOf)));
    expect(measures.filter((measure) => !used.has(measure)).map((measure) => `${measure.table.name}.${measure.name}`)).toEqual([]);
  });
});

describe("defineReport", () => {
  const define = (tile: Tile, more: Partial<Report> = {}) => () => defineReport({ ...partD, pages: [{ id: "p", title: "P", meaning: "M", tiles: [tile] }], ...more });
  const { model } = partD;
  const withMeasure = (measure: (typeof model.measures)[number]): Partial<Report> => ({ model: { ...model, measures: [...model.measures, measure] } });

  it("names all faults at once", () => {
    expect(define({ ...ranking, id: "Odd Id" }, { name: "part_d" })).toThrow("report part_d: part_d is not kebab-case; Odd Id is not kebab-case");
  });

  it.each<[string, Tile, Partial<Report>, string]>([
    ["an id that is used twice", { ...ranking, id: "p" }, {}, "the id p is used twice"],
    ["a tile that mixes tables", { ...ranking, measures: [prescribers] }, {}, "tile ranking mixes tables"],
    ["shares of a figure that does not add up", { ...ranking, kind: "share", measures: [brandNames] }, {}, "shares of brand_names do not add up"],
    ["names that would need quoting in SQL", ranking, withMeasure({ ...prescribers, name: "claims; drop", label: "Odd" }), "claims; drop is not snake_case"],
    ["a label that is used twice", ranking, withMeasure({ ...prescribers, name: "people" }), "the label Prescriber: Prescribers is used twice"],
    ["a measure that the model lacks", { ...ranking, measures: [{ ...drug.claims, label: "Other" }] }, {}, "tile ranking: the model lacks claims"],
    ["a measure made of one that the model lacks", ranking, { model: { ...model, measures: model.measures.filter((each) => each !== drug.claimsBefore) } }, "measure claims_rise: the model lacks claims_year_before"],
    ["a distinct count of what the table does not reach", ranking, withMeasure({ ...genericNames, name: "cities", label: "Cities", value: { kind: "distinct", field: city } }), "measure cities: drug_utilization has no city"],
    ["peers without the fields that make them", { ...ranking, by: npi, measures: [opioids.peers] }, {}, "tile ranking: peers of opioid_rate_of_peers need their fields in the tile"],
    ["a trend by something else than the year", { ...ranking, kind: "trend" }, {}, "tile ranking: a trend goes by year"],
    ["a number of peers without a rate of peers", { ...ranking, measures: [drug.cost, drug.claims], behind: drug.claims }, {}, "tile ranking: what a mark stands on is one of its measures, beside the mark"],
    ["a mark that is no measure of the tile", { ...ranking, against: drug.cost }, {}, "tile ranking: what bars are held against is one of its measures"],
    ["a threshold on what the tile does not show", { ...ranking, atLeast: { measure: drug.cost, value: 1 } }, {}, "tile ranking: its threshold is on one of its measures"],
    ["a slicer that a tile cannot be narrowed by", ranking, { slicers: [{ field: city }] }, "page p: tile ranking cannot be narrowed by prescriber_report.city"],
  ])("refuses %s", (_, tile, more, message) => {
    expect(define(tile, more)).toThrow(message);
  });
});
