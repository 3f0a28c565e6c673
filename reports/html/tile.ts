// In: a tile and what is shown. Out: one section of the page: heading, meaning, picture, table. Without rows: why.

import { cardFigures, groupFigures, type LinedTile } from "../figures.js";
import type { CardsTile, Tile } from "../report.js";
import { picture } from "./chart.js";
import { full, headline } from "./format.js";
import { escape } from "./markup.js";
import { whyEmpty, whyMissing } from "./missing.js";
import { table } from "./table.js";
import type { View } from "./view.js";

export function tileSection(view: View, tile: Tile): string {
  const body = tile.kind === "cards" ? cards(view, tile) : group(view, tile);
  const head = `<h3 id="${tile.id}-title">${escape(tile.title)}</h3><p class="meaning">${escape(meaning(tile))}</p>`;
  const download = `<button type="button" class="csv" data-tile="${tile.id}">CSV<span class="hidden">: ${escape(tile.title)}</span></button>`;
  const content = body === null ? `<p class="empty">${escape(whyEmpty(view, tile))}</p>` : `${body}${download}`;
  return `<section class="tile ${tile.kind}" id="${tile.id}" aria-labelledby="${tile.id}-title">${head}${content}</section>\n`;
}

/** One sentence: what the figures are, their unit, what to beware of. */
function meaning(tile: Tile): string {
  return `${[tile.meaning, ...tile.caveats.map((caveat) => caveat.clause)].join("; ")}.`;
}

function cards(view: View, tile: CardsTile): string | null {
  const values = cardFigures(tile, view.rowsOf(tile));
  if (values === null) return null;
  const items = tile.measures.map((measure, index) => {
    const value = values[index] ?? null;
    if (value === null) return `<div><dt>${escape(measure.label)}</dt><dd class="figure">–</dd><dd class="exact">${escape(whyMissing(view, measure))}</dd></div>`;
    const rounded = headline(value, measure.unit);
    const exact = full(value, measure.unit);
    return `<div><dt>${escape(measure.label)}</dt><dd class="figure">${rounded}</dd>${rounded === exact ? "" : `<dd class="exact">${exact}</dd>`}</div>`;
  });
  return `<dl>${items.join("")}</dl>`;
}

function group(view: View, tile: LinedTile): string | null {
  const figures = groupFigures(tile, view.rowsOf(tile));
  if (figures === null) return null;
  const region = `<div class="scroll" role="region" tabindex="0" aria-label="Table: ${escape(tile.title)}">${table(view, tile, figures)}</div>`;
  return `<div class="chart">${picture(view, tile, figures)}</div><details><summary>Table<span class="hidden">: ${escape(tile.title)}</span></summary>${region}</details>`;
}
