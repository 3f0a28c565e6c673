import { defineJob } from "../../../driver/job.js";
import { hasRows, uniqueKey } from "../../../driver/standard-gates.js";

export default defineJob({
  name: "part-d/curated/drug",
  meaning: "One drug that CMS's official list names, with its flags; a flag that any line sets is set.",
  grain: ["drug_brand_name", "drug_generic_name"],
  columns: {
    drug_brand_name: { type: "string", meaning: "Brand name in upper case" },
    drug_generic_name: { type: "string", meaning: "Chemical name in upper case" },
    is_opioid: { type: "boolean", meaning: "An opioid by any line of the list" },
    is_long_acting_opioid: { type: "boolean", meaning: "A long-acting opioid by any line of the list" },
    is_antibiotic: { type: "boolean", meaning: "An antibiotic by any line of the list" },
    is_antipsychotic: { type: "boolean", meaning: "An antipsychotic by any line of the list" },
    has_flag_conflict: { type: "boolean", meaning: "Lines of the drug differ in a flag, or CMS notes conflicting codes" },
  },
  gates: [hasRows(), uniqueKey("D04", ["drug_brand_name", "drug_generic_name"], "0 by construction")],
});
