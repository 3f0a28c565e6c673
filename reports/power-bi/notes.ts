// The page of notes: what every figure means, what must be known before it is used, and how fresh it is.
// In: a report. Out: the page's files.

import { caveatsOf } from "../documentation.js";
import type { Report } from "../report.js";
import { objectId } from "./ids.js";
import { GAP } from "./tiles.js";
import { headerVisuals, writtenPage, WIDTH, type PageFiles } from "./page.js";
import { PUBLICATION, PUBLICATION_COLUMNS } from "./publication.js";
import type { Visual } from "./visual.js";

const TITLE = "Notes";
const TOP = 116;
const TEXT = 760;
const FRESHNESS = 240;

export function notesPage(report: Report): PageFiles {
  const half = (WIDTH - 3 * GAP) / 2;
  const figures = report.model.measures.map(({ table, label, meaning }) => `${label} (${table.label}): ${meaning}`);
  const freshness: Visual = {
    id: objectId("notes", "publication"), type: "tableEx", box: { x: GAP, y: TOP + TEXT + GAP, width: WIDTH - 2 * GAP, height: FRESHNESS },
    title: "What is live in the serving database", alt: "Table: published tables with their years, rows and time of publication.",
    roles: { Values: PUBLICATION_COLUMNS.map(({ name }) => ({ kind: "Column", table: PUBLICATION, name })) },
  };
  const visuals = [
    ...headerVisuals("notes", TITLE, report.meaning),
    textbox("caveats", { title: "Before you use a figure", texts: caveatsOf(report).map(({ text }) => text), x: GAP, width: half }),
    textbox("figures", { title: "What the figures mean", texts: figures, x: GAP + half + GAP, width: half }),
    freshness,
  ];
  return writtenPage({ id: objectId("page", "notes"), title: TITLE, height: TOP + TEXT + GAP + FRESHNESS + GAP, visuals });
}

function textbox(name: string, { title, texts, x, width }: { readonly title: string; readonly texts: readonly string[]; readonly x: number; readonly width: number }): Visual {
  const paragraphs = [{ textRuns: [{ value: title, textStyle: { fontWeight: "bold", fontSize: "14pt" } }] }, ...texts.map((value) => ({ textRuns: [{ value, textStyle: { fontSize: "10pt" } }] }))];
  return { id: objectId("notes", name), type: "textbox", box: { x, y: TOP, width, height: TEXT }, alt: `Text: ${title}.`, objects: { general: { paragraphs } } };
}
