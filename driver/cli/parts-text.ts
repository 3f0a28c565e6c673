// The tools of this computer as a table, with what to do about those that are missing.

import type { Part } from "../local/setup.js";
import { table } from "./present.js";
import { problemText } from "./problem-text.js";

export function partsText(parts: readonly Part[]): string {
  const rows = parts.map((part) => [part.state === "present" ? "ok" : part.state, part.title, part.state === "present" ? part.version : "–", part.state === "present" ? part.path : "", part.purpose]);
  const problems = parts.flatMap((part) => (part.state === "present" ? [] : [problemText(part.problem)]));
  return [table(["", "part", "version", "where", "needed for"], rows), ...problems].join("\n\n");
}
