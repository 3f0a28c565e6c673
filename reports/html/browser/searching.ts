// The search boxes of pages that show one subject. In: words. Out: links to subjects, as many as can be read.

import type { Page, Report, Slicer } from "../../report.js";
import { failedText } from "../body.js";
import { escape } from "../markup.js";
import { linkTo } from "../selection.js";
import { a, all, one } from "./elements.js";
import { search, type SubjectsByPage } from "./subjects.js";

export interface SearchState {
  readonly known: () => Promise<SubjectsByPage>;
  readonly year: () => number;
}

export function searching(report: Report, state: SearchState): void {
  for (const page of report.pages) if (page.subject !== undefined) searchBox(report, { ...state, page, subject: page.subject });
}

function searchBox(report: Report, { known, year, page, subject }: SearchState & { readonly page: Page; readonly subject: Slicer }): void {
  const box = one(`#${page.id} .search`);
  const input = a(HTMLInputElement, "input", box);
  const list = one("ul", box);
  const status = one(".found", box);
  const update = async (): Promise<void> => {
    const text = input.value;
    const subjects = (await known()).get(page) ?? new Map();
    if (text !== input.value) return;
    const { count, first } = search(subjects, text);
    status.textContent = text.trim() === "" ? `${subjects.size.toLocaleString("en-US")} ${subject.field.plural} are in this file.` : `${count.toLocaleString("en-US")} found${count > first.length ? `, the first ${String(first.length)} shown` : ""}.`;
    list.innerHTML = first.map(({ value, label }) => `<li><a href="${escape(linkTo(report, { page, selection: { year: year(), slices: [], subject: value } }))}">${escape(label)}${label === value ? "" : ` <span class="key">${escape(value)}</span>`}</a></li>`).join("");
  };
  const look = (): void => {
    update().catch((error: unknown) => { status.textContent = failedText(error); });
  };
  input.addEventListener("input", look);
  input.addEventListener("focus", look);
  // Down from the box into the links, Enter for the first of them: hands stay on the keys.
  input.addEventListener("keydown", (event) => {
    const [first] = all(HTMLAnchorElement, "a", list);
    if (first === undefined || (event.key !== "ArrowDown" && event.key !== "Enter")) return;
    event.preventDefault();
    if (event.key === "Enter") first.click();
    else first.focus();
  });
  list.addEventListener("click", () => { input.value = ""; list.innerHTML = ""; });
  box.hidden = false;
}
