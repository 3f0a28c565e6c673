import { defineJob } from "../../../driver/job.js";
import { allRowsKept, hasRows, quarantineShare, uniqueKey } from "../../../driver/standard-gates.js";
import { isNoState, notANumber, row } from "../rules/row.js";

const KEY = ["state_code", "city_name", "county_fips_code"] as const;

export default defineJob({
  name: "part-d/cleansed/state",
  meaning: "One city with the state it lies in.",
  grain: KEY,
  quarantines: "part-d/raw/state",
  columns: {
    state_code: { type: "string", meaning: "Postal code of the state" },
    state_name: { type: "string", meaning: "Name of the state" },
    city_name: { type: "string", meaning: "Name of the city, with its accents" },
    county_fips_code: { type: "string", meaning: "Five-digit FIPS code of the county" },
    county_name: { type: "string", meaning: "Name of the county", nullable: true },
    urban_area_population: { type: "bigint", meaning: "Population of the urban area around the city; areas overlap", unit: "people", nullable: true },
  },
  gates: [
    row("G03", "line_has_the_fields_of_its_header", "error", {
      violates: "unparsed_line is not null",
      blocks: true,
      why: "A line with too few or too many fields shifts values into wrong columns.",
      baseRate: "0",
    }),
    row("S01", "city_and_state_are_named", "error", {
      violates: "unparsed_line is null and (state_id is null or state_name is null or city is null or county_fips is null)",
      why: "A city without its state cannot name a prescriber's state.",
      baseRate: "0 of 28,338",
    }),
    row("A14", "state_code_is_published_by_cms", "error", {
      violates: isNoState("state_code"),
      why: "A code outside CMS's domain means shifted columns.",
      baseRate: "0 of 28,338",
    }),
    row("T01", "numbers_are_numbers", "error", {
      violates: notANumber({ population: "urban_area_population" }),
      why: "Text in a number would become an unknown value without a word.",
      baseRate: "0 of 28,338",
    }),
    hasRows(),
    uniqueKey("S02", KEY, "0 of 28,338"),
    allRowsKept("part-d/raw/state"),
    quarantineShare(0.01),
  ],
});
