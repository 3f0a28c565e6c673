// What the file has, whichever way: rows that are added up here, or answers. In: a report, the file's manifest. Out: rows of
// tiles at a place, and the subjects that have a page.

import type { Page, Report } from "../../report.js";
import { fromBytes } from "../../rollup/bytes.js";
import { factsOf } from "../../rollup/rows.js";
import { namesIn, rowsOfPlaces, subjectsIn, type RowsOf, type Tables } from "../asked-rows.js";
import { partOf } from "../body.js";
import type { Manifest } from "../content.js";
import { labelIn, rowsIn, rowsPartName, type PartContent } from "../parts.js";
import type { Place } from "../selection.js";
import { store } from "./store.js";
import { subjectOf, type Subject, type Subjects, type SubjectsByPage } from "./subjects.js";

export interface Held {
  readonly subjects: SubjectsByPage;
  /** Undefined when the file has no figures for the choice. */
  readonly rowsAt: (place: Place) => Promise<RowsOf | undefined>;
}

/** Opens the file once; what could not be opened is tried again by the next choice. */
export function opener(report: Report, manifest: Manifest): () => Promise<Held> {
  let opened: Promise<Held> | undefined;
  return () => {
    opened ??= heldBy(report, manifest).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

function heldBy(report: Report, manifest: Manifest): Promise<Held> {
  return manifest.holds === "rows" ? heldRows(report, manifest) : heldAnswers(report, manifest);
}

async function heldRows(report: Report, { parts }: Manifest): Promise<Held> {
  const own = report.model.tables.filter((table) => parts.includes(rowsPartName(table)));
  const tables: Tables = new Map(await Promise.all(own.map(async (table) => [table, factsOf(fromBytes(await store.bytes(rowsPartName(table))))] as const)));
  const subjects = new Map(subjectPages(report).map((page) => [page, subjectsOf(tables, page)]));
  const hasSubject = ({ page, selection: { subject } }: Place): boolean => page.subject === undefined || (subject !== null && subjects.get(page)?.has(subject) === true);
  const rowsAt = rowsOfPlaces(tables, report);
  return { subjects, rowsAt: async (place) => (hasSubject(place) ? rowsAt(place) : undefined) };
}

function subjectsOf(tables: Tables, page: Page): Subjects {
  const names = page.subject === undefined ? new Map<string, string>() : namesIn(tables, page.subject);
  return new Map(subjectsIn(tables, page).map((value) => [value, subjectOf(value, names.get(value))]));
}

const subjectPages = (report: Report): readonly Page[] => report.pages.filter(({ subject }) => subject !== undefined);

async function heldAnswers(report: Report, { parts }: Manifest): Promise<Held> {
  const pages = await Promise.all(subjectPages(report).map(async (page) => [page, await answeredSubjects(page, parts)] as const));
  const bySubject = new Map(pages);
  const partFor = async (place: Place): Promise<PartContent | undefined> => {
    if (place.page.subject !== undefined) return bySubject.get(place.page)?.get(place.selection.subject ?? "")?.part;
    const name = partOf(report, place);
    return parts.includes(name) ? store.answers(name) : undefined;
  };
  return {
    subjects: bySubject,
    rowsAt: async (place) => {
      const part = await partFor(place);
      return part === undefined ? undefined : (tile) => rowsIn(part, place, tile);
    },
  };
}

interface AnsweredSubject extends Subject {
  readonly part: PartContent;
}

async function answeredSubjects(page: Page, parts: readonly string[]): Promise<ReadonlyMap<string, AnsweredSubject>> {
  const { subject } = page;
  const found = new Map<string, AnsweredSubject>();
  const own = parts.filter((name) => new RegExp(`^${page.id}-\\d+$`).test(name));
  for (const part of subject === undefined ? [] : await Promise.all(own.map(store.answers))) {
    for (const key of Object.keys(part.answers[page.id] ?? {})) {
      const value = key.slice(key.indexOf("\t") + 1);
      const label = subject === undefined ? undefined : labelIn(part, { page, subject, key });
      if (label !== undefined || !found.has(value)) found.set(value, { ...subjectOf(value, label), part });
    }
  }
  return found;
}
