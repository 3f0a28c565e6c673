// The subjects that have a page in the file, and the search among them. In: words. Out: those in which every word occurs.

import type { Page } from "../../report.js";

export interface Subject {
  readonly value: string;
  readonly label: string;
  /** What a search looks in. */
  readonly words: string;
}

/** Without a label the value is all that people can call it. */
export const subjectOf = (value: string, label = value): Subject => ({ value, label, words: `${label} ${value}`.toLowerCase() });

/** By value, in the order of the file: greatest first. */
export type Subjects = ReadonlyMap<string, Subject>;
export type SubjectsByPage = ReadonlyMap<Page, Subjects>;

/** Links shown at once: more would not be read. */
const MOST = 20;

/** In the order of the file. */
export function search(subjects: Subjects, text: string): { readonly count: number; readonly first: readonly Subject[] } {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return { count: 0, first: [] };
  const found = [...subjects.values()].filter((subject) => words.every((word) => subject.words.includes(word)));
  return { count: found.length, first: found.slice(0, MOST) };
}
