// The answers of the file within a size. In: answers, room in bytes. Out: compressed parts, and what was left
// out. The same input gives the same parts. Never here: markup, words for people.

import { add, compare, parseExact, zero, type Exact } from "../exact.js";
import type { Field } from "../model.js";
import type { Page } from "../report.js";
import type { Answer, Answers, SubjectAnswers } from "./answers.js";
import { compact, newWords } from "./compact.js";
import type { Figured } from "./content.js";
import { packed, type Part } from "./part.js";
import { partName, type PartContent } from "./parts.js";
import { weightOf } from "./questions.js";
import { answerKey } from "./selection.js";

export type LeftOut =
  | { readonly kind: "choices"; readonly by: readonly Field[]; readonly choices: number }
  /** `of` is null when it was never asked how many there are. */
  | { readonly kind: "subjects"; readonly page: Page; readonly kept: number; readonly of: number | null };

export interface Embedded {
  readonly holds: Figured["kind"];
  readonly parts: readonly Part[];
  readonly leftOut: readonly LeftOut[];
  /** Subjects that are in the file, by page, those with the greatest figure first. */
  readonly subjects: ReadonlyMap<Page, readonly string[]>;
  readonly bytes: number;
}

/** Subjects in one part. Parts are what is left out, from the last. */
const SUBJECTS_IN_PART = 250;

interface OverviewPart extends Part {
  readonly by: readonly Field[];
  readonly choices: number;
}

interface SubjectPart extends Part {
  readonly page: Page;
  readonly subjects: readonly string[];
}

/** Every part that the file could have. */
export interface Packed {
  readonly answers: Answers;
  readonly overviews: readonly OverviewPart[];
  readonly subjects: readonly SubjectPart[];
}

/** Parts are compressed beside each other, while the next ones are written. */
export async function pack(answers: Answers): Promise<Packed> {
  const overviews = answers.overviews.map(async ({ by, answers: own }): Promise<OverviewPart> => ({ by, choices: new Set(own.map(({ selection }) => selection.slices.join("\t"))).size, ...(await packPart(partName({ by }), own)) }));
  const subjects = answers.subjects.flatMap(subjectParts);
  return { answers, overviews: await Promise.all(overviews), subjects: await Promise.all(subjects) };
}

/**
 * Leaves out, until the rest has room: choices of several slicers together; then the last subjects, of the page that
 * takes most, down to the first part of each; then each slicer, from the last; then the first subjects. The answers without any choice stay.
 */
export function embed({ answers, overviews, subjects }: Packed, room: number): Embedded {
  const kept = new Set<OverviewPart | SubjectPart>([...overviews, ...subjects]);
  const bytes = (): number => [...kept].reduce((sum, part) => sum + part.data.length, 0);
  for (const part of dropOrder(overviews, subjects)) {
    if (bytes() <= room) break;
    kept.delete(part);
  }
  const dropped = overviews.filter((part) => !kept.has(part));
  return {
    holds: "answers",
    parts: [...kept].map(({ name, data }) => ({ name, data })),
    subjects: new Map(answers.subjects.map(({ page }) => [page, subjects.filter((part) => part.page === page && kept.has(part)).flatMap((part) => part.subjects)])),
    leftOut: [
      ...[...answers.tooMany, ...dropped].map(({ by, choices }) => ({ kind: "choices" as const, by, choices })),
      ...answers.subjects.flatMap((asked) => fewerSubjects(asked, subjects.filter((part) => part.page === asked.page), kept)),
    ],
    bytes: bytes(),
  };
}

function* dropOrder(overviews: readonly OverviewPart[], subjects: readonly SubjectPart[]): Generator<OverviewPart | SubjectPart> {
  yield* overviews.filter(({ by }) => by.length > 1).reverse();
  const left = [...subjects];
  const isFirst = (part: SubjectPart): boolean => subjects.find(({ page }) => page === part.page) === part;
  const size = (page: Page): number => left.reduce((sum, part) => sum + (part.page === page ? part.data.length : 0), 0);
  for (;;) {
    const last = left.filter((part) => !isFirst(part)).sort((one, other) => size(other.page) - size(one.page))[0];
    const next = left.findLast((part) => part.page === last?.page);
    if (next === undefined) break;
    left.splice(left.indexOf(next), 1);
    yield next;
  }
  yield* overviews.filter(({ by }) => by.length === 1).reverse();
  yield* left;
}

function fewerSubjects({ page, isAll }: SubjectAnswers, parts: readonly SubjectPart[], kept: ReadonlySet<Part>): readonly LeftOut[] {
  const count = (of: readonly SubjectPart[]): number => of.reduce((sum, part) => sum + part.subjects.length, 0);
  const [all, rest] = [count(parts), count(parts.filter((part) => kept.has(part)))];
  return isAll && rest === all ? [] : [{ kind: "subjects", page, kept: rest, of: isAll ? all : null }];
}

function subjectParts({ page, answers }: SubjectAnswers): readonly Promise<SubjectPart>[] {
  const order = bySubject(page, answers);
  const chunks = Array.from({ length: Math.ceil(order.length / SUBJECTS_IN_PART) }, (_, number) => order.slice(number * SUBJECTS_IN_PART, (number + 1) * SUBJECTS_IN_PART));
  return chunks.map(async (chunk, number) => ({ page, subjects: chunk.map(([subject]) => subject), ...(await packPart(partName({ page: page.id, number }), chunk.flatMap(([, own]) => own))) }));
}

/** Subjects with their answers, by the page's first figure over all years, greatest first, then by name. */
function bySubject(page: Page, answers: readonly Answer[]): readonly (readonly [string, readonly Answer[]])[] {
  const { name } = weightOf(page);
  const found = new Map<string, { weight: Exact; readonly answers: Answer[] }>();
  for (const answer of answers) {
    const subject = answer.selection.subject ?? "";
    const entry = found.get(subject) ?? { weight: zero, answers: [] };
    found.set(subject, entry);
    entry.answers.push(answer);
    if (answer.tile === page.tiles[0]) entry.weight = add(entry.weight, parseExact(answer.rows[0]?.[name]) ?? zero);
  }
  return [...found].sort(([one, left], [other, right]) => compare(right.weight, left.weight) || (one < other ? -1 : 1)).map(([subject, { answers: own }]) => [subject, own]);
}

async function packPart(name: string, answers: readonly Answer[]): Promise<Part> {
  const words = newWords();
  const found: Record<string, Record<string, Record<string, string>>> = {};
  for (const { page, tile, selection, rows } of answers) ((found[page.id] ??= {})[answerKey(tile, selection)] ??= {})[tile.id] = compact(tile, rows, words);
  const content: PartContent = { answers: found, words: words.list };
  return packed(name, JSON.stringify(content));
}
