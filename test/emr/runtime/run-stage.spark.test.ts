// Real stages on real Spark: what a reader of the tables can see, whatever happens to the stage.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { StageFile } from "../../../driver/stage.js";
import { ASIDE, CLEAN, cleanColumns, cleanStep, csv, RAW, rawExport, rawStep, TOTAL, totalExport, totalStep, trapFiles } from "./claim-stage.js";
import { BRANCH, column, gate, input, lines, manifest, newBench, onWarm, stageFile, submit, tableState, type Bench, type Outcome } from "./stage-bench.js";

describe("a stage on Spark", () => {
  let bench: Bench;
  let stage: StageFile;
  let first: Outcome;
  let warm: Bench;
  const put = (name: string, bytes: string | Buffer): string => input(bench, name, bytes);
  beforeAll(async () => {
    bench = await newBench("stage");
    warm = await onWarm(bench);
    stage = stageFile(bench, { stage: "first", steps: [rawStep(trapFiles(put)), cleanStep(), totalStep()], exports: [rawExport(join(bench.folder, "export")), totalExport(join(bench.folder, "export"))] });
    first = await submit(bench, stage);
  });

  it("succeeds and leaves main branches only", () => {
    expect(first.report?.failure).toBeNull();
    expect(first.code).toBe(0);
    for (const table of [RAW, CLEAN, ASIDE, TOTAL]) expect(Object.keys(tableState(bench, table).refs)).toEqual(["main"]);
    expect(first.report?.forwarded).toEqual([RAW, ASIDE, CLEAN, TOTAL]);
    expect(first.stderr).not.toMatch(/SQLQueryContextLogger|Traceback|\bERROR\b/);
  });

  it("reads every trap of CSV as it was meant, and keeps what is no row", () => {
    const rows = lines(join(bench.folder, "export", RAW)).map((l) => l.split("\t"));
    const by = (npi: string) => rows.find((r) => r[1] === npi)?.slice(2);
    expect(by("1001")).toEqual(['Smith, "Jo" \\\\N', "11", "10.50", "\\N", "plain.csv", "short", "\\N"]);
    expect(by("1002")).toEqual(["\\N", "12", "\\N", "\\N", "plain.csv", "short", "\\N"]);
    expect(by("1003")?.slice(0, 3)).toEqual(["Ünal\\tTab", "5", "1.00"]);
    expect(by("1004")?.slice(0, 3)).toEqual(["two\\nlines", "30", "2.00"]);
    expect(by("1005")?.slice(0, 3)).toEqual(["above\\r\\nbelow", "31", "3.00"]);
    expect(by("1011")?.slice(0, 2)).toEqual(["fine", "14"]);
    const kept = rows.map((r) => r[8]).filter((l) => l !== "\\N");
    expect(kept.sort()).toEqual(['1007,few,1', '1008,many,1,2.00,extra', '1010,"open,13,5.00']);
    expect(rows).toHaveLength(11);
  });

  it("says what it knows of each file", () => {
    const source = first.report?.steps[0]?.source;
    expect(source).toMatchObject({ kind: "csv", layout: "short" });
    const bytes = readFileSync(join(bench.folder, "in", "packed.csv.gz"));
    expect(source?.["files"]).toContainEqual(expect.objectContaining({ name: "packed.csv.gz", bytes: bytes.length, lines: 2, sha256: createHash("sha256").update(bytes).digest("hex") }));
  });

  it("splits rows into table and quarantine and judges the gates", () => {
    expect(first.report?.steps[1]).toMatchObject({ outcome: "built", rows: 7, quarantined: 4 });
    const verdicts = Object.fromEntries((first.report?.gates ?? []).map((g) => [g.id, [g.verdict, g.offenders, g.samples.length]]));
    expect(verdicts).toEqual({ A1: ["warned", 3, 3], A2: ["warned", 2, 2], W1: ["warned", 1, 1], B1: ["passed", 0, 0], N1: ["not-applicable", 0, 0],
      S1: ["passed", 0, 0], S2: ["not-applicable", 0, 0], T1: ["noted", 7, 5] });
  });

  it("exports sorted segments whose rows and sum anyone can recompute", () => {
    for (const table of [RAW, TOTAL]) {
      const directory = join(bench.folder, "export", table);
      const told = manifest(directory);
      expect(readdirSync(directory).sort()).toEqual(["manifest.json", ...told.segments.map((s) => s.file)]);
      const sum = lines(directory).reduce((s, l) => s + BigInt(`0x${createHash("sha256").update(l).digest("hex").slice(0, 8)}`), 0n);
      expect([told.rows, told.hash]).toEqual([lines(directory).length, sum.toString()]);
    }
    expect(lines(join(bench.folder, "export", TOTAL))[0]).toBe("2023\t\\N\t1\t1\t\\N\t2023-01-02 03:04:05.000006\t2023-01-02");
  });

  it("measures statements from Spark itself", () => {
    const insert = first.report?.statements.find((s) => s.id.startsWith("t_raw") && s.id.endsWith("#insert"));
    expect(insert).toMatchObject({ rows: 11 });
    for (const key of ["bytes", "files", "tasks", "executor_run_seconds", "seconds"] as const) expect(insert?.[key]).toBeGreaterThan(0);
    expect(first.report?.peak_memory_bytes.driver_jvm).toBeGreaterThan(50e6);
    expect(first.events.at(-1)).toMatchObject({ event: "stage-finished", outcome: "succeeded" });
  });

  it("does nothing twice", async () => {
    const before = [RAW, CLEAN, ASIDE, TOTAL].map((t) => tableState(bench, t).refs);
    const second = await submit(warm, stage);
    expect(second.report?.steps.map((s) => [s.outcome, s.rows, s.quarantined])).toEqual([["already-built", 11, null], ["already-built", 7, 4], ["already-built", 7, null]]);
    expect([RAW, CLEAN, ASIDE, TOTAL].map((t) => tableState(bench, t).refs)).toEqual(before);
    expect(second.report?.exports.map((e) => e.kept)).toEqual([true, true]);
    expect(second.report?.forwarded).toEqual([]);
  });

  it("leaves every table as it was when a gate fails, and the branches for a look", async () => {
    const before = [RAW, CLEAN, TOTAL].map((t) => tableState(bench, t).refs["main"]);
    const clean = cleanStep("f2");
    const failing = { ...clean, gates: [...clean.gates.map((g) => (g.id === "A1" ? { ...g, offenders: "block" as const } : g)),
      gate({ id: "S9", kind: "set", statement: { id: "clean#S9", sql: `select npi from ${CLEAN}.${BRANCH} where year = 2023` } })] };
    const outcome = await submit(warm, { ...stage, ...stageFile(bench, { stage: "gate", steps: [rawStep(trapFiles(put), "f2"), failing, totalStep("f2")] }) });
    expect(outcome.code).toBe(3);
    expect(outcome.report).toMatchObject({ outcome: "gate-failed", failure: { kind: "gate", detail: { gates: ["A1", "S9"] } } });
    expect(outcome.report?.steps.map((s) => s.outcome)).toEqual(["built", "gate-failed", "not-reached"]);
    expect(outcome.report?.gates.find((g) => g.id === "S9")).toMatchObject({ verdict: "failed", offenders: 7, rows: 7 });
    expect([RAW, CLEAN, TOTAL].map((t) => tableState(bench, t).refs["main"])).toEqual(before);
    expect(Object.keys(tableState(bench, RAW).refs).sort()).toEqual(["main", "run_0123456789ab"]);
  });

  it("adds a column of the contract, and refuses to retype one", async () => {
    const wider = { ...totalStep("f3"), columns: [...totalStep().columns, column("more", "int")] };
    const retyped = { ...cleanStep("f3"), columns: cleanColumns.map((c) => (c.name === "claims" ? { ...c, type: "string" } : c)) };
    const grown = { ...wider, statement: { ...wider.statement, sql: wider.statement.sql.replace("select name,", "select 1 as more, name,") } };
    const outcome = await submit(warm, { ...stageFile(bench, { stage: "widen", steps: [grown, retyped] }), branch: "run_0123456789ab" });
    expect(outcome.code).toBe(1);
    expect(outcome.report?.failure).toMatchObject({ kind: "contract", detail: { column: "claims", table_type: "bigint", contract_type: "string" } });
    expect(outcome.report?.steps[0]).toMatchObject({ outcome: "built" });
    expect(tableState(bench, TOTAL).columns).toContain("more");
  });

  it("refuses bytes that are not UTF-8, with their place", async () => {
    const file = csv(put, "latin.csv", Buffer.concat([Buffer.from("npi,name,claims,cost\n1,é,11,1\n2,Ren"), Buffer.from([0xe9, 0x2c]), Buffer.from("11,1\n")]));
    const outcome = await submit(warm, stageFile(bench, { stage: "latin", steps: [rawStep([file], "f5")] }));
    expect(outcome.code).toBe(1);
    expect(outcome.report?.failure).toMatchObject({ kind: "source", detail: { file: "latin.csv", byte: 36, line: 3 } });
    expect(outcome.report?.failure?.detail["bytes"]).toMatch(/^e92c/);
  });
});
