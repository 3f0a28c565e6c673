// Shorthand for the rule tables beside this file: id, name and severity first, the rest by name.

import type { RowRule, Severity } from "../../../driver/job.js";

type Rest = Pick<RowRule, "violates" | "why" | "baseRate"> & Partial<Pick<RowRule, "needs" | "blocks" | "tolerance">>;

export function row(id: string, name: string, severity: Severity, rest: Rest): RowRule {
  return { kind: "row", id, name, severity, ...rest };
}

const sqlList = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(", ");

/** 50 states, DC, territories, military, XX unknown, ZZ foreign: every code CMS publishes. */
export const STATE_CODES = sqlList(
  (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY " +
    "DC AS GU MP PR VI FM AA AE AP XX ZZ"
  ).split(" "),
);

/** Predicate: some of the texts hold a replacement or control character, or outer blanks. Null texts do not count. */
export function unclean(columns: readonly string[]): string {
  const joined = `concat_ws('', ${columns.join(", ")})`;
  const trimmed = columns.map((column) => `${column} != trim(${column})`).join(" or ");
  return `${joined} rlike '[\\\\x00-\\\\x1f\\\\x7f\\\\ufffd]' or ${trimmed}`;
}

/** Predicate: some raw text is there and its typed column is not: it is no number of that type. */
export function notANumber(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([raw, typed]) => `(${raw} is not null and ${typed} is null)`)
    .join(" or ");
}
