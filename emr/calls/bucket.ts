// A token bucket that keeps one published rate, and gives way to others who draw on it: calls that the service refuses
// widen the gap between our own, calls that it takes narrow it again. In: the time of asking, chance. Out: milliseconds
// to wait. Never sleeps itself.

import type { Rate } from "./rates.js";

export interface Bucket {
  /** Takes a token and says how long to wait for it; those who ask later wait longer. */
  take(now: number): number;
  /** The service said that it was too much: somebody else draws on the same rate. */
  tooMuch(): void;
  /** A call went through. */
  fine(): void;
}

/**
 * One refusal undoes ln 2 / 0.02, about 35, calls that went through: as often is one refused where many processes share a
 * rate that is too small for all of them.
 */
const WIDER = 2;
const NARROWER = 0.98;
/** Nobody waits longer than this between two calls of an operation, a quarter more by chance: room for 120 processes at half a call a second. */
const WIDEST_MILLISECONDS = 4 * 60_000;
/** Calls further apart than this were no burst of ours: the first refusal starts from here. */
const CALM_MILLISECONDS = 30_000;
/** Gaps differ by a quarter either way: processes that were refused together do not come back together. */
const JITTER = 0.25;

export function bucketOf({ burst, perSecond }: Rate, random: () => number): Bucket {
  // One token stays back: calls that are even apart here may arrive closer together there.
  const room = Math.max(1, burst - 1);
  const rateGap = 1000 / perSecond;
  let tokens = room;
  let at = Number.NEGATIVE_INFINITY;
  /** Milliseconds that our calls keep apart; 0 while the service takes whatever the rate allows. */
  let gap = 0;
  /** When the last call went out, and how long after the one before. */
  let last: number | undefined;
  let apart = 0;
  return {
    take: (now) => {
      if (now > at) tokens = Math.min(room, Number.isFinite(at) ? tokens + (now - at) / rateGap : room);
      at = Math.max(at, now);
      tokens -= 1;
      const byRate = tokens >= 0 ? 0 : -tokens * rateGap;
      const byGap = last === undefined ? 0 : last + gap * (1 + JITTER * (2 * random() - 1)) - now;
      const wait = Math.max(byRate, byGap, 0);
      apart = last === undefined ? 0 : now + wait - last;
      last = now + wait;
      return wait;
    },
    tooMuch: () => {
      gap = Math.min(WIDEST_MILLISECONDS, WIDER * Math.max(gap, rateGap, Math.min(apart, CALM_MILLISECONDS)));
    },
    fine: () => {
      gap *= NARROWER;
      if (gap < rateGap) gap = 0;
    },
  };
}
