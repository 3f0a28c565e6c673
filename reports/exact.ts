// Exact numbers of a report. In: values as a database driver gives them. Out: whole units of a power of ten.
// Never here: floating point on the way from value to shown digits.

/** units / 10^scale: 12.30 is { units: 1230n, scale: 2 }. */
export interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

export const zero: Exact = { units: 0n, scale: 0 };

/** A report has a million figures: each power is computed once. */
const POWERS: readonly bigint[] = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));
const power = (exponent: number): bigint => POWERS[exponent] ?? 10n ** BigInt(exponent);

/**
 * A DECIMAL or BIGINT column's value: text, whole number or bigint, or what was made of one. Null and undefined are
 * unknown: null.
 * @throws Error for anything else, a number that has lost digits included.
 */
export function parseExact(value: unknown): Exact | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "object" && isExact(value)) return value;
  if (typeof value === "bigint") return { units: value, scale: 0 };
  if (typeof value === "number" && Number.isSafeInteger(value)) return { units: BigInt(value), scale: 0 };
  const parts = typeof value === "string" ? /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(value) : null;
  if (parts === null) throw new Error(`not an exact number: ${typeof value} ${JSON.stringify(value)}`);
  const [, sign = "", whole = "0", fraction = ""] = parts;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, scale: fraction.length };
}

function isExact(value: object): value is Exact {
  return "units" in value && typeof value.units === "bigint" && "scale" in value && typeof value.scale === "number";
}

export function add(left: Exact, right: Exact): Exact {
  const scale = Math.max(left.scale, right.scale);
  return { units: rescale(left, scale) + rescale(right, scale), scale };
}

export function subtract(left: Exact, right: Exact): Exact {
  return add(left, { units: -right.units, scale: right.scale });
}

/** Negative, zero or positive, as for a sort. */
export function compare(left: Exact, right: Exact): number {
  const scale = Math.max(left.scale, right.scale);
  const one = left.scale === scale ? left.units : rescale(left, scale);
  const other = right.scale === scale ? right.units : rescale(right, scale);
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Rounded to `scale` digits after the point, halves away from zero. */
export function round(value: Exact, scale: number): Exact {
  if (value.scale <= scale) return { units: rescale(value, scale), scale };
  return { units: quotient(value.units, power(value.scale - scale)), scale };
}

/** part / whole rounded to `scale` digits; null when the whole is zero. */
export function divide(part: Exact, whole: Exact, scale: number): Exact | null {
  if (whole.units === 0n) return null;
  const shared = Math.max(part.scale, whole.scale);
  return { units: quotient(rescale(part, shared) * power(scale), rescale(whole, shared)), scale };
}

/** Fewer digits after the point, such that rounding them further gives what rounding the value itself would. */
export function shorten(value: Exact, scale: number): Exact {
  if (value.scale <= scale) return value;
  const step = power(value.scale - scale);
  const units = value.units / step;
  // What was cut off lies beyond the half that a last digit of 0 or 5 would claim.
  const isEdge = units * step !== value.units && units % 5n === 0n;
  return { units: isEdge ? units + (value.units < 0n ? -1n : 1n) : units, scale };
}

/** As parseExact reads it: "-12.3"; without zeros at the end. */
export function exactText({ units, scale }: Exact): string {
  if (scale === 0) return String(units);
  const isNegative = units < 0n;
  const digits = String(isNegative ? -units : units).padStart(scale + 1, "0");
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end--;
  return `${isNegative ? "-" : ""}${digits.slice(0, point)}${end === point ? "" : `.${digits.slice(point, end)}`}`;
}

const ZERO = 48;

/** For drawing only: lengths and areas, never digits. */
export function approximate(value: Exact): number {
  return Number(value.units) / 10 ** value.scale;
}

/** value × 10^(scale of the result); the scale must not be smaller than the value's. */
function rescale(value: Exact, scale: number): bigint {
  return scale === value.scale ? value.units : value.units * power(scale - value.scale);
}

function quotient(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const top = dividend < 0n ? -dividend : dividend;
  const bottom = divisor < 0n ? -divisor : divisor;
  const rounded = (top * 2n + bottom) / (bottom * 2n);
  return negative ? -rounded : rounded;
}
