// What the reader asked for, on the screen. In: the report's definition and the file's parts. Out: sections of the document
// filled anew, controls that say what is shown. The address after # is the state: links, back and reload work. What it does
// not say, such as what was chosen on the pages left for a subject's, the entry of the history does.

import type { Report } from "../../report.js";
import type { Manifest } from "../content.js";
import { csvName, csvText } from "../csv.js";
import { linkTo, placeOf, startOf, type Place } from "../selection.js";
import { controlsOf } from "./controls.js";
import { download, one } from "./elements.js";
import { fillerOf, type Filler } from "./fill.js";
import { printing } from "./printing.js";
import { searching } from "./searching.js";

const ABOUT = "about";

export function showing(report: Report, manifest: Manifest): void {
  const { years } = manifest;
  const filler = fillerOf(report, manifest);
  const controls = controlsOf(report, years);
  const start = startOf(report, years, report.pages[0]);
  const asked = (): Place | undefined => (location.hash.length < 2 ? start : placeOf(report, years, location.hash));

  // Two links: what was shown, and an overview with what was chosen on all of them.
  const kept = (): readonly (Place | undefined)[] => (typeof history.state === "string" ? history.state.split(" ").map((link) => placeOf(report, years, link)) : []);
  const keep = (place: Place): void => history.replaceState([place, controls.placeOn(report.pages[0], place.selection.year)].map((each) => linkTo(report, each)).join(" "), "");

  function show(how: "first" | "again"): void {
    const note = noteAt(location.hash);
    const chosen = asked();
    const [shown, overview] = kept();
    const place = chosen ?? (how === "first" ? (shown ?? start) : undefined);
    if (overview !== undefined) controls.set(overview);
    if (place !== undefined) controls.set(place);
    keep(place ?? filler.place());
    // A link within the page, such as the one to its figures.
    if (place === undefined && note === null) return;
    const id = place === undefined || note !== null ? ABOUT : place.page.id;
    const isOther = !one(`#${id}`).classList.contains("current");
    if (place !== undefined) filler.fill(place);
    controls.mark(id, filler.place().selection.year);
    document.title = `${one(`#${id} h2`).textContent} – ${report.title}`;
    if (isOther && how === "again") turnTo(id);
    if (note !== null && note.id !== ABOUT) note.focus();
  }

  controls.onChange((selection) => {
    const { page, selection: old } = filler.place();
    location.hash = linkTo(report, { page, selection: { ...selection, subject: old.subject, slices: page.subject === undefined ? selection.slices : [] } });
  });
  downloads(filler);
  printing(report, { controls, filler });
  searching(report, { known: filler.known, year: () => filler.place().selection.year });
  addEventListener("hashchange", () => show("again"));
  document.documentElement.classList.add("live");
  show("first");
}

/** The notes themselves, or the one of them that a link names. */
function noteAt(link: string): HTMLElement | null {
  const target = document.getElementById(link.slice(1));
  return target !== null && one(`#${ABOUT}`).contains(target) ? target : null;
}

/** A new page begins at its top, and what reads the screen aloud begins with its name. */
function turnTo(id: string): void {
  scrollTo(0, Math.min(scrollY, one("main").offsetTop));
  one(`#${id} h2`).focus({ preventScroll: true });
}

function downloads(filler: Filler): void {
  one("main").addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("button.csv") : null;
    const view = filler.view();
    const tile = view?.place.page.tiles.find(({ id }) => id === button?.dataset["tile"]);
    if (view !== undefined && tile !== undefined) download(csvName(view, tile), csvText(view, tile));
  });
}
