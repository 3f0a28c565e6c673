// In: a person and true totals. Out: the 84 cells of the by Provider line, suppressed as CMS does.
// Never here: planted defects: what leaves here breaks no rule.
import { decimalText } from "./bytes.js";
import { BENE_SHARES } from "./facts/shape.js";
import { streetName } from "./names.js";
import { rucaText } from "./places.js";
import type { Person } from "./population.js";
import type { Stream } from "./random.js";
import type { Sum, Totals } from "./totals.js";

const small = (n: number): boolean => n > 0 && n < 11;
const cents = (n: number): string => decimalText(n, 100);

/**
 * Complementary cells: 1 to 10 is suppressed (`*`), and when only one is, the next-lowest filled one goes too (`#`),
 * because the total would give the small one away.
 */
export function suppressGroup(cells: readonly number[]): readonly ("" | "*" | "#")[] {
  const flags = cells.map((n): "" | "*" | "#" => (small(n) ? "*" : ""));
  if (flags.filter((flag) => flag === "*").length !== 1) return flags;
  const next = cells.reduce((best, n, at) => (n > 10 && (best < 0 || n < (cells[best] ?? 0)) ? at : best), -1);
  if (next >= 0) flags[next] = "#";
  return flags;
}

/** Splits a whole number by shares; parts are whole and add up to it. */
export function splitWhole(total: number, shares: readonly number[]): number[] {
  const sum = shares.reduce((a, b) => a + b, 0);
  let before = 0;
  let given = 0;
  return shares.map((share) => {
    before += share;
    const upTo = Math.round((total * before) / sum);
    const part = upTo - given;
    given = upTo;
    return part;
  });
}

const shaken = (shares: readonly number[], stream: Stream): number[] => shares.map((share) => share * (0.6 + 0.8 * stream.unit()));

/** flag, claims, cost for each complementary group. */
function groups(sums: readonly Pick<Sum, "claims" | "cost">[]): string[] {
  const flags = suppressGroup(sums.map((sum) => sum.claims));
  return sums.flatMap((sum, at) => {
    const flag = flags[at] ?? "";
    return flag === "" ? ["", String(sum.claims), cents(sum.cost)] : [flag, "", ""];
  });
}

function halves(all: Sum, share: number): readonly Pick<Sum, "claims" | "cost">[] {
  const claims = Math.round(all.claims * share);
  const cost = claims === 0 ? 0 : claims === all.claims ? all.cost : Math.round(all.cost * share);
  return [{ claims, cost }, { claims: all.claims - claims, cost: all.cost - cost }];
}

/** Claims, cost, days, beneficiaries, rate: blank without a flag when the claims are 1 to 10. */
function counted(sum: Sum, of: number): string[] {
  if (small(sum.claims)) return ["", "", "", "", ""];
  const rate = of === 0 ? "" : String(Math.round((sum.claims / of) * 10000) / 100);
  return [String(sum.claims), cents(sum.cost), String(sum.days), small(sum.benes) ? "" : String(sum.benes), rate];
}

/** Counts of beneficiaries that add up to the total, suppressed without a flag. */
function benefits(total: number, shares: readonly number[]): string[] {
  if (total < 11) return shares.map(() => "");
  const parts = splitWhole(total, shares);
  const flags = suppressGroup(parts);
  return parts.map((part, at) => (flags[at] === "" ? String(part) : ""));
}

function aged(totals: Totals): string[] {
  const { all, aged: over } = totals;
  const [flag = ""] = suppressGroup([over.claims, all.claims - over.claims]);
  const values = flag === "" ? [String(over.claims), decimalText(over.fills, 10), cents(over.cost), String(over.days)] : ["", "", "", ""];
  const [pairFlag = ""] = suppressGroup([over.benes, all.benes - over.benes]);
  // With the total itself blank, a filled 65+ count can only be the 0 or would give the total away.
  const beneFlag = pairFlag === "" && all.benes < 11 && over.benes > 0 ? "*" : pairFlag;
  return [flag, ...values, beneFlag, beneFlag === "" ? String(over.benes) : ""];
}

function antipsychotic(totals: Totals): string[] {
  const sum = totals.antipsychotic65;
  const over = totals.aged.claims;
  const hidden = suppressGroup([over, totals.all.claims - over])[0] !== "";
  const flag = hidden ? "#" : small(sum.claims) ? "*" : "";
  const beneFlag = flag !== "" ? flag : small(sum.benes) ? "*" : "";
  return [flag, ...(flag === "" ? [String(sum.claims), cents(sum.cost)] : ["", ""]), beneFlag, beneFlag === "" ? String(sum.benes) : ""];
}

const CREDENTIALS = ["MD", "M.D.", "D.O.", "DO", "NP", "PA-C", "DDS", "FNP", ""] as const;

function who(person: Person, stream: Stream): string[] {
  const { place } = person;
  const letter = stream.unit() < 0.68 && !person.organisation ? String.fromCharCode(65 + stream.below(26)) : "";
  const credentials = person.organisation ? "" : (CREDENTIALS[stream.below(CREDENTIALS.length)] ?? "");
  const second = stream.unit() < 0.34 ? `Suite ${100 + stream.below(800)}` : "";
  return [
    person.npi, person.last, person.first, letter, credentials, person.organisation ? "O" : "I", streetName(stream), second, place.city, place.state,
    place.fips, place.zip, place.ruca, rucaText(place.ruca), place.country, person.specialty.name, person.typeSource,
  ];
}

/** The by Provider line of a prescriber as cells, in the order of PROVIDER_COLUMNS. */
export function providerCells(person: Person, totals: Totals, stream: Stream): string[] {
  const { all, opioid } = totals;
  const cells = who(person, stream);
  const planShare = 0.35 + 0.4 * stream.unit();
  const poorShare = 0.1 + 0.4 * stream.unit();
  const under = Math.max(0, all.benes - totals.aged.benes);
  const ages = splitWhole(totals.aged.benes, shaken(BENE_SHARES.ages.slice(1), stream));
  cells.push(
    String(all.claims), decimalText(all.fills, 10), cents(all.cost), String(all.days), all.benes < 11 ? "" : String(all.benes),
    ...aged(totals),
    ...groups([totals.brand, totals.generic, totals.other]),
    ...groups(halves(all, planShare)), ...groups(halves(all, poorShare)),
    ...counted(opioid, all.claims),
    ...(small(opioid.claims) ? ["", "", "", "", ""] : counted(totals.longActing, opioid.claims)),
    ...counted(totals.antibiotic, 0).slice(0, 2), ...counted(totals.antibiotic, 0).slice(3, 4),
    ...antipsychotic(totals),
    all.benes < 11 ? "" : String(Math.round((66 + 10 * stream.unit()) * 10) / 10),
    ...benefits(all.benes, [under, ...ages]),
    ...benefits(all.benes, shaken(BENE_SHARES.sexes, stream)), ...benefits(all.benes, shaken(BENE_SHARES.races, stream)), ...benefits(all.benes, shaken(BENE_SHARES.dual, stream)),
    all.benes < 11 ? "" : String(Math.round((0.6 + 1.8 * stream.unit()) * 10000) / 10000),
  );
  return cells;
}
