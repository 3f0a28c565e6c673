import { describe, expect, it } from "vitest";
import drugReport from "../../jobs/part-d/curated/drug_report.js";
import prescriberReport from "../../jobs/part-d/curated/prescriber_report.js";
import { partD } from "../../reports/part-d/report.js";
import { defineReport, fieldsOf, type Field, type Measure, type Report, type Tile } from "../../reports/report.js";
import { reportQueries, tileSql } from "../../reports/sql.js";

const tiles = partD.pages.flatMap((page): readonly Tile[] => page.tiles);
const [cards, ranking] = [tileOf("drug-totals"), tileOf("generic-by-claims")];

function tileOf(id: string): Tile {
  const tile = tiles.find((each) => each.id === id);
  if (tile === undefined) throw new Error(`no tile ${id}`);
  return tile;
}

describe("reportQueries", () => {
  it("writes one select a tile, with the year as its only parameter", async () => {
    const queries = reportQueries(partD, { year: 2023 });
    expect(queries.map((query) => query.tile)).toEqual(tiles.map((tile) => tile.id));
    for (const query of queries) {
      expect(query.params).toEqual([2023]);
      expect(query.sql.match(/\?/g)).toHaveLength(1);
      expect(query.sql).not.toContain(";");
    }
    const text = queries.map((query) => `-- ${query.tile}\n${query.sql};\n`).join("\n");
    await expect(text).toMatchFileSnapshot("golden/part-d.sql");
  });

  it("orders by every column of the group after the measure, so that ties have one order", () => {
    for (const tile of tiles) {
      if (tile.kind === "cards") continue;
      const columns = fieldsOf(tile).map((field) => field.column);
      expect(tileSql(tile)).toContain(`order by ${[`${tile.measures[0].name} desc`, ...columns].join(", ")}`);
    }
  });

  it("gives no row for a year without rows, single figures included", () => {
    expect(tileSql(cards)).toMatch(/having count\(\*\) > 0$/);
  });
});

describe("the fields and measures of part-d", () => {
  const jobs = [drugReport, prescriberReport];
  const jobOf = (table: string) => jobs.find((job) => job.name.endsWith(`/${table}`));
  const fields = new Set(tiles.flatMap((tile): readonly Field[] => (tile.kind === "cards" ? [] : fieldsOf(tile))));
  const measures = new Set(tiles.flatMap((tile): readonly Measure[] => tile.measures));

  it.each([...fields].map((field) => [`${field.table.name}.${field.column}`, field] as const))("%s is a column of the job's contract, and says what a null is", (_, field) => {
    const column = jobOf(field.table.name)?.columns[field.column];
    expect(column?.type).toBe(field.kind === "flag" ? "boolean" : "string");
    expect(field.missing !== undefined).toBe(column?.nullable === true);
    if (field.kind === "flag") expect(field.values?.map((entry) => entry.value).sort()).toEqual(["0", "1"]);
  });

  it.each([...measures].map((measure) => [`${measure.table.name}.${measure.name}`, measure] as const))("%s is made of the job's columns and named unlike them", (_, measure) => {
    const job = jobOf(measure.table.name);
    expect(job?.columns).not.toHaveProperty(measure.name);
    expect(job?.grain).toEqual(measure.table.grain);
    if (measure.value.kind === "sum") expect(job?.columns[measure.value.column]?.type).toMatch(/^(bigint|decimal\(18,2\))$/);
  });
});

describe("defineReport", () => {
  const define = (tile: Tile, more: Partial<Report> = {}) => () => defineReport({ ...partD, pages: [{ id: "p", title: "P", meaning: "M", tiles: [tile] }], ...more });

  it("names all faults at once", () => {
    expect(define({ ...cards, id: "Odd Id" }, { name: "part_d" })).toThrow("report part_d: part_d is not kebab-case; Odd Id is not kebab-case");
  });

  it("refuses an id that is used twice", () => {
    expect(define({ ...cards, id: "p" })).toThrow("the id p is used twice");
  });

  it("refuses a tile that mixes tables", () => {
    expect(define({ ...ranking, measures: tileOf("states").measures })).toThrow("tile generic-by-claims mixes tables");
  });

  it("refuses shares of a figure that does not add up", () => {
    const distinct = cards.measures.find((measure) => measure.name === "generic_names");
    if (distinct === undefined || ranking.kind === "cards") throw new Error("definition changed");
    expect(define({ ...ranking, kind: "share", measures: [distinct] })).toThrow("shares of generic_names do not add up");
  });

  it("refuses names that would need quoting in SQL", () => {
    expect(define({ ...cards, measures: [{ ...cards.measures[0], name: "claims; drop" }] })).toThrow("claims; drop is not snake_case");
  });
});
