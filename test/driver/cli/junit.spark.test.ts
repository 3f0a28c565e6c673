// carelake run --junit with real Spark: the file is there whether the gates passed or one of them stopped the run.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { carelake } from "../../carelake.js";
import { change, makeProject } from "../../problems/case.js";
import { onWarmSpark } from "../../servers/warm-spark.js";
import { junitFaults, readXml } from "./junit-schema.js";

let project = "";
beforeAll(() => {
  project = makeProject();
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = async (...more: readonly string[]): Promise<{ readonly code: number | null; readonly counts: Readonly<Record<string, string>> }> => {
  const done = await carelake({ args: ["run", "fills", "--year", "2023", "--junit", "gates.xml", ...more], cwd: project, env: onWarmSpark() });
  const document = readXml(readFileSync(join(project, "gates.xml"), "utf8"));
  expect(junitFaults(document)).toEqual([]);
  return { code: done.code, counts: document.attributes };
};

it("a run that passes, one that has nothing to do, and one that a gate stops", async () => {
  const passed = await run();
  expect([passed.code, passed.counts["failures"]]).toEqual([0, "0"]);
  expect(Number(passed.counts["tests"])).toBeGreaterThan(5);
  expect((await run()).counts).toMatchObject({ tests: "0" });
  change(project, { write: {}, programs: {}, bytes: {}, remove: [], replace: [{ file: "input/fills_2023.csv", from: "P003,Insulin,11,1044.90", to: "P003,Insulin,11,1044.90\nP003,Insulin,12,1100.00" }] });
  const stopped = await run();
  expect([stopped.code, stopped.counts["failures"], stopped.counts["errors"]]).toEqual([1, "1", "0"]);
});
