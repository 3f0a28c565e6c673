// In: a treemap tile's figures. Out: its picture at one width. Areas are the first measure; what is not drawn is one area.

import { approximate, type Exact } from "../exact.js";
import { restOf, type Figures } from "../figures.js";
import type { GroupTile } from "../report.js";
import { short } from "./format.js";
import { drawSvg } from "./svg.js";

interface Area {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly color: string;
}

export function treemap(tile: GroupTile, figures: Figures, width: number): string {
  const areas = areasOf(tile, figures);
  const narrow = width < 400;
  const canvas = narrow ? { width, height: 520 } : { width: width * 2, height: 480 };
  return drawSvg(canvas, {
    series: [{
      type: "treemap", silent: true, roam: false, nodeClick: false, breadcrumb: { show: false }, emphasis: { disabled: true },
      left: 0, top: 0, right: 0, bottom: 0, squareRatio: narrow ? 1.6 : 1.8,
      itemStyle: { borderWidth: 0, gapWidth: 2, borderColor: "var(--card)" },
      label: { position: [8, 8], align: "left", verticalAlign: "top", color: "var(--on-area)", fontSize: 13, lineHeight: 17, overflow: "break", lineOverflow: "truncate", fontFamily: "inherit" },
      data: areas.map((area) => ({ name: `${area.name}\n${area.text}`, value: area.value, itemStyle: { color: area.color } })),
    }],
  });
}

function areasOf(tile: GroupTile, figures: Figures): readonly Area[] {
  const { unit } = tile.measures[0];
  const lines = figures.lines.slice(0, tile.draw);
  const drawn = lines.map((line, index) => area(line.label, line.values[0] ?? null, `var(--area-${String(Math.min(4, 1 + Math.floor(index / 4)))})`));
  const rest = restOf(figures, 0, lines.length);
  const more = figures.lines.length - lines.length;
  const others = rest === null ? [] : [area(more > 0 ? `${String(more)} other ${tile.by.plural}` : `Other ${tile.by.plural}`, rest, "var(--area-rest)")];
  return [...drawn, ...others];

  function area(name: string, value: Exact | null, color: string): Area {
    return { name, value: value === null ? 0 : approximate(value), text: short(value, unit), color };
  }
}
