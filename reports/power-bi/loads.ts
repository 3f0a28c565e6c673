// What each table of the semantic model is loaded from. In: a report. Out: pairs of names: several tables of the model
// may be loaded from one published table. A refresh asks for those whose published table has changed.

import type { Report } from "../report.js";
import { LIVE_TABLES } from "./m.js";
import { PUBLICATION } from "./publication.js";

export interface Load {
  /** Name of the model's table. */
  readonly model: string;
  /** Table of the serving database. */
  readonly from: string;
  /** Each row becomes one of the model's; a list has one row a key. */
  readonly isWhole: boolean;
}

export function loadsOf({ model }: Report): readonly Load[] {
  return [
    ...model.tables.map(({ label, name }) => ({ model: label, from: name, isWhole: true })),
    ...model.dimensions.map(({ label, from }) => ({ model: label, from, isWhole: false })),
    { model: PUBLICATION, from: LIVE_TABLES, isWhole: true },
  ];
}
