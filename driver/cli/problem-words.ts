// What the text of a problem is made of, and the few phrases that all of them share.

import type { Place, ProblemCode, ProblemOf, ProblemSource } from "../problems.js";

export interface ProblemText {
  readonly source: ProblemSource;
  readonly headline: string;
  readonly notes?: readonly string[];
  readonly help?: string;
}

export type Texts<C extends ProblemCode> = { readonly [K in C]: (problem: ProblemOf<K>) => ProblemText };

/** "did you mean `x`?" when the first of the known names is near, else all of them. */
export function suggestion(known: readonly string[], near: string | undefined): string | undefined {
  if (near !== undefined) return `did you mean \`${near}\`?`;
  return known.length === 0 ? undefined : `known are ${known.join(", ")}`;
}

/** Stages cost cents: below a dollar four digits are told. */
export const dollars = (usd: number): string => `$${usd.toFixed(usd < 1 ? 4 : 2)}`;

export const plural = (count: number, noun: string): string => `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;

/** file:line:column   the words there */
export function placeText(at: Place): string {
  const position = at.line === undefined ? "" : at.column === undefined ? `:${at.line}` : `:${at.line}:${at.column}`;
  return `${at.file}${position}${at.text === undefined ? "" : `   ${at.text}`}`;
}

/** "12.3 MB", by powers of ten. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1);
  return `${(value / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ""}`;
}
