// In: a prescriber with a number of rows. Out: drugs and measures of each row, before and after suppression.
// Never here: text, files, planted defects: what leaves here breaks no rule.
import type { Drug } from "./catalogue.js";
import { AGED_SPREAD, CLAIM_QUANTILES, CLAIMS_PER_BENE, MOST_ROWS, ROW_SPREAD, YEARLY_PAUSE } from "./facts/shape.js";
import type { SpecialtyFact } from "./facts/specialties.js";
import { MIXES } from "./facts/specialties.js";
import type { Alias } from "./random.js";
import { aliasOf, draw, normalHigh, normalLow, PURPOSE, Stream } from "./random.js";

/** Suppression flags as bytes of the file: 0 none, 42 `*`, 35 `#`. */
export const NONE = 0;
export const STAR = 42;
export const HASH = 35;

/**
 * Rows of one prescriber, reused from one to the next. Fills in tenths, money in cents, -1 = suppressed.
 * `claims65True` is the 65+ claims before suppression: the provider's totals are built from it.
 */
export type Rows = {
  count: number; readonly drug: Uint16Array; readonly claims: Int32Array; readonly fills: Int32Array; readonly days: Int32Array; readonly cost: Float64Array;
  readonly benes: Int32Array; readonly flag: Uint8Array; readonly claims65: Int32Array; readonly fills65: Int32Array; readonly cost65: Float64Array;
  readonly days65: Int32Array; readonly beneFlag: Uint8Array; readonly benes65: Int32Array;
  readonly claims65True: Int32Array; readonly fills65True: Int32Array; readonly cost65True: Float64Array; readonly days65True: Int32Array; readonly benesTrue: Int32Array;
};

/** Room for the largest prescriber. */
export function newRows(): Rows {
  const ints = (): Int32Array => new Int32Array(MOST_ROWS);
  const money = (): Float64Array => new Float64Array(MOST_ROWS);
  const flags = (): Uint8Array => new Uint8Array(MOST_ROWS);
  return {
    count: 0, drug: new Uint16Array(MOST_ROWS), claims: ints(), fills: ints(), days: ints(), cost: money(), benes: ints(), flag: flags(), claims65: ints(), fills65: ints(),
    cost65: money(), days65: ints(), beneFlag: flags(), benes65: ints(), claims65True: ints(), fills65True: ints(), cost65True: money(), days65True: ints(), benesTrue: ints(),
  };
}

/** Fills `rows` for a prescriber. */
export type RowMaker = (rows: Rows, of: { readonly index: number; readonly year: number; readonly count: number; readonly volume: number; readonly specialty: SpecialtyFact }) => void;

/** Makes the maker: tables over the catalogue are built once. */
export function rowMaker(drugs: readonly Drug[], seed: number): RowMaker {
  const chooser = drugChooser(drugs, seed);
  const pull = Float64Array.from(drugs, (d) => 0.38 * d.pull);
  const fill = Float64Array.from(drugs, (d) => d.fill);
  const cents = Float64Array.from(drugs, (d) => d.dollars * 100);
  const short = Uint8Array.from(drugs, (d) => (d.short ? 1 : 0));
  const stream = new Stream();
  return (rows, of) => {
    rows.count = of.count;
    chooser(rows.drug, of);
    stream.start(seed, PURPOSE.provider, of.index, of.year);
    // Weighted by rows, prescribers of high volume count more: their mean lies near ROW_SPREAD.
    const level = 0.38 * (of.volume - 0.85 * ROW_SPREAD);
    const aged = clamp(of.specialty.aged + AGED_SPREAD.prescriber * stream.normal(), 0.03, 0.995);
    const dear = 1 + 0.02 * (of.year - 2023);
    for (let at = 0; at < of.count; at++) {
      const d = rows.drug[at] ?? 0;
      const first = stream.word();
      const second = stream.word();
      const claims = claimsAt(level + (pull[d] ?? 0) + 0.843 * normalHigh(first));
      rows.claims[at] = claims;
      rows.fills[at] = short[d] === 1 ? claims * 10 : longFills(claims, fill[d] ?? 1, normalLow(first), stream);
      rows.days[at] = short[d] === 1 ? Math.max(claims, Math.round(claims * (5 + 9 * stream.unit()))) : Math.max(claims, Math.round(((rows.fills[at] ?? 0) / 10) * (29.6 + 0.6 * normalHigh(second) - 0.4)));
      const perClaim = (cents[d] ?? 0) * dear * (0.4 + (0.06 * (rows.fills[at] ?? 0)) / (claims * (fill[d] ?? 1)));
      rows.cost[at] = Math.max(1, Math.round(claims * perClaim * Math.exp(0.28 * normalLow(second))));
      suppress(rows, at, { stream, aged, perBene: short[d] === 1 ? CLAIMS_PER_BENE.short : CLAIMS_PER_BENE.long / Math.sqrt((fill[d] ?? 1) / 1.7) });
    }
  };
}

function longFills(claims: number, perClaim: number, z: number, stream: Stream): number {
  const exact = claims * (1 + Math.max(0, (perClaim - 1) * (1 + 0.45 * z)));
  const tenths = stream.unit() < 0.55 ? Math.round(exact) * 10 : Math.round(exact * 10);
  return Math.min(claims * 120, Math.max(claims * 10, tenths));
}

type Patients = { readonly stream: Stream; readonly aged: number; readonly perBene: number };

/** Beneficiaries, the 65+ part and CMS's suppression: counts of 1 to 10 go, and so does what would give them away. */
function suppress(rows: Rows, at: number, patients: Patients): void {
  const { stream } = patients;
  const claims = rows.claims[at] ?? 0;
  const word = stream.word();
  const ratio = patients.perBene * Math.exp(CLAIMS_PER_BENE.spread * normalHigh(word));
  const benes = Math.max(1, Math.min(claims, Math.round(claims / Math.max(1, ratio))));
  const aged = clamp(patients.aged + AGED_SPREAD.row * normalLow(word), 0.02, 0.998);
  const under = binomial(benes, 1 - aged, stream);
  const claimsUnder = under === 0 ? 0 : under === benes ? claims : clamp(Math.round((claims * under) / benes * (1 + 0.25 * stream.normal())), under, claims - (benes - under));
  const over = claims - claimsUnder;
  rows.benesTrue[at] = benes;
  rows.benes[at] = benes < 11 ? -1 : benes;
  setPart65(rows, at, over, stream);
  const flag = small(over) ? STAR : small(claimsUnder) ? HASH : NONE;
  rows.flag[at] = flag;
  rows.claims65[at] = flag === NONE ? over : -1;
  rows.fills65[at] = flag === NONE ? (rows.fills65True[at] ?? 0) : -1;
  rows.cost65[at] = flag === NONE ? (rows.cost65True[at] ?? 0) : -1;
  rows.days65[at] = flag === NONE ? (rows.days65True[at] ?? 0) : -1;
  const beneFlag = small(benes - under) ? STAR : small(under) ? HASH : NONE;
  rows.beneFlag[at] = beneFlag;
  rows.benes65[at] = beneFlag === NONE ? benes - under : -1;
}

/** The 65+ share of fills, days and cost: 0 with 0 claims, the whole with all claims, else near the share of claims. */
function setPart65(rows: Rows, at: number, over: number, stream: Stream): void {
  const claims = rows.claims[at] ?? 0;
  const share = over / claims;
  const word = stream.word();
  const part = (whole: number, least: number, z: number): number =>
    over === 0 ? 0 : over === claims ? whole : clamp(Math.round(whole * share * (1 + 0.05 * z)), least * over, whole - least * (claims - over));
  rows.claims65True[at] = over;
  rows.fills65True[at] = part(rows.fills[at] ?? 0, 10, normalHigh(word));
  rows.days65True[at] = part(rows.days[at] ?? 0, 1, normalHigh(word));
  rows.cost65True[at] = part(rows.cost[at] ?? 0, 0, normalLow(word));
}

const small = (n: number): boolean => n > 0 && n < 11;
const clamp = (n: number, least: number, most: number): number => (n < least ? least : n > most ? most : n);

/** Binomial draw: by inversion when few are expected, by the normal approximation else. */
function binomial(n: number, p: number, stream: Stream): number {
  if (n * p > 14 && n * (1 - p) > 14) return clamp(Math.round(n * p + Math.sqrt(n * p * (1 - p)) * stream.normal()), 0, n);
  if (p > 0.5) return n - binomial(n, 1 - p, stream);
  let rest = stream.unit();
  let chance = (1 - p) ** n;
  for (let k = 0; k < n; k++) {
    if (rest < chance) return k;
    rest -= chance;
    chance *= ((n - k) * p) / ((k + 1) * (1 - p));
  }
  return n;
}

/** Claims at a standard normal level, by the quantiles of the facts. */
function claimsAt(z: number): number {
  const scaled = (clamp(z, -4, 4.99) + 4) * 128;
  const at = Math.floor(scaled);
  const low = CLAIMS[at] ?? 11;
  return Math.round(low + (scaled - at) * ((CLAIMS[at + 1] ?? low) - low));
}

const CLAIMS = claimTable();

function claimTable(): Float64Array {
  const table = new Float64Array(128 * 9 + 2);
  for (let at = 0; at < table.length; at++) {
    const p = normalShare(at / 128 - 4);
    const next = Math.max(1, CLAIM_QUANTILES.findIndex(([share]) => share >= p));
    const [p0, low] = CLAIM_QUANTILES[next - 1] ?? [0, 11];
    const [p1, high] = CLAIM_QUANTILES[next] ?? [1, 11];
    table[at] = low * (high / low) ** ((p - p0) / (p1 - p0));
  }
  return table;
}

/** Normal distribution function (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
function normalShare(z: number): number {
  if (z < 0) return 1 - normalShare(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return 1 - density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
}

type Choice = { readonly index: number; readonly year: number; readonly count: number; readonly specialty: SpecialtyFact };

/** Chooses distinct drugs, the same ones from year to year but for pauses, new drugs and the length of the list; sorted as the file is. */
function drugChooser(drugs: readonly Drug[], seed: number): (into: Uint16Array, of: Choice) => void {
  const picks = new Map<string, Alias>();
  for (const [name, mix] of Object.entries(MIXES)) {
    const likes = new Map<string, number>(Object.entries(mix));
    picks.set(name, aliasOf(drugs.map((d) => d.weight * (likes.get(d.cls) ?? mix.other))));
  }
  const from = Int32Array.from(drugs, (d) => d.from);
  const seen = new Int32Array(drugs.length);
  const stream = new Stream();
  const pauses = new Stream();
  let stamp = 0;
  return (into, of) => {
    const pick = picks.get(of.specialty.mix);
    if (pick === undefined) throw new Error(`no drug mix ${of.specialty.mix}`);
    stamp++;
    stream.start(seed, PURPOSE.drugs, of.index);
    pauses.start(seed, PURPOSE.drugs, of.index, of.year);
    let count = 0;
    for (let tries = of.count * 30 + 60; count < of.count && tries > 0; tries--) {
      const d = draw(pick, stream);
      if (seen[d] === stamp) continue;
      seen[d] = stamp;
      if ((from[d] ?? 0) <= of.year && pauses.unit() >= YEARLY_PAUSE) into[count++] = d;
    }
    for (let d = stream.below(drugs.length); count < of.count; d = (d + 1) % drugs.length) {
      if (seen[d] === stamp || (from[d] ?? 0) > of.year) continue;
      seen[d] = stamp;
      into[count++] = d;
    }
    into.subarray(0, count).sort();
  };
}
