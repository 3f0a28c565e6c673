// The whole report on paper. In: what is chosen. Out: every overview filled with it, a subject that was looked at, and the
// notes, each from a new sheet. The browser's own print command prints the page on the screen.

import { overviewsOf, type Report } from "../../report.js";
import type { Controls } from "./controls.js";
import { one } from "./elements.js";
import type { Filler } from "./fill.js";

/** Said to the page's style while all pages are printed. */
const ALL_PAGES = "all-pages";

export function printing(report: Report, { controls, filler }: { readonly controls: Controls; readonly filler: Filler }): void {
  const { classList } = document.documentElement;
  const printAll = async (): Promise<void> => {
    const { year } = filler.place().selection;
    await filler.fillAlso(overviewsOf(report).map((page) => controls.placeOn(page, year)));
    classList.add(ALL_PAGES);
    print();
  };
  one("button.print").addEventListener("click", () => void printAll());
  addEventListener("afterprint", () => classList.remove(ALL_PAGES));
}
