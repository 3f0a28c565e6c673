// Names and marks of the tables we make: staging and former generations, quoting, and the tag in a table's comment.
// Text in, text out. A table without our tag is never ours, whatever its name.

import { z } from "zod";
import type { Tag } from "./set.js";

/** Backquoted, for a statement. */
export const name = (identifier: string): string => `\`${identifier.replaceAll("`", "``")}\``;

/** A string literal. Sessions keep backslash escapes on. */
export const text = (value: string): string =>
  `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\0", "\\0").replaceAll("\n", "\\n")}'`;

/** A publication's id as part of a table's name: some servers fold names to lower case, so we do it first. */
const suffix = (publication: string): string => publication.toLowerCase().replace(/[^a-z0-9]+/g, "_");

export const stagingOf = (table: string, publication: string): string => `${table}__${suffix(publication)}`;
export const formerOf = (table: string, publication: string): string => `${table}__old_${suffix(publication)}`;

/** MySQL's limits, in characters. */
export const NAME_LIMIT = 64;
const TABLE_COMMENT_LIMIT = 2048;
const COLUMN_COMMENT_LIMIT = 1024;

const tagForm = z.object({
  set: z.string(),
  publication: z.string(),
  run: z.string(),
  version: z.string(),
  at: z.string(),
  rows: z.number(),
  hash: z.string(),
  contract: z.string(),
  years: z.array(z.number()),
  // Tables of a version that did not keep it are ours as well.
  snapshots: z.record(z.string(), z.string()).default({}),
  members: z.array(z.string()),
});

/** "One row a drug … [carelake {…}]". The meaning is cut when both do not fit. */
export function tableComment(meaning: string, tag: Tag): string {
  const mark = `[carelake ${JSON.stringify(tag)}]`;
  return `${cut(meaning, TABLE_COMMENT_LIMIT - mark.length - 1)} ${mark}`;
}

/** The tag in a table's comment; undefined when the table is not ours. */
export function tagOf(comment: string): Tag | undefined {
  const found = /\[carelake (\{.*\})\]$/.exec(comment)?.[1];
  if (found === undefined) return undefined;
  try {
    const parsed = tagForm.safeParse(JSON.parse(found));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export const columnComment = (meaning: string, unit: string | undefined): string =>
  cut(unit === undefined ? meaning : `${meaning} (${unit})`, COLUMN_COMMENT_LIMIT);

const cut = (words: string, limit: number): string => (words.length <= limit ? words : `${words.slice(0, Math.max(0, limit - 1))}…`);
