// Lengths drawn as SVG. In: sizes and the size of the whole. Out: rectangles in percent, so that they fit any width. Their
// places are attributes of the markup and not styles, which the page's policy does not allow.

import type { Unit } from "../model.js";

/** Colour by what is measured, so that a figure looks the same on every page. */
export type Tone = "claims" | "cost" | "people" | `part-${string}`;

export function toneOf(unit: Unit): Tone {
  if (unit === "claims" || unit === "percent") return "claims";
  return unit === "usd" || unit === "usd per claim" ? "cost" : "people";
}

/** A length in percent of the whole: "62.5%". */
export const part = (size: number, whole: number): string => `${whole > 0 ? String(Math.round((size / whole) * 10_000) / 100) : "0"}%`;

/** What is there is seen: at least a hairline, as a part of the whole. */
const HAIRLINE = 0.003;

const visible = (size: number, whole: number): number => (size > 0 ? Math.max(size, whole * HAIRLINE) : 0);

/** One bar from the left on its track, with a mark where another figure lies. */
export function barOnTrack(tone: Tone, { size, other, whole }: { readonly size: number; readonly other: number | null; readonly whole: number }): string {
  const mark = other === null ? "" : `<rect class="mark" x="${part(other, whole)}" y="-30%" width="3" height="160%"/>`;
  return `<svg class="track" aria-hidden="true"><rect class="${tone}" width="${part(visible(size, whole), whole)}" height="100%" rx="2"/>${mark}</svg>`;
}

/** Parts side by side. What is left of the whole stays empty. */
export function strip(parts: readonly { readonly tone: Tone; readonly size: number }[], whole: number): string {
  const widths = parts.map(({ size }) => visible(size, whole));
  const scale = Math.max(whole, widths.reduce((sum, width) => sum + width, 0));
  const rectangles = parts.map(({ tone }, index) => `<rect class="${tone}" x="${part(widths.slice(0, index).reduce((sum, width) => sum + width, 0), scale)}" width="${part(widths[index] ?? 0, scale)}" height="100%"/>`);
  return `<svg class="strip" aria-hidden="true">${rectangles.join("")}</svg>`;
}

/** One column that stands on the ground. */
export function column(tone: Tone, size: number, whole: number): string {
  const height = visible(size, whole);
  return `<svg class="rise" aria-hidden="true"><rect class="${tone}" y="${part(whole - height, whole)}" width="100%" height="${part(height, whole)}"/></svg>`;
}
