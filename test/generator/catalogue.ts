// In: CMS's drug flag list (text), the named drugs. Out: about 3,600 brand and generic pairs with class, price and weight.
// Never here: prescribers. The catalogue does not depend on the seed, so drugs are the same in every data set and year.
import { NAMED_DRUGS } from "./facts/drugs.js";
import { FIRST_YEAR } from "./facts/shape.js";
import type { DrugClass } from "./facts/specialties.js";
import { CLASSES } from "./facts/specialties.js";
import { brandName, genericName } from "./names.js";
import { PURPOSE, Stream } from "./random.js";

/** Brand = a patented drug, generic = a copy, other = the rest of "by Provider"'s three groups. */
export type DrugKind = "brand" | "generic" | "other";

/** One drug. `dollars` a claim of usual length, `fill` 30-day fills a claim, `pull` how far its claims a row lie above the middle (standard normal). */
export type Drug = {
  readonly brand: string; readonly generic: string; readonly cls: DrugClass; readonly weight: number; readonly dollars: number; readonly fill: number;
  readonly short: boolean; readonly kind: DrugKind; readonly from: number; readonly pull: number;
  readonly opioid: boolean; readonly longActing: boolean; readonly antibiotic: boolean; readonly antipsychotic: boolean;
};

/** One line of CMS's drug list. */
export type ListedDrug = { readonly brand: string; readonly generic: string; readonly flags: readonly string[] };

const PAIRS = 3608; // national brand × generic rows of the 2023 geography file
const LISTED_SHARE = 3;
const INVENTED_SHARE = 18;
// A drug stands once in a prescriber's list, so the most used ones need more weight than their share of rows; fitted.
const SATURATION = 1.1;

/** Reads the drug list: title rows above the header, CRLF, quoted commas. Throws when the header is missing. */
export function readDrugList(text: string): readonly ListedDrug[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  const header = lines.findIndex((line) => line.startsWith("Drug Name,Generic Name,"));
  if (header < 0) throw new Error("the drug list has no header line beginning with: Drug Name,Generic Name,");
  return lines.slice(header + 1).map((line) => {
    const [brand = "", generic = "", ...flags] = splitCsv(line);
    return { brand, generic, flags };
  });
}

/** Splits one CSV line without line feeds in cells. */
export function splitCsv(line: string): string[] {
  const cells = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...cells].map((cell) => (cell[1] === undefined ? (cell[2] ?? "") : cell[1].replaceAll('""', '"')));
}

/** CMS's way to capitalise: a letter is upper case at the start and after anything but a letter, digit, apostrophe or comma. */
export const titleCase = (text: string): string => text.toLowerCase().replace(/(^|[^a-z0-9',])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());

/** Key of a pair, as every join makes it. */
export const pairKey = (brand: string, generic: string): string => `${brand.toUpperCase()}|${generic.toUpperCase()}`;

type Draft = Omit<Drug, "pull" | "opioid" | "longActing" | "antibiotic" | "antipsychotic">;

/** Builds the catalogue, sorted by brand, then generic, as the rows of a prescriber are. */
export function buildCatalogue(list: readonly ListedDrug[]): readonly Drug[] {
  const stream = new Stream().start(20230101, PURPOSE.catalogue, 0);
  const flagged = new Map(list.map((item) => [pairKey(item.brand, item.generic), item.flags]));
  const drafts = new Map<string, Draft>();
  for (const { brand, generic, cls, share, dollars, fill, short, brandKind, from } of NAMED_DRUGS) {
    drafts.set(pairKey(brand, generic), { brand, generic, cls, weight: share * (1 + SATURATION * share), dollars, fill, short, kind: brandKind ? "brand" : "generic", from });
  }
  addListed(drafts, list, stream);
  addInvented(drafts, flagged, stream);
  const pulls = pullOf([...drafts.values()], stream);
  const drugs = [...drafts.values()].map((draft, at): Drug => {
    const flags = flagged.get(pairKey(draft.brand, draft.generic)) ?? [];
    const [opioid, longActing, antibiotic, antipsychotic] = [0, 1, 2, 3].map((n) => flags[n] === "Y");
    return { ...draft, pull: pulls[at] ?? 0, opioid: opioid === true, longActing: longActing === true, antibiotic: antibiotic === true, antipsychotic: antipsychotic === true };
  });
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return drugs.sort((a, b) => order(a.brand, b.brand) || order(a.generic, b.generic));
}

function addListed(drafts: Map<string, Draft>, list: readonly ListedDrug[], stream: Stream): void {
  const fresh = list.filter((item) => !drafts.has(pairKey(item.brand, item.generic)));
  const scale = LISTED_SHARE / fresh.reduce((sum, _, at) => sum + 1 / (at + 8), 0);
  const ranks = shuffled(fresh.length, stream);
  fresh.forEach((item, at) => {
    const brand = titleCase(item.brand);
    const generic = titleCase(item.generic);
    const [opioid, , antibiotic] = item.flags.map((flag) => flag === "Y");
    const unbranded = brand.slice(0, 5) === generic.slice(0, 5);
    const cls = opioid === true ? "opi" : antibiotic === true ? "abx" : "psy";
    const dollars = unbranded ? 22 * Math.exp(0.7 * stream.normal()) : 380 * Math.exp(0.9 * stream.normal());
    drafts.set(pairKey(brand, generic), {
      brand, generic, cls, weight: scale / ((ranks[at] ?? 0) + 8), dollars, fill: cls === "psy" ? 1.2 : 1, short: cls === "abx", kind: unbranded ? "generic" : "brand", from: 0,
    });
  });
}

function addInvented(drafts: Map<string, Draft>, flagged: ReadonlyMap<string, unknown>, stream: Stream): void {
  const wanted = PAIRS - drafts.size;
  const zipf = Array.from({ length: wanted }, (_, at) => 1 / (at + 30) ** 1.15);
  const scale = INVENTED_SHARE / zipf.reduce((sum, w) => sum + w, 0);
  let generic = genericName(stream);
  for (let made = 0; made < wanted; ) {
    if (stream.unit() < 0.7) generic = genericName(stream);
    const unbranded = stream.unit() < 0.5;
    const brand = (unbranded ? generic : brandName(stream)).slice(0, 30).trimEnd();
    const key = pairKey(brand, generic);
    if (drafts.has(key) || flagged.has(key)) continue;
    const short = stream.unit() < 0.2;
    drafts.set(key, {
      brand, generic, cls: inventedClass(stream), weight: scale * (zipf[made] ?? 0), short, from: stream.unit() < 0.15 ? FIRST_YEAR + stream.below(13) : 0,
      dollars: unbranded ? 26 * Math.exp(0.8 * stream.normal()) : 420 * Math.exp(1.1 * stream.normal()),
      fill: short ? 1 : 1.1 + 1.1 * stream.unit(), kind: stream.unit() < 0.02 ? "other" : unbranded ? "generic" : "brand",
    });
    made++;
  }
}

function inventedClass(stream: Stream): DrugClass {
  const cls = CLASSES[stream.below(CLASSES.length)] ?? "misc";
  return cls === "opi" || cls === "abx" || cls === "vac" ? "misc" : cls;
}

function shuffled(n: number, stream: Stream): number[] {
  const order = Array.from({ length: n }, (_, at) => at);
  for (let at = n - 1; at > 0; at--) {
    const other = stream.below(at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  return order;
}

/** Popular and cheap drugs have more claims a row; scaled so that, weighted by rows, the mean is 0 and the variance 1. */
function pullOf(drafts: readonly Draft[], stream: Stream): readonly number[] {
  const raw = drafts.map((d) => 0.5 * Math.log(d.weight) - 0.12 * Math.log(d.dollars) - (d.short ? 0.5 : 0) + 0.5 * stream.normal());
  const total = drafts.reduce((sum, d) => sum + d.weight, 0);
  const weighted = (of: (at: number) => number): number => drafts.reduce((sum, d, at) => sum + d.weight * of(at), 0) / total;
  const mean = weighted((at) => raw[at] ?? 0);
  const spread = Math.sqrt(weighted((at) => ((raw[at] ?? 0) - mean) ** 2));
  return raw.map((value) => (value - mean) / spread);
}
