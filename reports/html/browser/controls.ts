// The controls above the pages. In: what is shown. Out: links and selects that say so; what the reader chooses in them.

import type { Page, Report } from "../../report.js";
import { linkTo, slicerWord, startOf, type Place, type Selection } from "../selection.js";
import { a, all, one } from "./elements.js";

export interface Controls {
  /** Says what is chosen. Pages of one subject leave the slicers as they are. */
  readonly set: (place: Place) => void;
  /** Where the link to a page leads: what is chosen goes along. */
  readonly placeOn: (page: Page, year: number) => Place;
  /** Marks the section that is shown; links to the others keep what is chosen. */
  readonly mark: (section: string, year: number) => void;
  readonly onChange: (changed: (selection: Selection) => void) => void;
}

/** The names are one row on a phone, wider than the screen. Nothing but the row moves. */
function bringIntoRow(link: HTMLElement): void {
  const row = one("nav ul");
  const [{ left }, { left: edge }] = [link.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += left - edge - parseFloat(getComputedStyle(row).paddingLeft);
}

export function controlsOf(report: Report, years: readonly number[]): Controls {
  const form = a(HTMLFormElement, "form.choices");
  const select = (name: string): HTMLSelectElement => a(HTMLSelectElement, `select[name="${name}"]`, form);
  const slices = (): readonly (string | null)[] => report.slicers.map((slicer) => select(slicerWord(slicer)).value || null);
  const placeOn: Controls["placeOn"] = (page, year) => ({ page, selection: { year, slices: page.subject === undefined ? slices() : [], subject: null } });
  one("nav").addEventListener("focusin", ({ target }) => {
    // By the keyboard alone: a row that moves under a finger is not hit.
    if (target instanceof HTMLElement && target.matches(":focus-visible")) bringIntoRow(target);
  });
  return {
    placeOn,
    set: ({ page, selection }) => {
      select("year").value = String(selection.year);
      if (page.subject === undefined) for (const [index, slicer] of report.slicers.entries()) select(slicerWord(slicer)).value = selection.slices[index] ?? "";
    },
    mark: (section, year) => {
      for (const each of all(HTMLElement, "main > .page")) each.classList.toggle("current", each.id === section);
      for (const link of all(HTMLAnchorElement, "nav a[data-page]")) {
        const page = report.pages.find(({ id }) => id === link.dataset["page"]);
        if (page !== undefined) link.hash = linkTo(report, placeOn(page, year));
        if (link.dataset["page"] !== section) link.removeAttribute("aria-current");
        else {
          link.setAttribute("aria-current", "page");
          bringIntoRow(link);
        }
      }
      const shown = report.pages.find(({ id }) => id === section);
      for (const label of all(HTMLElement, ".slicer", form)) label.hidden = shown?.subject !== undefined;
      form.hidden = shown === undefined;
    },
    onChange: (changed) => {
      form.addEventListener("change", () => changed({ year: Number(select("year").value), slices: slices(), subject: null }));
      form.addEventListener("reset", () => changed(startOf(report, years, report.pages[0]).selection));
    },
  };
}
