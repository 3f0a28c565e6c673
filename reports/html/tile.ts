// In: a tile and what is shown. Out: one section of the page: heading, meaning, picture, table. Without rows: why.

import { cardFigures, groupFigures, type LinedTile } from "../figures.js";
import type { CardsTile, Tile } from "../report.js";
import { picture } from "./chart.js";
import { full, headline, signed } from "./format.js";
import { escape, noteId } from "./markup.js";
import { whyEmpty, whyMissing } from "./missing.js";
import { table } from "./table.js";
import type { View } from "./view.js";

/** Its part of a row of the page. */
export type Width = "half" | "third" | "whole";

export function tileSection(view: View, tile: Tile, width: Width): string {
  const body = tile.kind === "cards" ? cards(view, tile) : group(view, tile);
  const head = `<h3 id="${tile.id}-title">${escape(tile.title)}</h3><p class="meaning">${escape(tile.meaning)}.</p>${caveats(tile)}`;
  const download = `<button type="button" class="csv" data-tile="${tile.id}">CSV<span class="hidden">: ${escape(tile.title)}</span></button>`;
  const content = body === null ? `<p class="empty">${escape(whyEmpty(view, tile))}</p>` : `${body}${download}`;
  return `<section class="tile ${tile.kind} ${width}" id="${tile.id}" aria-labelledby="${tile.id}-title"${tile.caveats.length === 0 ? "" : ` aria-describedby="${tile.id}-caveats"`}>${head}${content}</section>\n`;
}

/** What to beware of, each clause a link to the whole explanation. */
function caveats(tile: Tile): string {
  if (tile.caveats.length === 0) return "";
  const clauses = tile.caveats.map(({ id, clause }) => `<a href="#${noteId(id)}">${escape(clause)}</a>`);
  return `<p class="caveats" id="${tile.id}-caveats"><strong>Beware:</strong> ${clauses.join("; ")}.</p>`;
}

function cards(view: View, tile: CardsTile): string | null {
  const values = cardFigures(tile, view.rowsOf(tile));
  if (values === null) return null;
  const items = tile.measures.map((measure, index) => {
    const value = values[index] ?? null;
    if (value === null) return `<div><dt>${escape(measure.label)}</dt><dd class="figure">–</dd><dd class="exact">${escape(whyMissing(view, measure))}</dd></div>`;
    const rounded = signed(headline(value, measure.unit), value, measure);
    const exact = signed(full(value, measure.unit), value, measure);
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
