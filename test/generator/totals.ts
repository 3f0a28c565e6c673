// In: the detail rows of a prescriber. Out: the prescriber's true totals, those of hidden drug rows included.
// Never here: suppression and text (provider.ts).
import type { Drug } from "./catalogue.js";
import { HIDDEN } from "./facts/shape.js";
import type { Rows } from "./measures.js";
import type { Stream } from "./random.js";

/** Claims, cost (cents), fills (tenths), days, beneficiaries of one group of drugs or patients. */
export type Sum = { claims: number; cost: number; fills: number; days: number; benes: number };

/** True totals of a prescriber before suppression; `detail` is what the published rows alone add up to. */
export type Totals = {
  readonly all: Sum; readonly aged: Sum; readonly brand: Sum; readonly generic: Sum; readonly other: Sum;
  readonly opioid: Sum; readonly longActing: Sum; readonly antibiotic: Sum; readonly antipsychotic65: Sum; readonly detail: Sum;
};

const zero = (): Sum => ({ claims: 0, cost: 0, fills: 0, days: 0, benes: 0 });

type Part = { readonly claims: number; readonly cost: number; readonly fills: number; readonly days: number; readonly benes: number };

function add(to: Sum, part: Part): void {
  to.claims += part.claims;
  to.cost += part.cost;
  to.fills += part.fills;
  to.days += part.days;
  // Patients overlap between drugs: a group has at least those of its largest drug.
  to.benes = Math.max(to.benes, part.benes);
}

/** Adds the rows and the drugs hidden below the threshold; every total is at least the sum of the published rows. */
export function totalsOf(rows: Rows, drugs: readonly Drug[], of: { readonly stream: Stream; readonly aged: number }): Totals {
  const totals = {
    all: zero(), aged: zero(), brand: zero(), generic: zero(), other: zero(),
    opioid: zero(), longActing: zero(), antibiotic: zero(), antipsychotic65: zero(), detail: zero(),
  };
  for (let at = 0; at < rows.count; at++) {
    const drug = drugs[rows.drug[at] ?? 0];
    if (drug === undefined) continue;
    const part = { claims: rows.claims[at] ?? 0, cost: rows.cost[at] ?? 0, fills: rows.fills[at] ?? 0, days: rows.days[at] ?? 0, benes: rows.benesTrue[at] ?? 0 };
    const over = rows.claims65True[at] ?? 0;
    const aged = { claims: over, cost: rows.cost65True[at] ?? 0, fills: rows.fills65True[at] ?? 0, days: rows.days65True[at] ?? 0, benes: Math.min(over, Math.round((part.benes * over) / part.claims)) };
    add(totals.all, part);
    add(totals.aged, aged);
    add(totals[drug.kind], part);
    if (drug.opioid) add(totals.opioid, part);
    if (drug.longActing) add(totals.longActing, part);
    if (drug.antibiotic) add(totals.antibiotic, part);
    if (drug.antipsychotic) add(totals.antipsychotic65, aged);
  }
  Object.assign(totals.detail, totals.all);
  addHidden(totals, rows.count, of);
  widen(totals.all, of.stream);
  totals.aged.benes = Math.min(totals.aged.claims, Math.max(totals.aged.benes, Math.round((totals.all.benes * totals.aged.claims) / totals.all.claims)), totals.all.benes);
  return totals;
}

function addHidden(totals: Totals, count: number, of: { readonly stream: Stream; readonly aged: number }): void {
  const { stream } = of;
  const drugsHidden = (HIDDEN.drugsBase * stream.unit() + HIDDEN.drugsPerRow * count) * (0.6 + 0.8 * stream.unit());
  // A prescriber without rows is published from 11 claims on.
  const claims = Math.round(drugsHidden * HIDDEN.claimsPerDrug) + (count === 0 ? 11 : 0);
  const share = (part: number): number => Math.round(claims * part * (0.5 + stream.unit()));
  const perClaim = HIDDEN.costPerClaim * 100 * Math.exp(0.8 * stream.normal());
  const hidden = (n: number): Part => ({ claims: n, cost: Math.round(n * perClaim), fills: n * 15, days: n * 41, benes: Math.min(n, 10) });
  const brand = Math.min(claims, share(0.14));
  const other = Math.min(claims - brand, share(0.008));
  const parts = [hidden(brand), hidden(other), hidden(claims - brand - other)] as const;
  add(totals.brand, parts[0]);
  add(totals.other, parts[1]);
  add(totals.generic, parts[2]);
  for (const part of parts) add(totals.all, part);
  const opioid = Math.min(claims, share(0.03));
  add(totals.opioid, hidden(opioid));
  add(totals.longActing, hidden(Math.round(opioid * 0.1)));
  const agedHidden = hidden(Math.round(claims * of.aged));
  add(totals.aged, { ...agedHidden, cost: Math.min(agedHidden.cost, totals.all.cost - totals.aged.cost) });
  add(totals.antibiotic, hidden(Math.min(claims - opioid, share(0.05))));
  add(totals.antipsychotic65, hidden(Math.min(agedHidden.claims, share(0.01))));
}

/** Patients of the whole practice: a patient has about six claims a year with one prescriber, never fewer patients than one drug has. */
function widen(all: Sum, stream: Stream): void {
  const perBene = 2.2 + 6 * stream.unit();
  all.benes = Math.min(all.claims, Math.max(all.benes, Math.round(all.claims / perBene)));
}
