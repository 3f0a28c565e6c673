// In: a report as its author wrote it. Out: the same, frozen, or every fault of the definition at once.

import { isAdditive, partsOf, reaches, type Measure } from "./model.js";
import { fieldsOf, tilesOf, type Page, type Report, type Tile } from "./report.js";

/**
 * Freezes a report.
 * @throws Error naming every fault of the definition at once: doubled ids, names that are not snake_case,
 * a tile that mixes tables or speaks of what the model does not have, a part of a whole that does not add up.
 */
export function defineReport(report: Report): Report {
  const faults = [...idFaults(report), ...nameFaults(report), ...measureFaults(report), ...tilesOf(report).flatMap((tile) => tileFaults(report, tile)), ...report.pages.flatMap((page) => choiceFaults(report, page))];
  if (faults.length > 0) throw new Error(`report ${report.name}: ${faults.join("; ")}`);
  return Object.freeze(report);
}

function idFaults(report: Report): string[] {
  const ids = [...report.pages.map((page) => page.id), ...tilesOf(report).map((tile) => tile.id)];
  const odd = [report.name, ...ids].filter((id) => !/^[a-z][a-z0-9-]*$/.test(id));
  return [...doubled(ids).map((id) => `the id ${id} is used twice`), ...odd.map((id) => `${id} is not kebab-case`)];
}

/** Names go into SQL, DAX and file names as they are; labels are what people tell measures apart by. */
function nameFaults({ model }: Report): string[] {
  const names = [
    ...model.tables.flatMap((table) => [table.name, ...table.grain]),
    ...model.dimensions.flatMap((dimension) => [dimension.name, dimension.from, dimension.key]),
    ...model.fields.map((field) => field.column),
    ...model.measures.flatMap(columnsOf),
  ];
  const odd = [...new Set(names)].filter((name) => !/^[a-z][a-z0-9_]*$/.test(name));
  const owners = [...model.tables, ...model.dimensions].map((owner) => owner.label);
  const measures = model.measures.map((measure) => `${measure.table.label}: ${measure.label}`);
  return [...odd.map((name) => `${name} is not snake_case`), ...doubled([...owners, ...measures]).map((label) => `the label ${label} is used twice`)];
}

function columnsOf({ name, value }: Measure): string[] {
  if (value.kind !== "sum" && value.kind !== "rows") return [name];
  return [name, ...(value.kind === "sum" ? [value.column] : []), ...(value.where === undefined ? [] : [value.where.column])];
}

function measureFaults({ model }: Report): string[] {
  return model.measures.flatMap((measure) => {
    const { value } = measure;
    const say = (what: string): string => `measure ${measure.name}: ${what}`;
    const parts = partsOf(measure);
    const faults = parts.filter((part) => !model.measures.includes(part)).map((part) => say(`the model lacks ${part.name}`));
    if (parts.some((part) => part.table !== measure.table)) faults.push(say("mixes tables"));
    if (value.kind === "distinct" && !reaches(measure.table, value.field)) faults.push(say(`${measure.table.name} has no ${value.field.column}`));
    const shifted = value.kind === "year before" || value.kind === "peers";
    if (shifted && partsOf(value.of).some((part) => part.value.kind === "year before" || part.value.kind === "peers")) faults.push(say("looks elsewhere twice"));
    return faults;
  });
}

function tileFaults({ model, year }: Report, tile: Tile): string[] {
  const { table } = tile.measures[0];
  const fields = fieldsOf(tile);
  const say = (what: string): string => `tile ${tile.id}: ${what}`;
  const faults = [...fields.filter((field) => !model.fields.includes(field)).map((field) => say(`the model lacks ${field.column}`)), ...tile.measures.filter((measure) => !model.measures.includes(measure)).map((measure) => say(`the model lacks ${measure.name}`))];
  if (tile.measures.some((measure) => measure.table !== table) || fields.some((field) => !reaches(table, field))) faults.push(`tile ${tile.id} mixes tables`);
  if (tile.kind === "trend" && tile.by !== year) faults.push(say("a trend goes by year"));
  const groupedBy = new Set(fields);
  for (const { name, value } of tile.measures.flatMap(partsOf)) {
    if (tile.kind === "trend" && (value.kind === "year before" || value.kind === "peers")) faults.push(say(`${name} looks elsewhere, a trend shows every year already`));
    if (value.kind === "peers" && !value.same.every((field) => groupedBy.has(field))) faults.push(say(`peers of ${name} need their fields in the tile`));
  }
  return [...faults, ...partFaults(tile)];
}

/** Shares, splits and areas are parts of a whole; a mark needs its bar. */
function partFaults(tile: Tile): string[] {
  if (tile.kind === "cards" || tile.kind === "trend") return [];
  const faults = tile.against !== undefined && (tile.kind !== "bars" || !tile.measures.includes(tile.against)) ? [`tile ${tile.id}: what bars are held against is one of its measures`] : [];
  if (tile.behind !== undefined && (tile.against === undefined || !tile.measures.includes(tile.behind))) faults.push(`tile ${tile.id}: what a mark stands on is one of its measures, beside the mark`);
  if (tile.atLeast !== undefined && !tile.measures.includes(tile.atLeast.measure)) faults.push(`tile ${tile.id}: its threshold is on one of its measures`);
  if (tile.kind === "bars") return faults;
  const parts = tile.kind === "split" ? tile.measures : [tile.measures[0]];
  return [...faults, ...parts.filter((measure) => !isAdditive(measure, tile.by)).map((measure) => `tile ${tile.id}: shares of ${measure.name} do not add up`)];
}

/** Whatever can be chosen on a page must mean something to each of its tiles. */
function choiceFaults({ model, year, slicers }: Report, page: Page): string[] {
  const chosen = [...slicers, ...(page.subject === undefined ? [] : [page.subject])].flatMap(({ field, label }) => [field, ...(label === undefined ? [] : [label])]);
  const lacking = [year, ...chosen].filter((field) => !model.fields.includes(field)).map((field) => `page ${page.id}: the model lacks ${field.column}`);
  const deaf = page.tiles.flatMap((tile) => [year, ...chosen].filter((field) => !reaches(tile.measures[0].table, field)).map((field) => `page ${page.id}: tile ${tile.id} cannot be narrowed by ${field.of.name}.${field.column}`));
  return [...lacking, ...deaf];
}

function doubled(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
