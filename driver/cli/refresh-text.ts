// A refresh as people read it, and as JSON.

import type { Refreshed } from "../refresh/refresh.js";
import { count, table } from "./present.js";

export function refreshText({ outcome, refresh, tables }: Refreshed): string {
  if (outcome === "up-to-date") return `Power BI shows what is live already (${tables.map(({ model, generation }) => `${model} of ${generation.publication}`).join(", ")}); --force asks all the same`;
  const rows = tables.map(({ model, table: published, generation, rows: of }) => [model, published, generation.publication, count(of)]);
  return `Power BI refreshed its model (${refresh ?? ""})\n${table(["table of the model", "in MySQL", "publication", "rows"], rows, [3])}`;
}

export const refreshJson = ({ outcome, refresh, tables }: Refreshed): unknown => ({
  outcome,
  refresh,
  tables: tables.map(({ table: published, model, rows, generation }) => ({ table: published, model, publication: generation.publication, rows })),
});
