// A refresh as people read it, and as JSON.

import type { Refreshed } from "../refresh/refresh.js";
import { count, table } from "./present.js";

export function refreshText({ outcome, refresh, tables, counted }: Refreshed): string {
  if (outcome === "up-to-date") return `Power BI shows what is live already (${tables.map(({ model, generation }) => `${model} of ${generation.publication}`).join(", ")}); --force asks all the same`;
  const rows = tables.map((each) => [each.model, each.table, each.generation.publication, each.rows === undefined ? "" : count(each.rows), each.rows !== undefined && counted.includes(each) ? count(each.rows) : "not counted"]);
  return `Power BI refreshed its model (${refresh ?? ""})\n${table(["table of the model", "from", "publication", "rows published", "rows in the model"], rows, [3, 4])}`;
}

export const refreshJson = ({ outcome, refresh, tables, counted }: Refreshed): unknown => ({
  outcome,
  refresh,
  tables: tables.map((each) => ({ table: each.table, model: each.model, publication: each.generation.publication, rows: each.rows ?? null, counted: counted.includes(each) })),
});
