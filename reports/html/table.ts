// In: a tile's figures. Out: the table behind its picture: every row, every digit.

import { furtherFieldsOf, labelFieldOf, restOf, type Figures, type Line, type LinedTile } from "../figures.js";
import { addsUp } from "../report.js";
import type { Exact } from "../exact.js";
import { full, percent } from "./format.js";
import { escape } from "./markup.js";

/** A table with caption, column and row headers, and the whole in its last row where parts add up. */
export function table(tile: LinedTile, figures: Figures, year: number): string {
  const rows = figures.lines.map((line) => row(tile, figures, line)).join("");
  const caption = `<caption><span>${escape(tile.title)}, data year ${String(year)}</span></caption>`;
  return `<table>${caption}<thead><tr>${heads(tile)}</tr></thead><tbody>${rows}${restRow(tile, figures)}</tbody>${foot(tile, figures)}</table>`;
}

function heads(tile: LinedTile): string {
  const fields = [labelFieldOf(tile) ?? tile.by, ...furtherFieldsOf(tile)].map((field) => `<th scope="col">${escape(field.label)}</th>`);
  const figures = tile.measures.flatMap((measure) => [
    `<th scope="col" class="n">${escape(measure.label)}</th>`,
    ...(addsUp(tile, measure) ? [`<th scope="col" class="n">Share of ${escape(measure.label.toLowerCase())}</th>`] : []),
  ]);
  return [...fields, ...figures].join("");
}

function row(tile: LinedTile, figures: Figures, line: Line): string {
  const key = line.key === null ? "" : ` <span class="key">${escape(line.key)}</span>`;
  const details = line.details.map((text) => `<td>${escape(text)}</td>`).join("");
  return `<tr><th scope="row">${escape(line.label)}${key}</th>${details}${cells(tile, figures, line.values)}</tr>`;
}

/** What lies beyond a limited select, so that the column adds up to the whole below it. */
function restRow(tile: LinedTile, figures: Figures): string {
  const rest = tile.measures.map((_, index) => restOf(figures, index, figures.lines.length));
  if (rest.every((value) => value === null)) return "";
  return `<tr class="rest">${lead(tile, `All other ${tile.by.plural}`)}${cells(tile, figures, rest)}</tr>`;
}

function foot(tile: LinedTile, figures: Figures): string {
  if (figures.totals.every((total) => total === null)) return "";
  return `<tfoot><tr>${lead(tile, "Total")}${cells(tile, figures, figures.totals)}</tr></tfoot>`;
}

function lead(tile: LinedTile, text: string): string {
  return `<th scope="row">${escape(text)}</th>${"<td></td>".repeat(furtherFieldsOf(tile).length)}`;
}

function cells(tile: LinedTile, figures: Figures, values: readonly (Exact | null)[]): string {
  return tile.measures.map((measure, index) => {
    const value = values[index] ?? null;
    if (!addsUp(tile, measure)) return `<td class="n">${value === null ? "–" : full(value, measure.unit)}</td>`;
    return `<td class="n">${full(value, measure.unit)}</td><td class="n">${percent(value, figures.totals[index] ?? null)}</td>`;
  }).join("");
}
