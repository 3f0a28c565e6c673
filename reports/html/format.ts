// In: exact values with their unit. Out: text for people, in English. Never here: floating point, markup.

import { compare, divide, round, type Exact } from "../exact.js";
import { isChange, type Measure, type Unit } from "../model.js";

export const UNKNOWN = "unknown";
const ONE: Exact = { units: 1n, scale: 0 };

const STEPS = [
  { power: 0, name: "" },
  { power: 3, name: " K" },
  { power: 6, name: " M" },
  { power: 9, name: " bn" },
  { power: 12, name: " tn" },
] as const;

/** All digits, grouped: money to the cent, counts whole. */
export function full(value: Exact | null, unit: Unit): string {
  if (value === null) return UNKNOWN;
  if (unit === "percent") return percent(value, ONE);
  return isMoney(unit) ? dollars(grouped(round(value, 2))) : grouped(round(value, 0));
}

/** Three digits and a step: "57.2 M", "$9.41 bn". Below a thousand as `full`, dollars without cents from 100 on. */
export function short(value: Exact | null, unit: Unit): string {
  if (value === null) return UNKNOWN;
  if (unit === "percent") return percent(value, ONE, 1);
  const text = shortDigits(value, isMoney(unit));
  return isMoney(unit) ? dollars(text) : text;
}

/** For a figure that stands alone: all digits of a count below a million and of dollars below ten thousand, else short. */
export function headline(value: Exact | null, unit: Unit): string {
  if (value === null) return UNKNOWN;
  if (unit === "percent") return full(value, unit);
  const limit: Exact = { units: isMoney(unit) ? 10_000n : 1_000_000n, scale: 0 };
  return compare(value, limit) < 0 ? full(value, unit) : short(value, unit);
}

/** part of whole in percent with `digits` after the point. */
export function percent(part: Exact | null, whole: Exact | null, digits = 2): string {
  if (part === null || whole === null) return UNKNOWN;
  const ratio = divide({ units: part.units * 100n, scale: part.scale }, whole, digits);
  return ratio === null ? UNKNOWN : `${grouped(ratio)} %`;
}

/** A rise says that it is one. In: the text of the value. */
export const signed = (text: string, { units }: Exact, measure: Measure): string => (units > 0n && isChange(measure) ? `+${text}` : text);

/** "2026-11-22T07:31:51Z" as "22 November 2026, 07:31 UTC". Text in another form is given back as it is. */
export function moment(text: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|\+00:00)?$/.exec(text);
  const month = MONTHS[Number(parts?.[2]) - 1];
  if (parts === null || month === undefined) return text;
  return `${String(Number(parts[3]))} ${month} ${parts[1] ?? ""}, ${parts[4] ?? ""}:${parts[5] ?? ""} UTC`;
}

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

function isMoney(unit: Unit): boolean {
  return unit === "usd" || unit === "usd per claim";
}

function dollars(text: string): string {
  return text.startsWith("−") ? `−$${text.slice(1)}` : `$${text}`;
}

function shortDigits(value: Exact, money: boolean): string {
  const size = value.units < 0n ? -value.units : value.units;
  for (const step of STEPS) {
    const scaled = { units: value.units, scale: value.scale + step.power };
    const whole = size / 10n ** BigInt(scaled.scale);
    const digits = step.power === 0 ? (money && whole < 100n ? 2 : 0) : Math.max(0, 3 - String(whole).length);
    const rounded = step.power === 0 ? round(scaled, digits) : threeDigits(round(scaled, digits));
    const last = step.power === 12;
    const limit = 1000n * 10n ** BigInt(rounded.scale);
    if (last || (rounded.units < limit && rounded.units > -limit)) return grouped(rounded) + step.name;
  }
  return grouped(round(value, 0));
}

/** 9.996 rounds to 10.00, which has a digit too many. */
function threeDigits(value: Exact): Exact {
  const tooLong = value.scale > 0 && (value.units > 999n || value.units < -999n);
  return tooLong ? round(value, value.scale - 1) : value;
}

function grouped(value: Exact): string {
  const negative = value.units < 0n;
  const digits = String(negative ? -value.units : value.units).padStart(value.scale + 1, "0");
  const whole = digits.slice(0, digits.length - value.scale).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = value.scale === 0 ? "" : `.${digits.slice(-value.scale)}`;
  return `${negative ? "−" : ""}${whole}${fraction}`;
}
