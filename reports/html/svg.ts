// In: an ECharts option, drawn without a browser. Out: a clean SVG text that takes its colours and type from the page.
// The only user of ECharts. Same option, same bytes: ECharts numbers its classes over the life of the process, so they go.

import { BarChart } from "echarts/charts";
import { GraphicComponent, GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, GridComponent, GraphicComponent, SVGRenderer]);

export interface Canvas {
  readonly width: number;
  readonly height: number;
}

/** Colours are CSS variables of the page, resolved there: one picture serves light and dark. */
export function drawSvg(canvas: Canvas, option: Readonly<Record<string, unknown>>): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, ...canvas });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: "inherit" }, ...option });
    return clean(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/** Without hover styles, ECharts' own marks and the size in pixels; the picture scales by its viewBox. */
function clean(svg: string): string {
  return svg
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>\s*/g, "")
    .replace(/ (?:class|ecmeta_[a-z_]+)="[^"]*"/g, "")
    .replace(/^<svg [^>]*?(viewBox="[^"]*")>/, '<svg xmlns="http://www.w3.org/2000/svg" $1 aria-hidden="true" focusable="false">')
    .replace(/<rect [^>]*fill="none"><\/rect>\s*/, "")
    .replace(/\n+/g, "");
}

export interface Label {
  readonly text: string;
  readonly x: number;
  /** Middle of the line. */
  readonly y: number;
  readonly anchor: "left" | "right";
  /** Longer text ends in "…"; the table has it whole. */
  readonly room?: number;
  readonly tone?: "strong" | "quiet";
  /** Colour where it is not the page's own for the tone. */
  readonly fill?: string;
}

/** A line of text at a place, as an element of ECharts' graphic component. */
export function label(line: Label): Readonly<Record<string, unknown>> {
  const style = {
    text: line.room === undefined ? line.text : fit(line.text, line.room),
    x: line.x,
    y: line.y,
    textAlign: line.anchor,
    textVerticalAlign: "middle",
    fill: line.fill ?? (line.tone === "quiet" ? "var(--quiet)" : "var(--ink)"),
    fontSize: 13,
    fontWeight: line.tone === "strong" ? 600 : 400,
    fontFamily: "inherit",
  };
  return { type: "text", silent: true, style };
}

/** The text, or as much of it as fits with "…" at its end. */
export function fit(text: string, room: number): string {
  if (textWidth(text) <= room) return text;
  let used = textWidth("…");
  let kept = "";
  for (const { segment } of letters.segment(text)) {
    used += width(segment);
    if (used > room) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Width at 13 px, guessed on the wide side: the reader's font is not known here. */
export function textWidth(text: string): number {
  return [...letters.segment(text)].reduce((sum, { segment }) => sum + width(segment), 0);
}

const letters = new Intl.Segmenter("en");

function width(segment: string): number {
  const code = segment.codePointAt(0) ?? 0;
  if (code > 0x2e7f) return 14;
  if (/[\p{Lu}…@%&mw]/u.test(segment)) return 10;
  return /[\s.,'fijlrt|()/-]/u.test(segment) ? 4.9 : 7.9;
}
