// Official national totals of Part D, which include prescribers and drugs below the publication threshold:
// sums of published rows lie below them. Whole US dollars.
// Source: CMS, "Part D Prescriber Grand Totals by Calendar Year, Calendar Years 2013 - 2023" (release of 2025).

export interface NationalTotal {
  readonly year: number;
  readonly claims: number;
  readonly costUsd: number;
}

export const NATIONAL_TOTALS: readonly NationalTotal[] = [
  { year: 2013, claims: 1_369_064_084, costUsd: 103_677_954_376 },
  { year: 2014, claims: 1_415_081_795, costUsd: 121_441_230_618 },
  { year: 2015, claims: 1_448_169_807, costUsd: 137_348_663_894 },
  { year: 2016, claims: 1_482_060_142, costUsd: 146_132_548_587 },
  { year: 2017, claims: 1_495_403_837, costUsd: 154_799_171_300 },
  { year: 2018, claims: 1_500_627_623, costUsd: 168_110_071_799 },
  { year: 2019, claims: 1_503_141_059, costUsd: 183_159_506_353 },
  { year: 2020, claims: 1_497_346_670, costUsd: 198_631_624_378 },
  { year: 2021, claims: 1_500_045_093, costUsd: 215_656_278_336 },
  { year: 2022, claims: 1_543_890_687, costUsd: 240_372_180_263 },
  { year: 2023, claims: 1_616_937_313, costUsd: 275_812_762_317 },
];
