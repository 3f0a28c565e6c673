// What every renderer of a page needs to know. In: nothing. Out: a contract, the same in Node and in the browser.

import type { Row } from "../figures.js";
import type { Field } from "../model.js";
import type { Page, Report, Tile } from "../report.js";
import { linkTo, type Place } from "./selection.js";

export interface View {
  readonly report: Report;
  /** All years of the file, oldest first. */
  readonly years: readonly number[];
  /** What is shown, page and choice. */
  readonly place: Place;
  readonly rowsOf: (tile: Tile) => readonly Row[];
  /** True when the file has the page of that subject. */
  readonly hasSubject: (page: Page, value: string) => boolean;
}

/** Link to the page that speaks of this value alone; undefined where there is none, or where it is shown. */
export function subjectLink({ report, place, hasSubject }: View, field: Field, value: string | null): string | undefined {
  const page = report.pages.find((each) => each.subject?.field === field);
  if (page === undefined || value === null || page === place.page || !hasSubject(page, value)) return undefined;
  return linkTo(report, { page, selection: { year: place.selection.year, slices: [], subject: value } });
}
