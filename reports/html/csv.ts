// In: a tile and what is shown. Out: its figures as a CSV file, counts and money to the last digit, quotients to one more
// than is shown, and the file's name. A spreadsheet opens it as it is: UTF-8 with BOM, CRLF, and no text that would run
// as a formula.

import { UNIT_WORDS } from "../documentation.js";
import { exactText, parseExact, round, type Exact } from "../exact.js";
import type { Row } from "../figures.js";
import type { Measure, Unit } from "../model.js";
import { fieldsOf, type Tile } from "../report.js";
import { sureDigits } from "./compact.js";
import type { View } from "./view.js";

/** A percentage is a part of one there: what stands in a file is computed with. */
const unitWords = (unit: Unit): string => (unit === "percent" ? "part of one" : UNIT_WORDS[unit]);

export function csvText(view: View, tile: Tile): string {
  const { place, report } = view;
  const year = tile.kind === "trend" ? [] : [String(place.selection.year)];
  const heads = [...year.map(() => report.year.label), ...fieldsOf(tile).map(({ label }) => label), ...tile.measures.map(({ label, unit }) => `${label} (${unitWords(unit)})`)];
  const lines = view.rowsOf(tile).map((row) => [...year, ...fieldsOf(tile).map(({ column }) => cellText(row, column)), ...tile.measures.map((measure) => figureText(measure, row))]);
  return `\uFEFF${[heads.map(quoted), ...lines].map((cells) => `${cells.join(",")}\r\n`).join("")}`;
}

/** "part-d_2023_CA_generic-by-claims.csv". */
export function csvName({ report, place: { selection } }: View, tile: Tile): string {
  const chosen = [selection.subject, ...selection.slices].flatMap((value) => (value === null ? [] : [value.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "")]));
  const year = tile.kind === "trend" ? "all-years" : String(selection.year);
  return `${[report.name, year, ...chosen, tile.id].filter((word) => word !== "").join("_")}.csv`;
}

function cellText(row: Row, column: string): string {
  const value = row[column];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? quoted(String(value)) : "";
}

/** A text that begins like a formula is told to be text by a leading apostrophe. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function figureText({ name, unit }: Measure, row: Row): string {
  const value = parseExact(row[name]);
  if (value === null) return "";
  if (unit === "usd") return cents(value);
  const digits = sureDigits(unit);
  return exactText(digits === undefined ? value : round(value, digits));
}

/** Money has its cents, also where they are none. */
function cents(value: Exact): string {
  const [whole = "0", fraction = ""] = exactText(value).split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}
