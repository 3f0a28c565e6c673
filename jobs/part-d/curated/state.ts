import { defineJob } from "../../../driver/job.js";
import { hasRows, uniqueKey } from "../../../driver/standard-gates.js";
import { STATE_CODES } from "../state-codes.js";

const names = `map(${STATE_CODES.map(({ code, name }) => `'${code}', '${name}'`).join(", ")})`;

export default defineJob({
  name: "part-d/curated/state",
  meaning: "One state code that CMS publishes, with the number of its cities in the cities table.",
  grain: ["state_code"],
  args: { names },
  columns: {
    state_code: { type: "string", meaning: "Postal code of the state, also of territories and the military; XX unknown, ZZ foreign", maxLength: 2 },
    state_name: { type: "string", meaning: "Name of the state or area, as CMS names it", maxLength: 60 },
    city_count: { type: "bigint", meaning: "Cities of the table in the state; 0 for an area that the table does not have", unit: "cities" },
    urban_area_population_sum: { type: "bigint", meaning: "Sum of the cities' urban-area populations, which overlap: not the state's population", unit: "people", nullable: true },
  },
  publish: {},
  gates: [hasRows(), uniqueKey("S03", ["state_code"], "0 by construction")],
});
