// The pipeline: its jobs, in any order. What reads what is seen from the templates.

import { definePipeline } from "carelake";
import cleansedVisit from "./jobs/cleansed-visit.js";
import rawVisit from "./jobs/raw-visit.js";

export default definePipeline({
  name: "clinics",
  meaning: "Visits to clinics: who was seen where, and what it cost.",
  jobs: [rawVisit, cleansedVisit],
  stages: [{ name: "build", zones: ["raw", "cleansed", "curated"], size: "small" }],
});
