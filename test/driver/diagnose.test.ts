// What is said to be left when Spark died without a report: only what its events bear out.

import { expect, it } from "vitest";
import type { Failed } from "../../driver/diagnose.js";
import { diagnose } from "../../driver/diagnose.js";
import type { StageEvent } from "../../driver/stage.js";

const at = "2026-01-01T00:00:00.000Z";
const built: StageEvent = { event: "step-finished", at, report: { id: "fills/raw/fill@2023", job: "fills/raw/fill", table: "lake.fills_raw.fill", year: 2023, fingerprint: "f", outcome: "built", rows: 5, quarantined: null, snapshot: "1", seconds: 1, source: null } };
const forwarded: StageEvent = { event: "forwarded", at, table: "lake.fills_raw.fill", snapshot: "1" };

function left(events: readonly StageEvent[], tail: readonly string[] = []): string | undefined {
  const stage = { name: "all", steps: [], exports: [] } as unknown as Failed["stage"];
  return diagnose({ run: "7c1e-1", branch: "run_7c1e", stage, report: undefined, events, exitCode: null, logs: { place: "stderr.log", tail, parts: [{ place: "stderr.log", process: "driver", is: "read", lines: tail.map((text, index) => ({ number: index + 1, text })) }] }, memory: "1g" }).left;
}

it.each([
  ["died before anything was built", [], [], "nothing was written"],
  ["died with a table on its branch", [built], [], "no table changed for readers; what was written stays on branch run_7c1e for a look"],
  ["died between two tables that became visible", [built, forwarded], [], "visible already: lake.fills_raw.fill; run again to finish the others"],
  ["had no room for its last events", [built], ["java.io.IOException: No space left on device"], "no table changed for readers"],
  ["had no room, and tables were visible already", [built, forwarded], ["java.io.IOException: No space left on device"], "visible already: lake.fills_raw.fill; run again to finish the others"],
])("a stage that %s", (_, events, tail, words) => expect(left(events, tail)).toBe(words));
