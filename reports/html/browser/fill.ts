// Sections filled with what was asked for. In: a place, the file's parts. Out: the section's markup; what is shown now.

import type { Report } from "../../report.js";
import { choiceText, failedMarkup, lackMarkup, promptMarkup, tilesMarkup, type LabelOf } from "../body.js";
import type { Manifest } from "../content.js";
import { linkTo, slicerWord, startOf, type Place } from "../selection.js";
import type { View } from "../view.js";
import { all, one } from "./elements.js";
import { opener } from "./held.js";
import type { Subjects, SubjectsByPage } from "./subjects.js";

export interface Filler {
  readonly fill: (place: Place) => void;
  /** Fills sections that are not on the screen. */
  readonly fillAlso: (places: readonly Place[]) => Promise<void>;
  readonly place: () => Place;
  /** Undefined until its figures were found, or when the file has none. */
  readonly view: () => View | undefined;
  readonly known: () => Promise<SubjectsByPage>;
}

interface Shown {
  readonly place: Place;
  /** None when the file has no figures for the choice. */
  readonly view?: View;
}

export function fillerOf(report: Report, manifest: Manifest): Filler {
  const { years } = manifest;
  // The document comes with every page at its start.
  const drawn = new Map(report.pages.map((page) => [page.id, linkTo(report, startOf(report, years, page))]));
  let shown: Shown = { place: startOf(report, years, report.pages[0]) };
  const held = opener(report, manifest);

  async function found(place: Place): Promise<Shown> {
    const { subjects, rowsAt } = await held();
    const rowsOf = await rowsAt(place);
    return rowsOf === undefined ? { place } : { place, view: { report, years, place, rowsOf, hasSubject: (page, value) => subjects.get(page)?.has(value) === true } };
  }

  async function drawUnlessThere(of: Shown): Promise<void> {
    const { page } = of.place;
    const link = linkTo(report, of.place);
    if (drawn.get(page.id) === link) return;
    const { subjects } = await held();
    draw(report, manifest, { ...of, subjects: subjects.get(page) });
    drawn.set(page.id, link);
  }

  /** Never the figures of the former choice below the names of this one. */
  function fail({ page }: Place, error: unknown): void {
    drawn.delete(page.id);
    one(`#${page.id} .choice`).textContent = "";
    one(`#${page.id} .body`).innerHTML = failedMarkup(error);
  }

  async function fill(place: Place): Promise<void> {
    const of = await found(place);
    // Another choice was made meanwhile: its own call fills the page.
    if (shown.place !== place) return;
    shown = of;
    await drawUnlessThere(of);
  }

  return {
    fill: (place) => {
      shown = { place };
      fill(place).catch((error: unknown) => {
        if (shown.place === place) fail(place, error);
      });
    },
    fillAlso: async (places) => {
      for (const place of places) {
        // What is on the screen was drawn for its own choice, which may be another one by now.
        if (place.page === shown.place.page) continue;
        await found(place).then(drawUnlessThere).catch((error: unknown) => fail(place, error));
      }
    },
    place: () => shown.place,
    view: () => shown.view,
    known: async () => (await held()).subjects,
  };
}

function draw(report: Report, { holds }: Manifest, { place, view, subjects }: Shown & { readonly subjects: Subjects | undefined }): void {
  const { page } = place;
  const section = one(`#${page.id}`);
  const labelOf: LabelOf = (slicer, value) => (slicer === page.subject ? subjectLabel(subjects, value) : (optionLabel(slicerWord(slicer), value) ?? value));
  const lacking = page.subject === undefined ? lackMarkup(report, place, labelOf) : promptMarkup(place, holds);
  one(".choice", section).textContent = page.subject !== undefined && view === undefined ? "" : choiceText(report, place, labelOf);
  one(".body", section).innerHTML = view === undefined ? lacking : tilesMarkup(view);
}

const optionLabel = (name: string, value: string): string | undefined => all(HTMLOptionElement, `select[name="${name}"] option`).find((option) => option.value === value)?.text;

function subjectLabel(subjects: Subjects | undefined, value: string): string {
  const label = subjects?.get(value)?.label ?? value;
  return label === value ? value : `${label}, ${value}`;
}
