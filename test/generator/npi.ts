// In: the index of an invented prescriber. Out: a ten-digit NPI with a valid check digit.
// Never here: real providers. The numbers are valid in form only; one may by chance equal a number in use.
import { mix, PURPOSE } from "./random.js";

const FIRST = 100300012;
const STEP = 40;

/** Largest index whose NPI still begins with 1 or 2. */
export const LAST_INDEX = Math.floor((299999999 - FIRST) / STEP) - 1;

/**
 * Check digit of the first nine digits: Luhn with the prefix 80840, whose own share of the sum is 24.
 * Source: the NPI standard; quality rule A02.
 */
export function checkDigit(nine: number): number {
  let sum = 24;
  let rest = nine;
  for (let at = 0; at < 9; at++) {
    const digit = rest % 10;
    rest = Math.floor(rest / 10);
    const doubled = at % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10;
}

/** NPI of prescriber `index`: strictly growing with the index, so the files come out sorted as CMS's are. */
export function npiOf(seed: number, index: number): string {
  const nine = FIRST + index * STEP + ((mix(mix(seed, PURPOSE.npi), index) >>> 0) % STEP);
  return `${nine}${checkDigit(nine)}`;
}
