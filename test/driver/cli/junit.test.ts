// The gates of a run as JUnit XML: what a CI service reads of it, and the file that the command writes.

import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { junitText } from "../../../driver/cli/junit.js";
import type { ToldGate } from "../../../driver/cli/told-gates.js";
import { folderStore } from "../../../driver/local/folder-store.js";
import type { GateResult } from "../../../driver/stage.js";
import { carelake } from "../../carelake.js";
import { PROBLEMS } from "../../problems/case.js";
import { newFolder } from "../local/fakes.js";
import type { Element } from "./junit-schema.js";
import { junitFaults, readXml } from "./junit-schema.js";

const STEP = "fills/cleansed/fill@2023";
const result = (id: string, verdict: GateResult["verdict"], more: Partial<GateResult> = {}): GateResult => ({ step: STEP, id, name: `rule_${id}`, severity: "error", verdict, reason: null, offenders: 0, rows: 1200, tolerance: 0, samples: [], seconds: 0.25, ...more });
const told = (gate: GateResult): ToldGate => ({ ...gate, why: "Because it must be so.", base_rate: "never" });
const RUN = { run: "abcd1234-1", pipeline: "fills", startedAt: "2026-11-22T10:00:00.123Z" };
const GATES = [
  result("G01", "passed"),
  result("G02", "failed", { offenders: 12, samples: [{ drug: `Ins"ulin" <b> & \u0007bell`, count: 2 }] }),
  result("G03", "warned", { severity: "warn", offenders: 3 }),
  result("G04", "noted", { severity: "info", offenders: 1 }),
  result("G05", "not-applicable", { reason: "no partition for 2022" }),
  result("G06", "passed", { step: "fills/curated/drug_report@2023" }),
].map(told);

const casesOf = (document: Element): readonly Element[] => document.children.flatMap(({ children }) => children.filter(({ name }) => name === "testcase"));
const caseOf = (document: Element, id: string): Element | undefined => casesOf(document).find(({ attributes }) => attributes["name"]?.startsWith(`${id} `));

describe("the gates of a run as JUnit", () => {
  const document = readXml(junitText({ run: RUN, gates: GATES, problems: [] }));

  it("are what readers of JUnit take, with counts that add up", () => {
    expect(junitFaults(document)).toEqual([]);
    expect(document.attributes).toMatchObject({ tests: "6", failures: "1", errors: "0", skipped: "1", time: "1.500" });
  });

  it("are a suite for each table and year", () => {
    expect(document.children.map(({ attributes }) => attributes["name"])).toEqual([STEP, "fills/curated/drug_report@2023"]);
    expect(document.children[0]?.attributes).toMatchObject({ tests: "5", timestamp: "2026-11-22T10:00:00" });
    expect(document.children[0]?.children[0]?.children).toEqual([{ name: "property", attributes: { name: "run", value: "abcd1234-1" }, children: [], text: "" }]);
  });

  it("fail by offenders of error rules, with samples and without characters that XML cannot hold", () => {
    const [failure] = caseOf(document, "G02")?.children ?? [];
    expect(failure).toMatchObject({ name: "failure", attributes: { message: "12 of 1,200 rows (1.0 %)" }, text: `Because it must be so.\ndrug=Ins"ulin" <b> & \uFFFDbell  count=2` });
  });

  it("pass with words where a rule only warns or notes, and are skipped where it does not apply", () => {
    expect(caseOf(document, "G01")?.children).toEqual([]);
    expect(caseOf(document, "G03")?.children).toMatchObject([{ name: "system-out", text: expect.stringMatching(/^warn: 3 of 1,200 rows/) }]);
    expect(caseOf(document, "G04")?.children).toMatchObject([{ name: "system-out", text: expect.stringMatching(/^info: 1 of/) }]);
    expect(caseOf(document, "G05")?.children).toMatchObject([{ name: "skipped", attributes: { message: "no partition for 2022" } }]);
  });

  it("of a run that something else stopped have an error beside them, and one that got no id too", () => {
    const stopped = readXml(junitText({ run: RUN, gates: GATES, problems: [{ code: "run-cancelled", run: RUN.run }] }));
    expect(junitFaults(stopped)).toEqual([]);
    expect(stopped.children.at(-1)).toMatchObject({ attributes: { name: "fills", errors: "1" }, children: [{ name: "properties" }, { children: [{ name: "error", attributes: { message: "run abcd1234-1 was cancelled" } }] }] });
    const refused = readXml(junitText({ gates: [], problems: [{ code: "unknown-profile", name: "prod", known: [] }] }));
    expect([junitFaults(refused), refused.attributes["errors"]]).toEqual([[], "1"]);
  });

  it("of a run that checked nothing are an empty document", () => {
    const empty = readXml(junitText({ run: RUN, gates: [], problems: [] }));
    expect([junitFaults(empty), empty.attributes["tests"]]).toEqual([[], "0"]);
  });
});

it("carelake gates RUN --junit FILE writes what the run's reports in the ledger say", async () => {
  const folder = newFolder();
  cpSync(join(PROBLEMS, "_project"), folder, { recursive: true });
  mkdirSync(join(folder, "reports"));
  const store = folderStore(join(folder, "lake", "ledger"), () => "1");
  const owner = { host: "here", pid: 1, user: "ann" };
  await store.write(`runs/${RUN.run}/run.json`, JSON.stringify({ ...RUN, plan: "p", years: [2023], engine: "local", owner, carelake: "0.1.0" }));
  const gates = [result("F03", "failed", { offenders: 2 }), result("F01", "passed")];
  await store.write(`runs/${RUN.run}/reports/fills.json`, JSON.stringify({ format: 1, run: RUN.run, stage: "fills", outcome: "gate-failed", spark: { version: "", application: "", iceberg: "" }, seconds: { session: 0, total: 0 }, peak_memory_bytes: { driver_jvm: 0, driver_python: 0 }, steps: [], statements: [], gates, exports: [], forwarded: [], failure: null }));
  const done = await carelake({ args: ["gates", RUN.run, "--junit", "reports/gates.xml"], cwd: folder });
  expect([done.code, done.stderr]).toEqual([0, ""]);
  const document = readXml(readFileSync(join(folder, "reports", "gates.xml"), "utf8"));
  expect([junitFaults(document), document.attributes["failures"]]).toEqual([[], "1"]);
  const refused = await carelake({ args: ["gates", RUN.run, "--junit", "nowhere/gates.xml"], cwd: folder });
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("error[file-unwritable]: nowhere/gates.xml cannot be written: no such file or directory")]);
});
