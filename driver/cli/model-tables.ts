// The tables of the semantic model that show what is live. In: a generation, and what the model is: that of the
// pipeline's report, or one of the analyst's own, as the profile describes it. Out: its tables, each with its source.

import { reports } from "../../reports/index.js";
import type { Load } from "../../reports/power-bi/loads.js";
import type { PowerBiProfile } from "../profile.js";
import type { Generation } from "../publish/inventory.js";
import type { LiveTable } from "../refresh/request.js";

export async function modelTables(live: Generation, named: PowerBiProfile["tables"]): Promise<readonly LiveTable[]> {
  const [{ loadsOf }, { LIVE_TABLES }] = await Promise.all([import("../../reports/power-bi/loads.js"), import("../../reports/power-bi/m.js")]);
  const { set, publication, at, tables } = live;
  const published = new Map(tables.map(({ table, tag }) => [table, { rows: tag.rows, generation: { publication: tag.publication, at: tag.at } }]));
  const names = [...published.keys()];
  // It has a row for each of them, and changes with every publication.
  published.set(LIVE_TABLES, { rows: tables.length, generation: { publication, at } });
  const report = named === undefined ? reports.find(({ name }) => name === set) : undefined;
  const loads = report === undefined ? ownLoads(names, named ?? {}) : loadsOf(report);
  return loads.flatMap(({ model, from, isWhole }): readonly LiveTable[] => {
    const source = published.get(from);
    return source === undefined ? [] : [{ table: from, model, rows: isWhole ? source.rows : undefined, generation: source.generation }];
  });
}

/** A table that the profile does not name has its own name in the model. */
function ownLoads(published: readonly string[], named: NonNullable<PowerBiProfile["tables"]>): readonly Load[] {
  return [...new Set([...published, ...Object.keys(named)])].flatMap((from): readonly Load[] => {
    const models = named[from] ?? from;
    if (models === false) return [];
    // Of several tables that share a source not all can have all its rows.
    return typeof models === "string" ? [{ model: models, from, isWhole: true }] : models.map((model) => ({ model, from, isWhole: false }));
  });
}
