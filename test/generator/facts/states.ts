// In: nothing. Out: state codes, FIPS and the share of prescribers in each.
// Never here: cities (they come from the cities file).

/** One state: code, FIPS as in the files, prescribers in 10,000. */
export type StateFact = { readonly code: string; readonly fips: string; readonly share: number };

// Shares: population of the 2020 census in 10,000 of the country (public), except
// TX 669 = 1,792,881 of 26,794,878 rows of 2023, and CO 139 = 390,473 of 28,023,892 rows of 2024 (public audits of the CMS files).
const SHARES = `AL01:152 AK02:18 AZ04:216 AR05:91 CA06:1130 CO08:139 CT09:118 DE10:30 DC11:25 FL12:730 GA13:302 HI15:42 ID16:52 IL17:375
IN18:202 IA19:98 KS20:87 KY21:150 LA22:152 ME23:45 MD24:182 MA25:235 MI26:335 MN27:180 MS28:95 MO29:192 MT30:32 NE31:60 NV32:76 NH33:43
NJ34:270 NM35:58 NY36:640 NC37:325 ND38:24 OH39:385 OK40:118 OR41:130 PA42:430 RI44:36 SC45:155 SD46:28 TN47:225 TX48:669 UT49:78 VT50:20
VA51:245 WA53:210 WV54:62 WI55:185 WY56:15 PR72:80 VI78:1.2 GU66:2.2 AS60:0.4 MP69:0.5 AA9A:0.2 AE9B:0.8 AP9C:0.6 XX9D:0.3 ZZ9E:0.6`;

// Codes beyond the 50 and DC and their FIPS: 72, 78, 66, 60, 69, 9B with AE and 9E foreign are in CMS's files;
// 9A, 9C and 9D are ours, inside the range 9A to 9E that rule A15 allows.
export const STATES: readonly StateFact[] = SHARES.split(/\s+/).map((item) => {
  const [head = "", share = "0"] = item.split(":");
  return { code: head.slice(0, 2), fips: head.slice(2), share: Number(share) };
});

/** Places outside the cities file, which knows the 50 states, DC and PR alone. City, ZIP, country when not US. */
export const FAR_PLACES: Readonly<Record<string, readonly (readonly [city: string, zip: string, country?: string])[]>> = {
  VI: [["St Thomas", "00802"], ["Christiansted", "00820"], ["Frederiksted", "00840"]],
  GU: [["Tamuning", "96913"], ["Hagatna", "96910"], ["Dededo", "96929"]],
  AS: [["Pago Pago", "96799"]],
  MP: [["Saipan", "96950"], ["Rota", "96951"]],
  AA: [["Apo", "34002"]],
  AE: [["Apo", "09180"], ["Fpo", "09622"]],
  AP: [["Apo", "96205"], ["Fpo", "96310"]],
  XX: [["Unknown", "00000"]],
  ZZ: [["Toronto", "M5V 2", "CA"], ["Montréal", "H2X 1", "CA"], ["London", "SW1A", "GB"], ["Tijuana", "22000", "MX"]],
};
