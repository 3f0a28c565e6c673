import { defineJob } from "../../../driver/job.js";
import { hasRows, uniqueKey } from "../../../driver/standard-gates.js";

export default defineJob({
  name: "part-d/curated/state",
  meaning: "One state of the cities table with the number of its cities.",
  grain: ["state_code"],
  columns: {
    state_code: { type: "string", meaning: "Postal code of the state" },
    state_name: { type: "string", meaning: "Name of the state" },
    city_count: { type: "bigint", meaning: "Cities of the table in the state", unit: "cities" },
    urban_area_population_sum: { type: "bigint", meaning: "Sum of the cities' urban-area populations, which overlap: not the state's population", unit: "people", nullable: true },
  },
  gates: [hasRows(), uniqueKey("S03", ["state_code"], "0 of 52")],
});
