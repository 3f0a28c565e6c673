// What was left behind, as people read it.

import type { LakeLeftovers } from "../clean.js";
import type { Leftovers } from "../publish.js";
import { count, table } from "./present.js";

export function cleanText(lake: LakeLeftovers, database: Leftovers | undefined, removed: boolean): string {
  const rows = lake.tables
    .filter((each) => each.branches.length + each.snapshots + each.orphan_files > 0)
    .map((each) => [each.table, each.branches.join(", ") || "–", count(each.snapshots), count(each.orphan_files)]);
  const staging = database?.staging.map((each) => each.name) ?? [];
  const blocks = [
    ...(rows.length === 0 ? [] : [table(["table", "branches", "old snapshots", "unnamed files"], rows, [2, 3])]),
    ...(lake.exports.length === 0 ? [] : [`exports nobody needs:\n${lake.exports.map((path) => `  ${path}`).join("\n")}`]),
    ...(lake.stages.length === 0 ? [] : [`stages of former cleanings:\n${lake.stages.map((path) => `  ${path}`).join("\n")}`]),
    ...(staging.length === 0 ? [] : [`staging tables in MySQL: ${staging.join(", ")}`]),
  ];
  if (blocks.length === 0) return "nothing is left over";
  return [...blocks, removed ? "removed" : "nothing was removed; add --yes to remove it"].join("\n\n");
}
