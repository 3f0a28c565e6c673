// A token bucket that keeps one rate. In: the time of asking. Out: milliseconds to wait. Never sleeps itself.

import type { Rate } from "./rates.js";

export interface Bucket {
  /** Takes a token and says how long to wait for it; those who ask later wait longer. */
  take(now: number): number;
  /** The service said that it was too much: somebody else draws on the same rate. */
  tooMuch(now: number): void;
  /** A call went through. */
  fine(): void;
}

/** Slowest share of the published rate that other callers can push us to: some fifty may share it. */
const LEAST_SHARE = 1 / 64;
const RECOVERY = 1.1;

export function bucketOf({ burst, perSecond }: Rate): Bucket {
  // One token stays back: calls that are even apart here may arrive closer together there.
  const room = Math.max(1, burst - 1);
  let tokens = room;
  let rate = perSecond;
  let at = Number.NEGATIVE_INFINITY;
  const refill = (now: number): void => {
    if (now > at) tokens = Math.min(room, Number.isFinite(at) ? tokens + ((now - at) / 1000) * rate : room);
    at = Math.max(at, now);
  };
  return {
    take: (now) => {
      refill(now);
      tokens -= 1;
      return tokens >= 0 ? 0 : (-tokens / rate) * 1000;
    },
    tooMuch: (now) => {
      refill(now);
      tokens = Math.min(tokens, 0);
      rate = Math.max(perSecond * LEAST_SHARE, rate / 2);
    },
    fine: () => {
      rate = Math.min(perSecond, rate * RECOVERY);
    },
  };
}
