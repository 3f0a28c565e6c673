// Every state code that CMS publishes, with its name.
// Source: CMS, Medicare Part D Prescribers data dictionaries, Prscrbr_State_Abrvtn: the fifty states and the District of
// Columbia by their postal code, ten other values by the dictionary's own names. Not in the dictionary but in the files:
// FM, the postal code of the Federated States of Micronesia. CMS's geography file spells MP as it is spelt here.

export interface StateCode {
  readonly code: string;
  readonly name: string;
}

const STATES = `
AL Alabama
AK Alaska
AZ Arizona
AR Arkansas
CA California
CO Colorado
CT Connecticut
DE Delaware
DC District of Columbia
FL Florida
GA Georgia
HI Hawaii
ID Idaho
IL Illinois
IN Indiana
IA Iowa
KS Kansas
KY Kentucky
LA Louisiana
ME Maine
MD Maryland
MA Massachusetts
MI Michigan
MN Minnesota
MS Mississippi
MO Missouri
MT Montana
NE Nebraska
NV Nevada
NH New Hampshire
NJ New Jersey
NM New Mexico
NY New York
NC North Carolina
ND North Dakota
OH Ohio
OK Oklahoma
OR Oregon
PA Pennsylvania
RI Rhode Island
SC South Carolina
SD South Dakota
TN Tennessee
TX Texas
UT Utah
VT Vermont
VA Virginia
WA Washington
WV West Virginia
WI Wisconsin
WY Wyoming`;

const OTHER_AREAS = `
AA Armed Forces Central/South America
AE Armed Forces Europe
AP Armed Forces Pacific
AS American Samoa
FM Federated States of Micronesia
GU Guam
MP Northern Mariana Islands
PR Puerto Rico
VI Virgin Islands
XX Unknown
ZZ Foreign Country`;

export const STATE_CODES: readonly StateCode[] = (STATES + OTHER_AREAS)
  .trim()
  .split("\n")
  .map((line) => ({ code: line.slice(0, 2), name: line.slice(3) }));
