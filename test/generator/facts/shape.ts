// In: nothing. Out: the figures the generated measures are fitted to, each with its source.
// Never here: drugs, places, specialties (their own files).

/**
 * Quantiles of claims a row. 25, 50 and 75 %: 16, 26, 56 in the first 10,000 rows of 2023; largest 6,531 among the diabetes drugs of 2024;
 * least 11 by CMS's threshold. The points between are fitted to a mean near 50 (1,616.9 M claims less what is suppressed, over 26.8 M rows).
 */
export const CLAIM_QUANTILES: readonly (readonly [p: number, claims: number])[] = [
  [0, 11], [0.04, 11], [0.1, 12.4], [0.25, 16], [0.5, 26], [0.75, 56], [0.9, 112], [0.95, 170], [0.99, 345], [0.999, 900], [0.9999, 2200], [0.99999, 4400], [1, 6531],
];

/** Rows a prescriber: spread of the logarithm round the specialty's mean, and the largest number. Fitted to 22 rows per NPI in the first 10,000 of 2023. */
export const ROW_SPREAD = 1.05;
export const MOST_ROWS = 420;

/** Growth of the row count into each year. 2022, 2023, 2024: 25,231,862 → 25,869,521 → 26,794,878 → 28,023,892; earlier years not published: the 2022 rate. */
export const ROW_GROWTH: Readonly<Record<number, number>> = { 2023: 0.0358, 2024: 0.0459 };
export const USUAL_ROW_GROWTH = 0.0253;

/** Years the generator knows; the drugs' market entries and the prescribers' careers are laid over them. */
export const FIRST_YEAR = 2013;
export const LAST_YEAR = 2026;

/** Share of prescribers who leave in a year, and of a prescriber's drugs that pause in a year. Ours: no public figure. */
export const YEARLY_EXIT = 0.035;
export const YEARLY_PAUSE = 0.1;

/** Prscrbr_Type_Src, Colorado 2024: 88.2 / 10.2 / 1.5 %. */
export const TYPE_SOURCES: readonly (readonly [name: string, share: number])[] = [
  ["Claim-Specialty", 0.883], ["NPPES-Specialty", 0.102], ["NPPES-Taxonomy", 0.015],
];

/** Share of organisations. In the full file only 11 rows of 25.2 M lack a first name; far more here, so that small files hold some. */
export const ORGANISATION_SHARE = 0.002;

/** Claims a beneficiary and year: centre for drugs taken for long and for short courses. Fitted to Tot_Benes blank in 57.5 % (2021 whole file) to 58.9 % (Colorado 2024). */
export const CLAIMS_PER_BENE = { long: 3.75, short: 1.45, spread: 0.38 } as const;

/** Spread of the 65+ share between prescribers and between rows. Fitted to flags on 44.5 % (claims) and 89.5 % (beneficiaries) of rows, 2021 whole file. */
export const AGED_SPREAD = { prescriber: 0.06, row: 0.07 } as const;

/** Claims hidden in drug rows below the threshold, in the provider's totals alone. Fitted to a mean of 1,170 claims a prescriber in 2023. */
export const HIDDEN = { drugsBase: 9, drugsPerRow: 1.6, claimsPerDrug: 4.6, costPerClaim: 110 } as const;

/** Shares inside a prescriber's beneficiaries. Ours, in the range of the national totals. */
export const BENE_SHARES = {
  ages: [0.16, 0.42, 0.29, 0.13], sexes: [0.57, 0.43], races: [0.72, 0.11, 0.03, 0.1, 0.005, 0.035], dual: [0.24, 0.76],
} as const;
