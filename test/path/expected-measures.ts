// In: the source's files in DuckDB, a year at a time. Out: every measure of Part D's report for the whole and for each
// value of a slicer, as SQL and fractions written from what the measures mean. Never here: anything of jobs/ or reports/.

import type { DuckDBConnection } from "@duckdb/node-api";
import { PERSON } from "./expected-part-d.js";
import { rowsOf } from "./lake.js";

/** A figure computed from whole numbers: part / whole; whole is 1 for a plain one, null where nothing is known. */
export interface Fraction {
  readonly part: bigint;
  readonly whole: bigint;
}

/** Adds the year of the files that are open (openSources) to the rows that measures are taken of. */
export async function addYear(db: DuckDBConnection, year: number): Promise<void> {
  const line = `select ${String(year)} as year, d.npi, person.state, person.specialty, d.brand, d.generic, lower(d.brand) <> lower(d.generic) as branded, d.claims, (d.cost * 100)::bigint as cents
    from detail d join person using (npi)`;
  const someone = `select ${String(year)} as year, npi, person.state, person.specialty, provider.claims as all_claims, provider.opioid, provider.antibiotic from person left join provider using (npi)`;
  for (const [table, rows] of Object.entries({ line, someone })) {
    await db.run(`create table if not exists ${table} as with ${PERSON} ${rows} limit 0`);
    await db.run(`insert into ${table} with ${PERSON} ${rows}`);
  }
}

/** Whole numbers of a group of lines and of the prescribers behind them; money in cents. */
const COUNTED = {
  line: {
    claims: "sum(claims)", cents: "sum(cents)", generics: "count(distinct generic)", brands: "count(distinct brand)", pairs: "count(distinct (brand, generic))",
    branded_claims: "sum(claims) filter (branded)", branded_cents: "sum(cents) filter (branded)", npis: "count(distinct npi)",
  },
  someone: {
    opioid: "sum(opioid)", opioid_of: "sum(all_claims) filter (opioid is not null)", opioid_npis: "count(*) filter (opioid is not null)",
    antibiotic: "sum(antibiotic)", antibiotic_of: "sum(all_claims) filter (antibiotic is not null)", antibiotic_npis: "count(*) filter (antibiotic is not null)",
  },
} as const;

type Counted = keyof (typeof COUNTED)["line"] | keyof (typeof COUNTED)["someone"];
type Group = Readonly<Partial<Record<Counted, bigint | null>>>;

/** Groups of a year and of the year before it, and for a prescriber those of the same specialty and state. */
export interface Groups {
  readonly now: Group;
  readonly before: Group;
  readonly peers: Group;
}

const plain = (name: Counted, per = 1n) => ({ now }: Groups): Fraction | null => fraction(now[name], per);
const per = (part: Counted, whole: Counted, scale = 1n) => ({ now }: Groups): Fraction | null => fraction(now[part], (now[whole] ?? 0n) * scale);
const earlier = (figure: (groups: Groups) => Fraction | null) => ({ before, peers }: Groups): Fraction | null => figure({ now: before, before: {}, peers });
const ofPeers = (figure: (groups: Groups) => Fraction | null) => ({ peers }: Groups): Fraction | null => figure({ now: peers, before: {}, peers: {} });
const rise = (name: Counted, scale = 1n) => ({ now, before }: Groups): Fraction | null => fraction(less(now[name], before[name]), scale);
const change = (name: Counted) => ({ now, before }: Groups): Fraction | null => fraction(less(now[name], before[name]), before[name] ?? 0n);

const CENTS = 100n;
const VOLUME = {
  claims: plain("claims"), cost_usd: plain("cents", CENTS), cost_per_claim: per("cents", "claims", CENTS),
  claims_year_before: earlier(plain("claims")), cost_usd_year_before: earlier(plain("cents", CENTS)), cost_per_claim_year_before: earlier(per("cents", "claims", CENTS)),
  claims_rise: rise("claims"), cost_usd_rise: rise("cents", CENTS), claims_change: change("claims"), cost_usd_change: change("cents"),
} as const;

/** By table and measure. A measure that is not here has no second calculation: the tests say so. */
export const MEASURES: Readonly<Record<string, Readonly<Record<string, (groups: Groups) => Fraction | null>>>> = {
  drug_utilization: {
    ...VOLUME, generic_names: plain("generics"), brand_names: plain("brands"), pairs: plain("pairs"),
    brand_claims: plain("branded_claims"), brand_cost_usd: plain("branded_cents", CENTS), brand_share_of_claims: per("branded_claims", "claims"), brand_share_of_cost: per("branded_cents", "cents"),
  },
  prescriber_report: {
    ...VOLUME, prescribers: plain("npis"), peers: ofPeers(plain("npis")), cost_per_claim_of_peers: ofPeers(per("cents", "claims", CENTS)),
    opioid_claims: plain("opioid"), claims_with_known_opioid: plain("opioid_of"), opioid_rate: per("opioid", "opioid_of"), opioid_rate_of_peers: ofPeers(per("opioid", "opioid_of")), prescribers_with_known_opioid: plain("opioid_npis"), peers_with_known_opioid: ofPeers(plain("opioid_npis")),
    antibiotic_claims: plain("antibiotic"), claims_with_known_antibiotic: plain("antibiotic_of"), antibiotic_rate: per("antibiotic", "antibiotic_of"), antibiotic_rate_of_peers: ofPeers(per("antibiotic", "antibiotic_of")), prescribers_with_known_antibiotic: plain("antibiotic_npis"), peers_with_known_antibiotic: ofPeers(plain("antibiotic_npis")),
  },
};

export type Slice = "whole" | "state" | "specialty" | "npi" | "generic";

/** The groups of a year by the value of a slicer; "" for the whole. */
export async function groupsOf(db: DuckDBConnection, year: number, slice: Slice): Promise<ReadonlyMap<string, Groups>> {
  const [now, before] = [await counted(db, year, slice), await counted(db, year - 1, slice)];
  const peers = slice === "npi" ? await counted(db, year, "peers") : new Map<string, Group>();
  const mates = new Map(slice === "npi" ? (await rowsOf(db, `select npi, specialty || '|' || state as mates from someone where year = ${String(year)}`)).map((row) => [row["npi"] ?? "", row["mates"] ?? ""]) : []);
  return new Map([...now].map(([key, group]) => [key, { now: group, before: before.get(key) ?? {}, peers: peers.get(mates.get(key) ?? "") ?? {} }]));
}

async function counted(db: DuckDBConnection, year: number, slice: Slice | "peers"): Promise<ReadonlyMap<string, Group>> {
  const key = slice === "whole" ? "''" : slice === "peers" ? "specialty || '|' || state" : slice;
  const groups = new Map<string, Group>();
  // A generic name is a line's; a prescriber's own totals are of no drug.
  for (const [table, figures] of Object.entries(COUNTED).slice(0, slice === "generic" ? 1 : 2)) {
    const columns = Object.entries(figures).map(([name, sql]) => `(${sql})::bigint as ${name}`);
    for (const { slice_key, ...row } of await rowsOf(db, `select ${key} as slice_key, ${columns.join(", ")} from ${table} where year = ${String(year)} group by all`)) {
      const numbers = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : BigInt(value)]));
      groups.set(slice_key ?? "", { ...groups.get(slice_key ?? ""), ...numbers });
    }
  }
  return groups;
}

function fraction(part: bigint | null | undefined, whole: bigint): Fraction | null {
  return part === null || part === undefined || whole === 0n ? null : { part, whole };
}

function less(left: bigint | null | undefined, right: bigint | null | undefined): bigint | null {
  return left === null || left === undefined || right === null || right === undefined ? null : left - right;
}

/** True when the digits that a database printed are those of the fraction, to half a unit of the last one. */
export function isEqual(text: string | null, expected: Fraction | null): boolean {
  if (text === null || expected === null) return text === null && expected === null;
  const digits = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (digits === null) throw new Error(`${text} is no decimal number`);
  const scale = 10n ** BigInt(digits[3]?.length ?? 0);
  const units = BigInt(`${digits[1] ?? ""}${digits[2] ?? ""}${digits[3] ?? ""}`);
  const apart = 2n * (units * expected.whole - expected.part * scale);
  return (apart < 0n ? -apart : apart) <= (expected.whole < 0n ? -expected.whole : expected.whole);
}
