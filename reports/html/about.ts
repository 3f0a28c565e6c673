// In: a report, what was embedded, its totals. Out: the last page: what the file holds, what each figure means, what to
// know before using one, whether pages agree.

import { caveatsOf, documentation, type FigureEntry, type TableEntry } from "../documentation.js";
import { compare } from "../exact.js";
import { cardFigures } from "../figures.js";
import type { Report, SameTotal } from "../report.js";
import type { ReportContent, SourceFile } from "./content.js";
import type { Embedded, LeftOut } from "./embed.js";
import { full } from "./format.js";
import { escape, noteId } from "./markup.js";
import { weightOf } from "./questions.js";
import type { View } from "./view.js";

export function aboutSection(view: View, embedded: Embedded, content: ReportContent): string {
  const { report } = view;
  const caveats = caveatsOf(report).map((caveat) => `<li id="${noteId(caveat.id)}" tabindex="-1">${escape(caveat.text)}</li>`);
  const columns = [
    `<div><h3>What to know before using a figure</h3><ul>${caveats.join("")}</ul></div>`,
    `<div><h3>What is in this file</h3>${contents(report, embedded)}${agreement(view)}${sources(content)}</div>`,
  ];
  const tables = documentation(report).map(tableMarkup);
  return `<section class="page about" id="about" aria-labelledby="about-title"><h2 id="about-title" tabindex="-1">About the figures</h2><div class="two">${columns.join("")}</div><h3>What each figure means</h3>${tables.join("")}</section>`;
}

/** How figures come from what the file has. */
const ORIGIN: Readonly<Record<Embedded["holds"], string>> = {
  rows: "of published rows, compressed: this page adds every figure up from them, exactly, when it is asked for.",
  answers: "of answers, compressed: every figure was added up exactly from the published rows, for each choice.",
};

function contents(report: Report, { holds, bytes, leftOut, subjects }: Embedded): string {
  const held = [...subjects].flatMap(([page, values]) => (page.subject === undefined ? [] : [`${values.length.toLocaleString("en-US")} ${page.subject.field.plural}`]));
  const pages = held.length === 0 ? "" : ` It has pages of ${held.join(" and ")}.`;
  const items = leftOut.map((each) => `<li>${escape(leftOutText(report, each))}</li>`);
  const missing = items.length === 0 ? "<p>Nothing was left out.</p>" : `<p>Left out, to keep the file below 5 MB:</p><ul class="left-out">${items.join("")}</ul>`;
  return `<p>${sizeText(bytes)} ${ORIGIN[holds]}${pages}</p>${missing}`;
}

/** Files that each year was loaded from. */
function sources({ sources: years }: ReportContent): string {
  const items = years.map(({ year, files }) => `<li>${String(year)}: ${files.length === 0 ? "not recorded" : files.map(fileMarkup).join(", ")}</li>`);
  return items.length === 0 ? "" : `<h3>What it was made from</h3><ul>${items.join("")}</ul>`;
}

const fileMarkup = ({ name, sha256 }: SourceFile): string => `<span class="file"${sha256 === undefined ? "" : ` title="sha256 ${escape(sha256)}"`}>${escape(name)}</span>`;

/** "2.4 MB". */
export const sizeText = (bytes: number): string => (bytes < 100_000 ? `${String(Math.ceil(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

function leftOutText(report: Report, left: LeftOut): string {
  if (left.kind === "subjects") {
    const of = left.of === null ? "" : ` of ${left.of.toLocaleString("en-US")}`;
    return `Pages of single ${left.page.subject?.field.plural ?? ""}: the ${left.kept.toLocaleString("en-US")}${of} with the most ${weightOf(left.page).label.toLowerCase()} are here.`;
  }
  const names = report.slicers.filter(({ field }) => left.by.includes(field)).map(({ field, label }) => (label ?? field).label.toLowerCase());
  const what = names.length > 1 ? `Choices of ${names.join(" and ")} together` : `Choices of ${names.join("")}`;
  return `${what}: ${left.choices.toLocaleString("en-US")} of them have rows. ${names.length > 1 ? "One of both at a time is here." : "The figures over all are here."}`;
}

function tableMarkup({ table, folders }: TableEntry): string {
  const groups = folders.map(({ name, figures }) => `<h5>${escape(name)}</h5><dl class="words">${figures.map(figureMarkup).join("")}</dl>`);
  return `<h4>${escape(table.label)}</h4><p class="meaning">${escape(table.meaning)} Table <code>${escape(table.name)}</code>.</p>${groups.join("")}`;
}

function figureMarkup({ label, meaning, unit, formula, source }: FigureEntry): string {
  return `<div><dt>${escape(label)} <span class="key">${escape(unit)}</span></dt><dd>${escape(meaning)}</dd><dd class="how">${escape(formula)}; from ${source.map((each) => `<code>${escape(each)}</code>`).join(", ")}</dd></div>`;
}

/** Says whether figures that must be equal on both pages are, for the latest year. */
function agreement(view: View): string {
  const sentences = view.report.sameTotals.map((same) => agreementSentence(view, same)).filter((text) => text !== null);
  return sentences.length === 0 ? "" : `<h3>Do the pages agree?</h3>${sentences.join("")}`;
}

function agreementSentence(view: View, same: SameTotal): string | null {
  const [left, right] = [same.left, same.right].map(({ tile, measure }) => {
    const values = cardFigures(tile, view.rowsOf(tile));
    return { title: tile.title, value: values?.[tile.measures.indexOf(measure)] ?? null, unit: measure.unit };
  });
  if (left === undefined || right === undefined || (left.value === null && right.value === null)) return null;
  const equal = left.value !== null && right.value !== null && compare(left.value, right.value) === 0;
  const year = String(view.place.selection.year);
  if (equal) return `<p>Yes: both give ${full(left.value, left.unit)} ${left.unit === "usd" ? `of ${escape(same.what)}` : escape(same.what)} for ${year}.</p>`;
  return `<p class="warning">No, do not use this report for ${escape(same.what)}: “${escape(left.title)}” gives ${full(left.value, left.unit)}, “${escape(right.title)}” gives ${full(right.value, right.unit)} for ${year}.</p>`;
}
