// Catalogue A, identifiers and codes, for tables with a prescriber and a state. Base rates: public audits of the
// full Physician 2023 file (9,660,647 rows), where not said otherwise.

import type { RowRule } from "../../../driver/job.js";
import { fipsDisagrees, isNoState, row, unclean } from "./row.js";

export const identifierRules = (texts: readonly string[]): readonly RowRule[] => [
  row("G03", "line_has_the_fields_of_its_header", "error", {
    violates: "unparsed_line is not null",
    blocks: true,
    why: "A line with too few or too many fields shifts values into wrong columns.",
    baseRate: "0 in published files",
  }),
  row("A01", "prescriber_npi_has_ten_digits", "error", {
    violates: "prescriber_npi not rlike '^[12][0-9]{9}$'",
    why: "An NPI is ten digits beginning with 1 or 2; anything else was read as a number or is another id (also guards A04: no `.0`, exponent or blanks).",
    baseRate: "0 of 9.66 M",
  }),
  row("A02", "prescriber_npi_passes_its_check_digit", "error", {
    // In this order the slower test is for the few that fail the quicker one.
    violates: "not luhn_check(concat('80840', prescriber_npi)) and prescriber_npi rlike '^[0-9]{10}$'",
    why: "The Luhn digit over 80840 + NPI catches a mistyped or invented number.",
    baseRate: "0 in the Part D and Part B samples",
  }),
  row("A14", "state_code_is_published_by_cms", "error", {
    violates: isNoState("state_code"),
    why: "A code outside CMS's domain means shifted columns.",
    baseRate: "62 codes seen, all in the domain",
  }),
  row("A15", "state_and_fips_code_agree", "warn", {
    violates: fipsDisagrees("prscrbr_state_abrvtn", "prscrbr_state_fips"),
    needs: ["prscrbr_state_fips"],
    why: "Two names of one state: where they differ, one of them was shifted or lost its leading zero.",
    baseRate: "1,691 rows with 9A to 9E, which are allowed",
  }),
  row("A18", "text_is_clean", "warn", {
    violates: unclean(texts),
    why: "Replacement and control characters come from a wrong encoding; outer blanks break joins.",
    baseRate: "rare; 2015 holds one garbled name",
  }),
];
