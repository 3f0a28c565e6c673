// A page of a report as Power BI's files. In: the page. Out: path below the report's folder → text.

import { isTable } from "../model.js";
import type { Page, Report, Slicer, Tile } from "../report.js";
import { jsonText } from "./files.js";
import { objectId } from "./ids.js";
import { phoneTexts } from "./phone.js";
import { PUBLICATION, PUBLISHED_AT } from "./publication.js";
import { fieldOf, literal, size, type ModelField } from "./query.js";
import { columnField, GAP, roomOf, sideBySide, tileVisuals } from "./tiles.js";
import { drillFilter, visualText, type Box, type Visual } from "./visual.js";

export const WIDTH = 1280;
const HEADER = 84;
const CHOICES = 76;

export interface PageFiles {
  readonly id: string;
  readonly files: ReadonlyMap<string, string>;
}

export function pageFiles(report: Report, page: Page): PageFiles {
  const id = objectId("page", page.id);
  const header = headerVisuals(page.id, page.title, page.meaning);
  const choices = choiceVisuals(report, page);
  const { visuals: tiles, height } = placed(report, page, GAP + HEADER + GAP + CHOICES + GAP);
  const trends = page.tiles.flatMap((tile) => (tile.kind === "trend" ? [objectId("visual", tile.id)] : []));
  // A trend shows every year, whichever is chosen for the rest of the page.
  const interactions = trends.map((target) => ({ source: slicerId(page, report.year.column), target, type: "NoFilter" }));
  const visuals = [...header, ...choices, ...tiles];
  return writtenPage({ id, title: page.title, height, visuals, phone: visuals }, { ...subject(page), ...(interactions.length === 0 ? {} : { visualInteractions: interactions }) });
}

/** The file of a page and those of its visuals; `phone` has the visuals that a phone shows, none where the page is for wide screens only. */
export function writtenPage({ id, title, height, visuals, phone }: { readonly id: string; readonly title: string; readonly height: number; readonly visuals: readonly Visual[]; readonly phone: readonly Visual[] }, more: Readonly<Record<string, unknown>> = {}): PageFiles {
  const folder = `definition/pages/${id}`;
  const page = jsonText("page", { name: id, displayName: title, displayOption: "FitToWidth", height, width: WIDTH, ...more });
  const texts = visuals.map((visual, order) => [`${folder}/visuals/${visual.id}/visual.json`, visualText(visual, order)] as const);
  const phoneFiles = [...phoneTexts(phone)].map(([visual, text]) => [`${folder}/visuals/${visual}/mobile.json`, text] as const);
  return { id, files: new Map([[`${folder}/page.json`, page], ...texts, ...phoneFiles]) };
}

/** Title and meaning as text, so that they are read first, and how fresh the figures are. */
export function headerVisuals(page: string, title: string, meaning: string): readonly Visual[] {
  const wide = WIDTH - 2 * GAP;
  const paragraphs = [
    { textRuns: [{ value: title, textStyle: { fontWeight: "bold", fontSize: "20pt" } }] },
    { textRuns: [{ value: meaning, textStyle: { fontSize: "11pt" } }] },
  ];
  const stamp: ModelField = { kind: "Measure", table: PUBLICATION, name: PUBLISHED_AT };
  return [
    { id: objectId("header", page), type: "textbox", box: { x: GAP, y: GAP, width: wide - 240 - GAP, height: HEADER }, alt: `Heading: ${title}.`, objects: { general: { paragraphs } } },
    {
      id: objectId("freshness", page), type: "cardVisual", box: { x: WIDTH - GAP - 240, y: GAP, width: 240, height: HEADER }, title: PUBLISHED_AT,
      alt: "Card: when the figures became live in the serving database, UTC.", roles: { Data: [stamp] }, objects: { label: { show: literal(false) }, value: { fontSize: size(14) } },
    },
  ];
}

/** The year, then what else can be chosen; on the page of one subject a way back and the subject first. */
function choiceVisuals(report: Report, page: Page): readonly Visual[] {
  const y = GAP + HEADER + GAP;
  const back = page.subject === undefined ? [] : [backButton(page, { x: GAP, y, width: 96, height: CHOICES })];
  const choices = [...(page.subject === undefined ? [] : [page.subject]), { field: report.year }, ...report.slicers];
  const start = GAP + (back.length === 0 ? 0 : 96 + GAP);
  const width = Math.min(280, Math.floor((WIDTH - GAP - start) / choices.length) - GAP);
  return [...back, ...choices.map((slicer, index) => slicerVisual(report, page, { slicer, box: { x: start + index * (width + GAP), y, width, height: CHOICES } }))];
}

const slicerId = (page: Page, column: string): string => objectId("slicer", page.id, column);

function slicerVisual(report: Report, page: Page, { slicer, box }: { readonly slicer: Slicer; readonly box: Box }): Visual {
  const { field, label } = slicer;
  const isYear = field === report.year;
  const shown = columnField(label === undefined || isTable(label.of) ? field : label);
  return {
    id: slicerId(page, field.column), type: "slicer", box, alt: `Choose ${isYear ? "the year of all figures on this page except trends" : `one of the ${field.plural}, or all`}.`,
    roles: { Values: [shown] },
    sort: { field: shown, direction: isYear ? "Descending" : "Ascending" },
    objects: {
      data: { mode: literal("Dropdown") },
      // Figures are of one year: with none chosen the first one of the list counts, which is the newest.
      selection: isYear ? { strictSingleSelect: literal(true) } : { singleSelect: literal(true) },
      header: { show: literal(true), text: literal(shown.name) },
      ...(field === page.subject?.field ? { general: { selfFilterEnabled: literal(true) } } : {}),
    },
    // A page of one subject has figures of that subject alone: what is chosen there stays there.
    ...(isYear || page.subject === undefined ? { syncGroup: shown.name } : {}),
  };
}

function backButton(page: Page, box: Box): Visual {
  return {
    id: objectId("back", page.id), type: "actionButton", box, alt: "Back to the page you came from.",
    objects: { icon: { shapeType: literal("back") } },
    container: { visualLink: { show: literal(true), type: literal("Back") } },
  };
}

/** A page of one subject is where others drill through to. */
function subject({ id, subject: chosen }: Page): Readonly<Record<string, unknown>> {
  if (chosen === undefined) return {};
  const field = columnField(chosen.field);
  const filter = objectId("drill", id);
  return {
    filterConfig: { filters: [drillFilter(filter, field)] },
    pageBinding: { name: objectId("binding", id), type: "Drillthrough", parameters: [{ name: objectId("parameter", id), boundFilter: filter, fieldExpr: fieldOf(field) }] },
    type: "Drillthrough",
  };
}

/** Tiles side by side, each row as wide as the page. */
function placed(report: Report, { tiles, subject: chosen }: Page, top: number): { readonly visuals: readonly Visual[]; readonly height: number } {
  const visuals: Visual[] = [];
  let y = top;
  for (const row of rowsOf(tiles)) {
    const height = Math.max(...row.map((tile) => roomOf(tile, chosen?.field).height));
    const places = sideBySide({ x: GAP, y, width: WIDTH - 2 * GAP, height }, row.length);
    visuals.push(...row.flatMap((tile, index) => (places[index] === undefined ? [] : tileVisuals(report, tile, places[index]))));
    y += height + GAP;
  }
  return { visuals, height: y };
}

/** Two narrow tiles a row, the last three of an odd number in one. */
function rowsOf(tiles: readonly Tile[]): readonly (readonly Tile[])[] {
  const [first] = tiles;
  if (first === undefined) return [];
  const end = tiles.findIndex((tile) => roomOf(tile).isWide);
  const narrow = end < 0 ? tiles.length : end;
  const count = narrow === 3 ? 3 : Math.min(2, Math.max(1, narrow));
  return [tiles.slice(0, count), ...rowsOf(tiles.slice(count))];
}
