// Shorthand for the rule tables beside this file: id, name and severity first, the rest by name.

import type { RowRule, Severity } from "../../../driver/job.js";
import { STATE_CODES } from "../state-codes.js";

type Rest = Pick<RowRule, "violates" | "why" | "baseRate"> & Partial<Pick<RowRule, "needs" | "blocks" | "tolerance">>;

export function row(id: string, name: string, severity: Severity, rest: Rest): RowRule {
  return { kind: "row", id, name, severity, ...rest };
}

const sqlList = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(", ");

/** Predicate: the state is none of the codes that CMS publishes. */
export const isNoState = (state: string): string => `${state} not in (${sqlList(STATE_CODES.map(({ code }) => code))})`;

/** FIPS codes of the states, DC and the territories whose code is fixed; military and unknown ones vary within 9A to 9E. */
const STATE_FIPS =
  "AL01 AK02 AZ04 AR05 CA06 CO08 CT09 DE10 DC11 FL12 GA13 HI15 ID16 IL17 IN18 IA19 KS20 KY21 LA22 ME23 MD24 MA25 MI26 MN27 MS28 MO29 MT30 NE31 NV32 NH33 " +
  "NJ34 NM35 NY36 NC37 ND38 OH39 OK40 OR41 PA42 RI44 SC45 SD46 TN47 TX48 UT49 VT50 VA51 WA53 WV54 WI55 WY56 AS60 GU66 MP69 PR72 VI78";

/** Predicate: the FIPS code is not the state's. One look-up in a fixed list a row; a code of 9A to 9E goes with any state. */
export function fipsDisagrees(state: string, fips: string): string {
  return `concat(${state}, ${fips}) not in (${sqlList(STATE_FIPS.split(" "))}) and ${fips} not in ('9A', '9B', '9C', '9D', '9E')`;
}

/** Predicate: some of the texts hold a replacement or control character, or outer blanks. Null texts do not count. */
export function unclean(columns: readonly string[]): string {
  const joined = `concat_ws('', ${columns.join(", ")})`;
  const trimmed = columns.map((column) => `${column} != trim(${column})`).join(" or ");
  // Nearly every text is printable ASCII: a test that Java does in one tight loop spares it the slow one.
  return `(${joined} not rlike '^[ -~]*\\\\z' and ${joined} rlike '[\\\\x00-\\\\x1f\\\\x7f\\\\ufffd]') or ${trimmed}`;
}

/** Predicate: some raw text is there and its typed column is not: it is no number of that type. */
export function notANumber(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([raw, typed]) => `(${raw} is not null and ${typed} is null)`)
    .join(" or ");
}
