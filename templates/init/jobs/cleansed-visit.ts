// A typed table with its rules. A row that breaks a row rule goes to clinics_cleansed.visit__quarantine with the
// rule's id; a set rule of severity error that finds offenders keeps the whole table from becoming visible.

import { allRowsKept, defineJob, hasRows, quarantineShare, uniqueKey } from "carelake";

export default defineJob({
  name: "clinics/cleansed/visit",
  meaning: "One visit to a clinic.",
  grain: ["visit_id"],
  quarantines: "clinics/raw/visit",
  columns: {
    visit_id: { type: "string", meaning: "Number the clinic gave the visit" },
    clinic_name: { type: "string", meaning: "Clinic that was visited" },
    visit_date: { type: "date", meaning: "Day of the visit" },
    fee_usd: { type: "decimal(12,2)", meaning: "What was charged; unknown where the clinic left it empty", unit: "usd", nullable: true },
  },
  gates: [
    {
      kind: "row",
      id: "V01",
      name: "line_has_the_fields_of_its_header",
      severity: "error",
      violates: "unparsed_line is not null",
      blocks: true, // a broken file, not a bad record: the table stays as it was
      why: "A line with too few fields shifts values into wrong columns.",
      baseRate: "0",
    },
    {
      kind: "row",
      id: "V02",
      name: "visit_is_identified_and_dated",
      severity: "error",
      // A rule sees the columns that the template selects: the raw ones and the typed ones.
      violates: "unparsed_line is null and (visit_id is null or clinic_name is null or visit_date is null)",
      why: "A visit without number, clinic or day cannot be counted.",
      baseRate: "1 of 8 in the sample",
    },
    {
      kind: "row",
      id: "V03",
      name: "fee_is_a_number",
      severity: "error",
      violates: "fee is not null and fee_usd is null",
      why: "Text in a number would become an unknown value without a word.",
      baseRate: "0",
    },
    { kind: "row", id: "V04", name: "fee_is_not_negative", severity: "warn", violates: "fee_usd < 0", why: "A refund is no fee; the row stays.", baseRate: "0" },
    hasRows(),
    uniqueKey("V05", ["visit_id"], "0 of 8"),
    allRowsKept("clinics/raw/visit"),
    quarantineShare(0.25),
  ],
});
