// Stages that follow one another on the same tables: what a later one finds of the earlier, year by year.

import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { StageExport, StageStep } from "../../../driver/stage.js";
import { column, gate, lines, newBench, onWarm, stageFile, step, submit, tableState, type Bench } from "./stage-bench.js";

const RAW = "lake.y_raw.n";
const CLEAN = "lake.y_cleansed.n";
const FIRST = "run_aaaaaaaaaaaa";
const SECOND = "run_bbbbbbbbbbbb";

let bench: Bench;

interface Written {
  readonly table?: string;
  readonly year: number;
  readonly branch: string;
  readonly fingerprint: string;
  readonly select: string;
}

const write = ({ table = CLEAN, year, branch, fingerprint, select }: Written, parts: Partial<StageStep> = {}): StageStep =>
  step({ table, year, fingerprint, columns: [column("n", "int")], sql: `insert overwrite ${table}.branch_${branch} partition (year = ${String(year)}) by name ${select}`, ...parts });
const raw = (year: number, branch: string): StageStep => write({ table: RAW, year, branch, fingerprint: `raw-${String(year)}`, select: `select ${String(year)} as n` });
/** Reads the branch, as a plan does for every year of a job as soon as it builds any of them. */
const clean = (year: number, branch: string, fingerprint: string): StageStep => write({ year, branch, fingerprint, select: `select n from ${RAW}.branch_${branch} where year = ${String(year)}` });

function exported(year: number, fingerprint: string): StageExport {
  const columns = ["year", "n"].map((name) => ({ name, type: "int" }));
  return { id: `export@${String(year)}`, table: CLEAN, year, columns, sort: ["n"], directory: join(bench.folder, "export", String(year), fingerprint), segment_bytes: 1e9, fingerprint };
}

const refs = (table: string): readonly string[] => Object.keys(tableState(bench, table).refs).sort();

beforeAll(async () => {
  bench = await onWarm(await newBench("years"));
  const first = await submit(bench, stageFile(bench, { stage: "first", branch: FIRST, steps: [raw(2022, FIRST), clean(2022, FIRST, "f1")], exports: [exported(2022, "f1")] }));
  expect(first.report?.failure).toBeNull();
});

describe("a stage after another", () => {
  it("writes segments anew when the same fingerprint was built again with other rows", async () => {
    const again = write({ year: 2022, branch: SECOND, fingerprint: "f1", select: "select explode(sequence(1, 3)) as n" }, { rebuild: true });
    const outcome = await submit(bench, stageFile(bench, { stage: "forced", branch: SECOND, steps: [again], exports: [exported(2022, "f1")] }));
    expect(outcome.report?.failure).toBeNull();
    expect(lines(exported(2022, "f1").directory)).toEqual(["2022\t1", "2022\t2", "2022\t3"]);
  });

  it("reads an earlier year from the branch of a table that only a later year makes", async () => {
    const steps = [clean(2022, SECOND, "f2"), raw(2023, SECOND), clean(2023, SECOND, "f2")];
    const outcome = await submit(bench, stageFile(bench, { stage: "mixed", branch: SECOND, steps }));
    expect(outcome.report?.failure).toBeNull();
    expect(outcome.report?.steps.map((each) => [each.outcome, each.rows])).toEqual([["built", 1], ["built", 1], ["built", 1]]);
    expect([refs(RAW), refs(CLEAN)]).toEqual([["main"], ["main"]]);
  });

  it("exports a table that it does not build, leaves no branch, and keeps the segments the next time", async () => {
    const stage = stageFile(bench, { stage: "export", steps: [], exports: [exported(2022, "f2"), exported(2023, "f2")] });
    const outcome = await submit(bench, stage);
    expect(outcome.report?.failure).toBeNull();
    expect(outcome.report).toMatchObject({ forwarded: [], exports: [{ rows: 1, kept: false }, { rows: 1, kept: false }] });
    expect([...lines(exported(2022, "f2").directory), ...lines(exported(2023, "f2").directory)]).toEqual(["2022\t2022", "2023\t2023"]);
    expect(refs(CLEAN)).toEqual(["main"]);
    expect((await submit(bench, stage)).report?.exports.map((each) => each.kept)).toEqual([true, true]);
  });

  it("judges the other gates when the statement of one raises, and leaves branches only where it wrote", async () => {
    const gates = [
      gate({ id: "R1", kind: "set", statement: { id: "raises", sql: `select 1 / (count(*) - count(*)) as x from ${CLEAN}.branch_${FIRST}` } }),
      gate({ id: "F1", kind: "set", statement: { id: "finds", sql: `select n from ${CLEAN}.branch_${FIRST} where year = 2022` } }),
      gate({ id: "P1", kind: "set", statement: { id: "passes", sql: `select n from ${CLEAN}.branch_${FIRST} where n is null` } }),
    ];
    const steps = [raw(2022, FIRST), write({ year: 2022, branch: FIRST, fingerprint: "f3", select: "select 7 as n" }, { gates })];
    const outcome = await submit(bench, stageFile(bench, { stage: "raises", branch: FIRST, steps }));
    expect(outcome.report).toMatchObject({ outcome: "failed", failure: { kind: "spark", statement: "raises" } });
    expect(outcome.report?.failure?.condition).toBe("DIVIDE_BY_ZERO");
    expect(outcome.report?.gates.map((each) => [each.id, each.verdict])).toEqual([["F1", "failed"], ["P1", "passed"]]);
    expect(outcome.report?.steps.map((each) => each.outcome)).toEqual(["already-built", "failed"]);
    expect([refs(RAW), refs(CLEAN)]).toEqual([["main"], ["main", FIRST]]);
  });

  it("checks a year whose snapshot has been expired, and still refuses one that holds something else", async () => {
    const maintained = await submit(bench, stageFile(bench, { stage: "clean", branch: "run_clean", steps: [], maintenance: { tables: [CLEAN], exports: [], retain: 1, remove: true } }));
    expect(maintained.report?.maintenance[0]).toMatchObject({ branches: [FIRST], snapshots: 5, removed: true });
    const gates = [gate({ id: "P1", kind: "set", statement: { id: "passes", sql: `select n from ${CLEAN}.branch_${SECOND} where n is null` } })];
    const checks = (year: number, fingerprint: string): StageStep => ({ ...clean(year, SECOND, fingerprint), mode: "check", gates });
    const checked = await submit(bench, stageFile(bench, { stage: "check", branch: SECOND, steps: [checks(2022, "f2"), checks(2023, "f2")] }));
    expect(checked.report?.failure).toBeNull();
    expect(checked.report?.steps.map((each) => [each.outcome, each.rows])).toEqual([["checked", 1], ["checked", 1]]);
    const other = await submit(bench, stageFile(bench, { stage: "other", branch: SECOND, steps: [checks(2023, "f9")] }));
    expect(other.report?.failure).toMatchObject({ kind: "contract", detail: { expected: "f9", found: "f2" } });
    expect(refs(CLEAN)).toEqual(["main"]);
  });
});
