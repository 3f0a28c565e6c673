// In: a tile and its rows. Out: one section of the page: heading, meaning, picture, table. Without rows: a plain sentence.

import { cardFigures, groupFigures, type Figures, type LinedTile, type Row } from "../figures.js";
import type { CardsTile, GroupTile, Tile } from "../report.js";
import { partColor, picture } from "./chart.js";
import { full, headline } from "./format.js";
import { escape } from "./markup.js";
import { table } from "./table.js";

export function tileSection(tile: Tile, rows: readonly Row[], year: number): string {
  const body = tile.kind === "cards" ? cards(tile, rows) : group(tile, rows, year);
  const head = `<h3 id="${tile.id}-title">${escape(tile.title)}</h3><p class="meaning">${escape(meaning(tile))}</p>`;
  return `<section class="tile ${tile.kind}" id="${tile.id}" aria-labelledby="${tile.id}-title">${head}${body ?? empty(year)}</section>\n`;
}

/** One sentence: what the figures are, their unit, what to beware of. */
function meaning(tile: Tile): string {
  return `${[tile.meaning, ...tile.caveats.map((caveat) => caveat.clause)].join("; ")}.`;
}

function empty(year: number): string {
  return `<p class="empty">No published rows for data year ${String(year)}.</p>`;
}

function cards(tile: CardsTile, rows: readonly Row[]): string | null {
  const values = cardFigures(tile, rows);
  if (values === null) return null;
  const items = tile.measures.map((measure, index) => {
    const value = values[index] ?? null;
    const rounded = headline(value, measure.unit);
    const exact = full(value, measure.unit);
    const whole = rounded === exact ? "" : `<dd class="exact">${exact}</dd>`;
    return `<div><dt>${escape(measure.label)}</dt><dd class="figure">${rounded}</dd>${whole}</div>`;
  });
  return `<dl>${items.join("")}</dl>`;
}

function group(tile: LinedTile, rows: readonly Row[], year: number): string | null {
  const figures = groupFigures(tile, rows);
  if (figures === null) return null;
  const drawn = tile.kind === "trend" ? "" : drawing(tile, figures);
  const region = `<div class="scroll" role="region" tabindex="0" aria-label="Table: ${escape(tile.title)}">${table(tile, figures, year)}</div>`;
  return `${drawn}<details><summary>Table<span class="hidden">: ${escape(tile.title)}</span></summary>${region}</details>`;
}

function drawing(tile: GroupTile, figures: Figures): string {
  const { drawings, summary } = picture(tile, figures);
  const svgs = drawings.map(({ fits, svg }) => `<div class="${fits}">${svg}</div>`).join("");
  const legend = tile.kind === "split" ? legendOf(figures.lines.map((line) => line.label)) : "";
  return `${legend}<div class="chart" role="img" aria-label="${escape(summary)}">${svgs}</div>`;
}

function legendOf(labels: readonly string[]): string {
  const items = labels.map((text, index) => `<li><span class="swatch" style="background:${partColor(index)}"></span>${escape(text)}</li>`);
  return `<ul class="legend">${items.join("")}</ul>`;
}
