// In: seed, prescriber index, year. Out: who the prescriber is, whether active, how many drug rows.
// Never here: drugs, measures. Nothing depends on how many rows are asked for: a small data set is the head of a large one.
import { FIRST_YEAR, LAST_YEAR, MOST_ROWS, ORGANISATION_SHARE, ROW_GROWTH, ROW_SPREAD, TYPE_SOURCES, USUAL_ROW_GROWTH, YEARLY_EXIT } from "./facts/shape.js";
import type { SpecialtyFact } from "./facts/specialties.js";
import { SPECIALTIES } from "./facts/specialties.js";
import { firstName, lastName, organisationName } from "./names.js";
import { npiOf } from "./npi.js";
import type { Atlas, Place } from "./places.js";
import { drawPlace } from "./places.js";
import { aliasOf, draw, PURPOSE, Stream } from "./random.js";

const specialtyPick = aliasOf(SPECIALTIES.map((s) => s.heads));
const logRows = SPECIALTIES.map((s) => Math.log(s.rows + 0.5) - (ROW_SPREAD * ROW_SPREAD) / 2);
const sourcePick = aliasOf(TYPE_SOURCES.map(([, share]) => share));

/** Growth of rows and prescribers from the year before into `year`. */
export const growthInto = (year: number): number => ROW_GROWTH[year] ?? USUAL_ROW_GROWTH;

/** Year of entry: first all who were there before, then so many a year that leavers are replaced and the growth comes on top. */
const entryPick = aliasOf(entryWeights());

function entryWeights(): number[] {
  const weights = [1];
  let active = 1;
  for (let year = FIRST_YEAR + 1; year <= LAST_YEAR; year++) {
    const entering = active * (YEARLY_EXIT + growthInto(year));
    active += active * growthInto(year);
    weights.push(entering);
  }
  return weights;
}

/** The shape of a prescriber that planning needs: -1 rows = not active that year. Reuses one stream: not for two callers at once. */
export type Shape = { specialty: number; volume: number; rows: number };

const shapeStream = new Stream();
const yearStream = new Stream();

/** Fills `into` with specialty, volume (standard normal) and detail rows of prescriber `index` in `year`. */
export function shapeOf(into: Shape, at: { readonly seed: number; readonly year: number }, index: number): Shape {
  const stream = shapeStream.start(at.seed, PURPOSE.identity, index);
  into.specialty = draw(specialtyPick, stream);
  const entry = FIRST_YEAR + draw(entryPick, stream);
  const stay = 1 + Math.floor(Math.log(1 - stream.unit()) / Math.log(1 - YEARLY_EXIT));
  const steady = stream.normal();
  if (at.year < entry || at.year >= entry + stay) {
    into.rows = -1;
    return into;
  }
  const drift = yearStream.start(at.seed, PURPOSE.yearly, index, at.year).normal();
  into.volume = 0.97 * steady + 0.24 * drift;
  into.rows = Math.min(MOST_ROWS, Math.floor(Math.exp((logRows[into.specialty] ?? 0) + ROW_SPREAD * into.volume)));
  return into;
}

/** Everything about a prescriber that does not change with the year. */
export type Person = {
  readonly npi: string; readonly last: string; readonly first: string; readonly organisation: boolean; readonly place: Place;
  readonly specialty: SpecialtyFact; readonly typeSource: string;
};

const nameStream = new Stream();
const placeStream = new Stream();

/** The prescriber behind an index. */
export function personOf(who: { readonly seed: number; readonly atlas: Atlas }, index: number, specialty: number): Person {
  const names = nameStream.start(who.seed, PURPOSE.name, index);
  const organisation = names.unit() < ORGANISATION_SHARE;
  const fact = SPECIALTIES[specialty];
  if (fact === undefined) throw new RangeError(`no specialty number ${specialty}`);
  return {
    npi: npiOf(who.seed, index),
    last: organisation ? organisationName(names) : lastName(names),
    first: organisation ? "" : firstName(names),
    organisation,
    place: drawPlace(who.atlas, placeStream.start(who.seed, PURPOSE.place, index)),
    specialty: fact,
    typeSource: TYPE_SOURCES[draw(sourcePick, names)]?.[0] ?? "",
  };
}
