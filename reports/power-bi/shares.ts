// Measures that only a drawing needs: a value's part of the whole. In: a report's tiles. Out: their names and DAX.

import { measureName, shownColumn } from "../dax.js";
import { isTable, type Field, type Measure } from "../model.js";
import { tilesOf, type GroupTile, type Report } from "../report.js";

export interface ShareMeasure {
  readonly name: string;
  readonly meaning: string;
  readonly of: Measure;
  readonly dax: string;
}

/** What a tile's drawing is grouped by: the words for the value where each value has its own, else the value. */
export function drawnBy({ by, label }: GroupTile): Field {
  return label === undefined || isTable(label.of) ? by : label;
}

export function shareMeasure({ model }: Report, tile: GroupTile): ShareMeasure {
  const [of] = tile.measures;
  const field = drawnBy(tile);
  const value = `[${measureName(model, of)}]`;
  // A filter on the first values counts as chosen by the reader: with one the whole is every value of the field.
  const whole = tile.limit === undefined ? "ALLSELECTED" : "REMOVEFILTERS";
  return {
    of, name: `${of.label} share by ${field.label.toLowerCase()}`, meaning: `${of.label} as a part of those of all ${field.plural}.`,
    dax: `DIVIDE(${value}, CALCULATE(${value}, ${whole}(${shownColumn(field)})))`,
  };
}

/** Those of all tiles that draw shares, each once. */
export function shareMeasures(report: Report): readonly ShareMeasure[] {
  const shares = tilesOf(report).flatMap((tile) => (tile.kind === "share" ? [shareMeasure(report, tile)] : []));
  return [...new Map(shares.map((share) => [share.name, share])).values()];
}
