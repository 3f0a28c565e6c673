// Catalogue C: By Provider. Base rates are those of CMS's methodology: rules of logic that published rows keep.

import type { RowRule } from "../../../driver/job.js";
import { notANumber, row } from "./row.js";

const n = (column: string): string => `try_cast(${column} as decimal(18, 2))`;
const flagged = (flag: string, ...values: readonly string[]): string =>
  `(${flag} is not null and not (${values.map((value) => `${value} is null`).join(" and ")})) or (${flag} is null and (${values.map((value) => `${value} is null`).join(" or ")}))`;

/** Parts add up to the whole where none is suppressed, and never above it. Money may differ by rounding. */
function partsOf(id: string, name: string, groups: readonly (readonly string[])[]): RowRule {
  const [claims, costs] = [groups.map(([claim = ""]) => claim), groups.map(([, cost = ""]) => cost)];
  const sum = (columns: readonly string[]): string => columns.map((column) => `coalesce(${n(column)}, 0)`).join(" + ");
  const none = (columns: readonly string[]): string => columns.map((column) => `${column} is not null`).join(" and ");
  return row(id, name, "warn", {
    violates:
      `${sum(claims)} > claim_count or (${none(claims)} and ${sum(claims)} != claim_count)` +
      ` or ${sum(costs)} > drug_cost_usd + 0.05 or (${none(costs)} and abs(${sum(costs)} - drug_cost_usd) > 0.05)`,
    needs: [...claims, ...costs],
    why: "The groups partition the prescriber's claims and cost; suppressed groups only leave a gap.",
    baseRate: "0",
  });
}

function countsOf(id: string, name: string, columns: readonly string[]): RowRule {
  const sum = columns.map((column) => `coalesce(${n(column)}, 0)`).join(" + ");
  const none = columns.map((column) => `${column} is not null`).join(" and ");
  return row(id, name, "warn", {
    violates: `${sum} > beneficiary_count or (${none} and ${sum} != beneficiary_count)`,
    needs: [...columns, "tot_benes"],
    why: "The groups partition the prescriber's beneficiaries; suppressed groups only leave a gap.",
    baseRate: "0",
  });
}

const complementary = (id: string, name: string, pair: readonly [string, string]): RowRule =>
  row(id, name, "warn", {
    violates: `beneficiary_count is not null and (${pair[0]} is null) != (${pair[1]} is null)`,
    needs: [...pair, "tot_benes"],
    why: "A lone blank among two complementary cells lets the suppressed count be derived: a disclosure or a load error.",
    baseRate: "0",
  });

const FLAGGED: readonly (readonly [string, ...string[]])[] = [
  ["ge65_sprsn_flag", "ge65_tot_clms", "ge65_tot_30day_fills", "ge65_tot_drug_cst", "ge65_tot_day_suply"],
  ["ge65_bene_sprsn_flag", "ge65_tot_benes"],
  ["brnd_sprsn_flag", "brnd_tot_clms", "brnd_tot_drug_cst"],
  ["gnrc_sprsn_flag", "gnrc_tot_clms", "gnrc_tot_drug_cst"],
  ["othr_sprsn_flag", "othr_tot_clms", "othr_tot_drug_cst"],
  ["mapd_sprsn_flag", "mapd_tot_clms", "mapd_tot_drug_cst"],
  ["pdp_sprsn_flag", "pdp_tot_clms", "pdp_tot_drug_cst"],
  ["lis_sprsn_flag", "lis_tot_clms", "lis_drug_cst"],
  ["nonlis_sprsn_flag", "nonlis_tot_clms", "nonlis_drug_cst"],
  ["antpsyct_ge65_sprsn_flag", "antpsyct_ge65_tot_clms", "antpsyct_ge65_tot_drug_cst"],
  ["antpsyct_ge65_bene_suprsn_flag", "antpsyct_ge65_tot_benes"],
];

/** Columns whose zeros in the derived layout are unknown values: the typed column says nothing of the text. */
const TEXTS_OF_ZEROS = [
  ["tot_benes", "bigint"],
  ["brnd_tot_clms", "bigint"],
  ["brnd_tot_drug_cst", "decimal(16, 2)"],
  ["gnrc_tot_clms", "bigint"],
  ["gnrc_tot_drug_cst", "decimal(16, 2)"],
  ["opioid_tot_clms", "bigint"],
  ["opioid_prscrbr_rate", "decimal(6, 2)"],
  ["antbtc_tot_clms", "bigint"],
] as const;

export const providerRules: readonly RowRule[] = [
  row("T01", "numbers_are_numbers", "error", {
    violates: `${notANumber({
      tot_clms: "claim_count",
      tot_30day_fills: "fill_30day_count",
      tot_day_suply: "day_supply_days",
      tot_drug_cst: "drug_cost_usd",
      othr_tot_clms: "other_claim_count",
      othr_tot_drug_cst: "other_drug_cost_usd",
      opioid_la_tot_clms: "opioid_long_acting_claim_count",
      bene_avg_age: "beneficiary_average_age_years",
      bene_avg_risk_scre: "beneficiary_average_risk_score",
    })} or ${TEXTS_OF_ZEROS.map(([raw, type]) => `(${raw} is not null and try_cast(${raw} as ${type}) is null)`).join(" or ")}`,
    why: "Text in a number would become an unknown value without a word.",
    baseRate: "0",
  }),
  row("C00", "prescriber_npi_is_there", "error", {
    violates: "prscrbr_npi is null and unparsed_line is null",
    why: "The key of the file.",
    baseRate: "0",
  }),
  row("A19", "entity_code_is_i_or_o", "error", {
    violates: "entity_code not in ('I', 'O')",
    needs: ["prscrbr_ent_cd"],
    why: "A prescriber is an individual or an organization.",
    baseRate: "0",
  }),
  row("A16", "zip_code_has_five_digits", "warn", {
    violates: "zip_code not rlike '^[0-9]{5}$' and state_code not in ('XX', 'ZZ')",
    needs: ["prscrbr_zip5"],
    why: "ZIP codes are text; shorter ones lost their leading zero.",
    baseRate: "37 short and 96 Canadian, all under XX or ZZ",
  }),
  row("A17", "ruca_code_is_known", "warn", {
    violates: "prscrbr_ruca not rlike '^([1-9]|10)([.][0-9]{1,2})?$' and prscrbr_ruca != '99'",
    needs: ["prscrbr_ruca"],
    why: "Rural-urban codes are 1 to 10 with sub-codes such as 10.1, and 99 where the ZIP code has none.",
    baseRate: "0; sub-codes and 99 are legitimate",
  }),
  row("A20", "practice_is_in_the_us", "info", {
    violates: "prscrbr_cntry != 'US'",
    needs: ["prscrbr_cntry"],
    why: "Addresses abroad are published and kept; they have no state of the table.",
    baseRate: "395 rows, 22 countries",
  }),
  partsOf("C02", "brand_generic_and_other_add_up", [
    ["brnd_tot_clms", "brnd_tot_drug_cst"],
    ["gnrc_tot_clms", "gnrc_tot_drug_cst"],
    ["othr_tot_clms", "othr_tot_drug_cst"],
  ]),
  partsOf("C03", "plan_types_add_up", [
    ["mapd_tot_clms", "mapd_tot_drug_cst"],
    ["pdp_tot_clms", "pdp_tot_drug_cst"],
  ]),
  partsOf("C04", "low_income_subsidy_groups_add_up", [
    ["lis_tot_clms", "lis_drug_cst"],
    ["nonlis_tot_clms", "nonlis_drug_cst"],
  ]),
  row("C05", "opioid_rate_is_its_quotient", "warn", {
    // In doubles, which neither overflow nor divide by zero claims: every row is to be judged.
    violates: "abs(opioid_claim_pct - try_divide(opioid_claim_count * 100D, claim_count)) > 0.06",
    needs: ["opioid_tot_clms", "opioid_prscrbr_rate"],
    why: "The rate is opioid claims among all claims, in percent, rounded.",
    baseRate: "0",
  }),
  row("C06", "opioid_claims_within_claims", "error", {
    violates: "opioid_long_acting_claim_count > opioid_claim_count or opioid_claim_count > claim_count",
    needs: ["opioid_tot_clms"],
    why: "Long-acting opioids are opioids, and opioids are among all claims.",
    baseRate: "0",
  }),
  countsOf("C07-age", "age_groups_add_up", ["bene_age_lt_65_cnt", "bene_age_65_74_cnt", "bene_age_75_84_cnt", "bene_age_gt_84_cnt"]),
  countsOf("C07-sex", "sexes_add_up", ["bene_feml_cnt", "bene_male_cnt"]),
  countsOf("C07-race", "races_add_up", ["bene_race_wht_cnt", "bene_race_black_cnt", "bene_race_api_cnt", "bene_race_hspnc_cnt", "bene_race_natind_cnt", "bene_race_othr_cnt"]),
  countsOf("C07-dual", "dual_status_adds_up", ["bene_dual_cnt", "bene_ndual_cnt"]),
  complementary("C08-sex", "sexes_are_suppressed_together", ["bene_feml_cnt", "bene_male_cnt"]),
  complementary("C08-dual", "dual_status_is_suppressed_together", ["bene_dual_cnt", "bene_ndual_cnt"]),
  row("C09", "flags_exactly_when_their_group_is_blank", "error", {
    violates: `unparsed_line is null and (${FLAGGED.map(([flag, ...values]) => `${flag} not in ('*', '#') or ${flagged(flag, ...values)}`).join(" or ")})`,
    needs: FLAGGED.flat(),
    blocks: true,
    why: "Each flag explains the blanks of its group; when they disagree, columns are shifted or blanks were filled.",
    baseRate: "holds by the dictionary",
  }),
  row("C10", "age_and_risk_are_plausible", "warn", {
    violates: "beneficiary_average_age_years not between 0 and 120 or beneficiary_average_risk_score <= 0",
    needs: ["bene_avg_age"],
    why: "An average age lies between 0 and 120 years, a risk score above zero.",
    baseRate: "0",
  }),
];
