// The subjects that have a page in the file. In: the parts of a page. Out: each with its label and its part, and the search.

import { labelIn, type PartContent } from "../parts.js";
import type { Page, Report, Slicer } from "../../report.js";
import { store } from "./store.js";

export interface Subject {
  readonly value: string;
  readonly label: string;
  readonly part: PartContent;
}

export type Subjects = ReadonlyMap<string, Subject>;

/** Links shown at once: more would not be read. */
const MOST = 20;

export async function subjectsOf(report: Report, parts: readonly string[]): Promise<ReadonlyMap<Page, Subjects>> {
  const pages = report.pages.flatMap((page) => (page.subject === undefined ? [] : [{ page, subject: page.subject }]));
  return new Map(await Promise.all(pages.map(async ({ page, subject }) => [page, await ofPage(page, subject, parts.filter((name) => new RegExp(`^${page.id}-\\d+$`).test(name)))] as const)));
}

async function ofPage(page: Page, subject: Slicer, parts: readonly string[]): Promise<Subjects> {
  const found = new Map<string, Subject>();
  for (const part of await Promise.all(parts.map(store.open))) {
    for (const key of Object.keys(part.answers[page.id] ?? {})) {
      const value = key.slice(key.indexOf("\t") + 1);
      const label = labelIn(part, { page, subject, key });
      if (label !== undefined || !found.has(value)) found.set(value, { value, label: label ?? value, part });
    }
  }
  return found;
}

/** Subjects in which every word of the text occurs, in the order of the file: greatest first. */
export function search(subjects: Subjects, text: string): { readonly count: number; readonly first: readonly Subject[] } {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return { count: 0, first: [] };
  const found = [...subjects.values()].filter(({ value, label }) => {
    const name = `${label} ${value}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
  return { count: found.length, first: found.slice(0, MOST) };
}
