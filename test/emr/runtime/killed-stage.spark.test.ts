// A stage killed with SIGKILL at several moments and run again: the same tables, one branch, nothing in between visible.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import type { StageEvent, StageFile } from "../../../driver/stage.js";
import { column, gate, input, lines, newBench, stageFile, step, submit, tableState, type Bench } from "./stage-bench.js";

const BRANCH = "branch_run_0123456789ab";
const RAW = "lake.k_raw.n";
const CLEAN = "lake.k_cleansed.n";
const ASIDE = "lake.k_cleansed.n__quarantine";
const ROWS = 60_000;

function buildStage(bench: Bench): StageFile {
  const text = "n,word\n" + Array.from({ length: ROWS }, (_, i) => `${i % 1000 === 0 ? "x" : ""}${String(i)},"w, ${String(i % 7)}"`).join("\n");
  const uri = input(bench, "numbers.csv", text);
  const raw = ["n", "word", "source_file", "layout", "unparsed_line"].map((n) => column(n));
  const steps = [
    step({
      table: RAW, columns: raw, sql: `insert overwrite ${RAW}.${BRANCH} partition (year = 2023) by name select * except (source_key) from n_source`,
      source: { kind: "csv", view: "n_source", delimiter: ",", absent: [], layout: "l", files: [{ uri, name: "numbers.csv", gzip: false, skip_lines: 1, fields: ["n", "word"] }] },
    }),
    step({
      table: CLEAN, columns: [column("n", "bigint", false), column("word")],
      rows: { view: "n_rows", input_table: RAW, statement: { id: "n#rows", sql:
        `select *, filter(array(if(try_cast(n as bigint) is null, 'A1', null)), x -> x is not null) as quarantine_reasons from ${RAW}.${BRANCH} where year = 2023` } },
      sql: `insert overwrite ${CLEAN}.${BRANCH} partition (year = 2023) by name select cast(n as bigint) n, word from n_rows where size(quarantine_reasons) = 0`,
      quarantine: { table: ASIDE, columns: [...raw, column("quarantine_reasons", "array<string>")], statement: { id: "n#quarantine", sql:
        `insert overwrite ${ASIDE}.${BRANCH} partition (year = 2023) by name select n, word, source_file, layout, unparsed_line, quarantine_reasons from n_rows where size(quarantine_reasons) > 0` } },
      gates: [gate({ id: "A1", kind: "row", offenders: "quarantine" })],
    }),
  ];
  const columns = [["year", "int"], ["n", "bigint"], ["word", "string"]].map(([name, type]) => ({ name: name ?? "", type: type ?? "" }));
  return stageFile(bench, { stage: "killed", steps, exports: [{ id: "export:n", table: CLEAN, year: 2023, columns, sort: ["n"],
    directory: join(bench.folder, "export", "n"), segment_bytes: 200_000, fingerprint: "f1" }] });
}

/** Kills the whole process group, as the death of the machine would. */
function killAt(test: (event: StageEvent) => boolean, delay = 0) {
  return (event: StageEvent, child: ChildProcess): void => {
    if (!test(event)) return;
    setTimeout(() => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    }, delay);
  };
}

describe("a stage killed and run again", () => {
  let bench: Bench;
  let stage: StageFile;
  beforeAll(async () => {
    bench = await newBench("killed");
    stage = buildStage(bench);
  });

  it("shows nothing when it dies in its first write", async () => {
    const outcome = await submit(bench, stage, { onEvent: killAt((e) => e.event === "statement-started", 500) });
    expect([outcome.code, outcome.report]).toEqual([null, undefined]);
    expect(tableState(bench, RAW).refs["main"]).toBeUndefined();
  });

  it("shows nothing when it dies between a table and its quarantine", async () => {
    const outcome = await submit(bench, stage, { onEvent: killAt((e) => e.event === "statement-started" && e.statement === "n#quarantine") });
    expect([outcome.code, outcome.report]).toEqual([null, undefined]);
    for (const table of [RAW, CLEAN]) expect(Object.keys(tableState(bench, table).refs)).toEqual(["run_0123456789ab"]);
  });

  it("shows whole tables when it dies while forwarding", async () => {
    const outcome = await submit(bench, stage, { onEvent: killAt((e) => e.event === "forwarded") });
    expect(outcome.report).toBeUndefined();
    const refs = tableState(bench, RAW).refs;
    expect(refs["main"]).toBe(refs["run_0123456789ab"]);
  });

  it("ends with the same tables as a run that nobody killed", async () => {
    const outcome = await submit(bench, stage);
    expect(outcome.report?.failure).toBeNull();
    expect(outcome.report?.steps.map((s) => [s.outcome, s.rows, s.quarantined])).toEqual([["already-built", ROWS, null], ["already-built", ROWS - 60, 60]]);
    for (const table of [RAW, CLEAN, ASIDE]) expect(Object.keys(tableState(bench, table).refs)).toEqual(["main"]);
    const expected = Array.from({ length: ROWS }, (_, i) => i).filter((i) => i % 1000 !== 0).map((i) => `2023\t${String(i)}\tw, ${String(i % 7)}`);
    expect(lines(join(bench.folder, "export", "n"))).toEqual(expected);
    expect(readdirSync(join(bench.folder, "export", "n")).length).toBeGreaterThan(4);
    expect(existsSync(join(bench.folder, "export", "n.part"))).toBe(false);
    expect(readdirSync(join(bench.folder, "stages", "killed")).sort()).toEqual(["events.jsonl", "report.json", "stage.json"]);
  });
});
