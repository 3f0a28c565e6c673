import { defineJob } from "../../../driver/job.js";
import { allRowsKept, hasRows, quarantineShare, uniqueKey } from "../../../driver/standard-gates.js";
import { notANumber, row } from "../rules/row.js";

const FLAGS = ["opioid_drug_flag", "opioid_la_drug_flag", "antbtc_drug_flag", "antpsyct_drug_flag"];
const KEY = ["area_code", "drug_brand_name", "drug_generic_name"] as const;

export default defineJob({
  name: "part-d/cleansed/drug",
  meaning: "One line of CMS's drug flags: a brand and generic name, in the nation or in one area.",
  grain: KEY,
  quarantines: "part-d/raw/drug",
  columns: {
    area_code: { type: "string", meaning: "US for the nation, else the state's FIPS code" },
    drug_brand_name: { type: "string", meaning: "Brand name in upper case" },
    drug_generic_name: { type: "string", meaning: "Chemical name in upper case" },
    is_opioid: { type: "boolean", meaning: "CMS lists the drug as an opioid" },
    is_long_acting_opioid: { type: "boolean", meaning: "CMS lists the drug as a long-acting opioid" },
    is_antibiotic: { type: "boolean", meaning: "CMS lists the drug as an antibiotic" },
    is_antipsychotic: { type: "boolean", meaning: "CMS lists the drug as an antipsychotic" },
    has_ndc_conflict: { type: "boolean", meaning: "CMS notes that drug codes under the name differ in their flags" },
    claim_count: { type: "bigint", meaning: "Claims in the area; only in the geography layout", unit: "claims", nullable: true },
    drug_cost_usd: { type: "decimal(18,2)", meaning: "Cost in the area; only in the geography layout", unit: "usd", nullable: true },
  },
  gates: [
    row("G03", "line_has_the_fields_of_its_header", "error", {
      violates: "unparsed_line is not null",
      blocks: true,
      why: "A line with too few or too many fields shifts values into wrong columns.",
      baseRate: "0 in published files",
    }),
    row("D01", "drug_is_named", "error", {
      violates: "unparsed_line is null and (brnd_name is null or gnrc_name is null)",
      why: "A flag without a drug's name says nothing.",
      baseRate: "0",
    }),
    row("D02", "flags_are_y_or_n", "error", {
      violates: `unparsed_line is null and (${FLAGS.map((flag) => `coalesce(${flag}, '') not in ('Y', 'N')`).join(" or ")})`,
      needs: FLAGS,
      why: "The list knows Y and N; anything else means shifted columns.",
      baseRate: "0 of 472",
    }),
    row("T01", "numbers_are_numbers", "error", {
      violates: notANumber({ tot_clms: "claim_count", tot_drug_cst: "drug_cost_usd" }),
      needs: ["tot_clms", "tot_drug_cst"],
      why: "Text in a number would become an unknown value without a word.",
      baseRate: "0",
    }),
    hasRows(),
    { ...uniqueKey("D03", KEY, "0 of 472"), severity: "warn", why: "Several lines of one drug are resolved by the rule of part-d/curated/drug; they are worth knowing." },
    allRowsKept("part-d/raw/drug"),
    quarantineShare(0.01),
  ],
});
