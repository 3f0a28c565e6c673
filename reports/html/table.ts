// In: a tile and its figures. Out: its table: every row and digit, the rest and the whole.

import type { Exact } from "../exact.js";
import { furtherFieldsOf, labelFieldOf, restOf, type Figures, type Line, type LinedTile } from "../figures.js";
import { addsUp } from "../report.js";
import { lineName } from "./chart.js";
import { full, percent, signed } from "./format.js";
import { escape } from "./markup.js";
import { whyMissing } from "./missing.js";
import type { View } from "./view.js";

/** A table with caption, column and row headers, and the whole in its last row where parts add up. */
export function table(view: View, tile: LinedTile, figures: Figures): string {
  const rows = figures.lines.map((line) => row(view, tile, { figures, line })).join("");
  const year = tile.kind === "trend" ? "every data year" : `data year ${String(view.place.selection.year)}`;
  const caption = `<caption><span>${escape(tile.title)}, ${year}</span></caption>`;
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

function row(view: View, tile: LinedTile, { figures, line }: { readonly figures: Figures; readonly line: Line }): string {
  const key = line.key === null ? "" : ` <span class="key">${escape(line.key)}</span>`;
  const details = line.details.map((text) => `<td>${escape(text)}</td>`).join("");
  return `<tr><th scope="row">${lineName(view, tile, line)}${key}</th>${details}${cells({ view, tile, figures }, line.values)}</tr>`;
}

/** What lies beyond a limited select, so that the column adds up to the whole below it. */
function restRow(tile: LinedTile, figures: Figures): string {
  const rest = tile.measures.map((_, index) => restOf(figures, index, figures.lines.length));
  if (rest.every((value) => value === null)) return "";
  return `<tr class="rest">${lead(tile, `All other ${tile.by.plural}`)}${cells({ view: null, tile, figures }, rest)}</tr>`;
}

function foot(tile: LinedTile, figures: Figures): string {
  if (figures.totals.every((total) => total === null)) return "";
  return `<tfoot><tr>${lead(tile, "Total")}${cells({ view: null, tile, figures }, figures.totals)}</tr></tfoot>`;
}

function lead(tile: LinedTile, text: string): string {
  return `<th scope="row">${escape(text)}</th>${"<td></td>".repeat(furtherFieldsOf(tile).length)}`;
}

interface Around {
  /** Null in rows of sums, where a figure that does not add up has no place. */
  readonly view: View | null;
  readonly tile: LinedTile;
  readonly figures: Figures;
}

function cells({ view, tile, figures }: Around, values: readonly (Exact | null)[]): string {
  return tile.measures.map((measure, index) => {
    const value = values[index] ?? null;
    const missing = view === null ? "–" : `<span class="why">${escape(whyMissing(view, measure))}</span>`;
    const figure = `<td class="n">${value === null ? missing : signed(full(value, measure.unit), value, measure)}</td>`;
    return addsUp(tile, measure) ? `${figure}<td class="n">${value === null ? "–" : percent(value, figures.totals[index] ?? null)}</td>` : figure;
  }).join("");
}
