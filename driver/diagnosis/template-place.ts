// The failing place in the executed SQL, told in the template's own lines.

import type { PlannedStage } from "../plan.js";
import type { Place } from "../problems.js";
import { placeOf } from "../render.js";
import { offsetOf } from "../sql-text.js";
import type { StageFailure } from "../stage.js";

export function templatePlace(failure: Pick<StageFailure, "statement" | "line" | "column">, stage: PlannedStage): { readonly at?: Place } {
  if (failure.statement === null) return {};
  for (const step of stage.steps) {
    const origin = step.origins[failure.statement];
    if (origin === undefined) continue;
    if (failure.line === null) return { at: { file: origin.file } };
    const texts = [step.statement, step.rows?.statement, step.quarantine?.statement, ...step.gates.map((gate) => gate.statement)];
    const sql = texts.find((text) => text?.id === failure.statement)?.sql ?? "";
    const offset = offsetOf(sql, failure.line, failure.column ?? 1);
    const text = /^(`[^`]*`|[\w.]+)/.exec(sql.slice(offset))?.[0];
    return { at: { ...placeOf(origin.map, offset, origin.file), ...(text === undefined ? {} : { text }) } };
  }
  return {};
}
