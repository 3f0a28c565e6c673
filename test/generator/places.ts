// In: the cities file (text). Out: for each state its cities with ZIP, RUCA and a weight by population.
// Never here: shares of states (facts/states.ts).
import { splitCsv } from "./catalogue.js";
import { FAR_PLACES, STATES } from "./facts/states.js";
import type { Alias, Stream } from "./random.js";
import { aliasOf, draw } from "./random.js";

/** One place of practice; `ruca` is the primary rural-urban commuting code as CMS writes it. */
export type Place = { readonly city: string; readonly state: string; readonly fips: string; readonly zip: string; readonly ruca: string; readonly country: string };

/** Every place, by state, ready to be drawn. */
export type Atlas = { readonly states: Alias; readonly byState: readonly { readonly places: readonly Place[]; readonly pick: Alias }[] };

const HEADER = "city,city_ascii,state_id,";

/** Reads us_cities.csv. Throws when the header is not the expected one. States the file lacks get the far places. */
export function readAtlas(text: string): Atlas {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/).filter((line) => line !== "");
  if (lines[0]?.startsWith(HEADER) !== true) throw new Error(`the cities file must begin with the header ${HEADER}…`);
  const cities = new Map<string, { place: Place; weight: number }[]>();
  const fipsOf = new Map(STATES.map((state) => [state.code, state.fips]));
  for (const line of lines.slice(1)) {
    const [, city = "", state = "", , , , , , population = "", , , zips = ""] = splitCsv(line);
    const people = Number(population) || 100;
    const zip = zips.split(" ")[0] ?? "";
    const place = { city, state, fips: fipsOf.get(state) ?? "", zip, ruca: rucaOf(people), country: "US" };
    const entry = { place, weight: people ** 0.8 };
    const known = cities.get(state);
    if (known === undefined) cities.set(state, [entry]);
    else known.push(entry);
  }
  const byState = STATES.map(({ code, fips }) => {
    const entries = cities.get(code) ?? farPlaces(code, fips);
    return { places: entries.map((entry) => entry.place), pick: aliasOf(entries.map((entry) => entry.weight)) };
  });
  return { states: aliasOf(STATES.map((state) => state.share)), byState };
}

function farPlaces(code: string, fips: string): { place: Place; weight: number }[] {
  return (FAR_PLACES[code] ?? [["Unknown", ""] as const]).map(([city, zip, country = "US"]) => ({ place: { city, state: code, fips, zip, ruca: "99", country }, weight: 1 }));
}

const rucaOf = (people: number): string => (people > 50_000 ? "1" : people > 20_000 ? "2" : people > 10_000 ? "4" : people > 2_500 ? "7" : "10");

const RUCA_TEXT: Readonly<Record<string, string>> = {
  "1": "Metropolitan area core: primary flow within an urbanized area of 50,000 and greater",
  "2": "Metropolitan area high commuting: primary flow 30% or more to a urbanized area of 50,000 and greater",
  "4": "Micropolitan area core: primary flow within an urban cluster of 10,000 to 49,999",
  "7": "Small town core: primary flow within an urban cluster of 2,500 to 9,999",
  "10": "Rural areas: primary flow to a tract outside a urbanized area of 50,000 and greater or an urban cluster of 2,500 and greater",
  "99": "Unknown",
};

/** The text beside a RUCA code. */
export const rucaText = (ruca: string): string => RUCA_TEXT[ruca] ?? "";

/** Draws a state by its share of prescribers, then a city by its size. */
export function drawPlace(atlas: Atlas, stream: Stream): Place {
  const state = atlas.byState[draw(atlas.states, stream)];
  const place = state?.places[draw(state.pick, stream)];
  if (place === undefined) throw new Error("the atlas holds a state without places");
  return place;
}
