// How long a figure is drawn. In: exact figures. Out: approximate sizes, never below nothing, and the size of a full length.

import { approximate, type Exact } from "../exact.js";
import { isChange, type Measure } from "../model.js";

/** Never less than nothing: what fell has no bar, and its figure says so. */
export function sizeOf(value: Exact | null | undefined): number {
  return value === null || value === undefined ? 0 : Math.max(0, approximate(value));
}

/** The greatest of the figures; of shares and rates the whole, so that half a bar is 50 %. */
export function scaleOf(measure: Measure, values: readonly (Exact | null)[]): number {
  return Math.max(isPartOfWhole(measure) ? 1 : 0, ...values.map(sizeOf));
}

export const isPartOfWhole = (measure: Measure): boolean => measure.unit === "percent" && !isChange(measure);
