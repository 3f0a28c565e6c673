// The page of notes: what every figure means, what must be known before it is used, and how fresh it is.
// In: a report. Out: the page's files.

import { caveatsOf } from "../documentation.js";
import type { Report } from "../report.js";
import { objectId } from "./ids.js";
import { GAP } from "./tiles.js";
import { headerVisuals, writtenPage, WIDTH, type PageFiles } from "./page.js";
import { PUBLICATION, PUBLICATION_COLUMNS } from "./publication.js";
import type { Box, Visual } from "./visual.js";

const TITLE = "Notes";
const TOP = 116;
/** Of ten points: pixels from line to line, and letters on a line of a hundred pixels. */
const LINE = 18;
const LETTERS = 15;
const FRESHNESS = 240;

export function notesPage(report: Report): PageFiles {
  const half = (WIDTH - 3 * GAP) / 2;
  const caveats = caveatsOf(report).map(({ text }) => text);
  const figures = report.model.measures.map(({ table, label, meaning }) => `${label} (${table.label}): ${meaning}`);
  const height = Math.max(...[caveats, figures].map((texts) => heightOf(texts, half)));
  const freshness: Visual = {
    id: objectId("notes", "publication"), type: "tableEx", box: { x: GAP, y: TOP + height + GAP, width: WIDTH - 2 * GAP, height: FRESHNESS },
    title: "What is live in the serving database", alt: "Table: published tables with their years, rows and time of publication.",
    roles: { Values: PUBLICATION_COLUMNS.map(({ name }) => ({ kind: "Column", table: PUBLICATION, name })) },
  };
  const visuals = [
    ...headerVisuals("notes", TITLE, report.meaning),
    textbox("caveats", { title: "Before you use a figure", texts: caveats, box: { x: GAP, y: TOP, width: half, height } }),
    textbox("figures", { title: "What the figures mean", texts: figures, box: { x: GAP + half + GAP, y: TOP, width: half, height } }),
    freshness,
  ];
  return writtenPage({ id: objectId("page", "notes"), title: TITLE, height: TOP + height + GAP + FRESHNESS + GAP, visuals, phone: [] });
}

/** A heading of two lines, then each text on lines of its own. */
function heightOf(texts: readonly string[], width: number): number {
  const letters = (width / 100) * LETTERS;
  return LINE * texts.reduce((lines, text) => lines + Math.ceil(text.length / letters), 2);
}

function textbox(name: string, { title, texts, box }: { readonly title: string; readonly texts: readonly string[]; readonly box: Box }): Visual {
  const paragraphs = [{ textRuns: [{ value: title, textStyle: { fontWeight: "bold", fontSize: "14pt" } }] }, ...texts.map((value) => ({ textRuns: [{ value, textStyle: { fontSize: "10pt" } }] }))];
  return { id: objectId("notes", name), type: "textbox", box, alt: `Text: ${title}.`, objects: { general: { paragraphs } } };
}
