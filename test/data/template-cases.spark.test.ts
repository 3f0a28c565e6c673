// Rows in, rows out: every folder below test/data/<pipeline>/ played on one real Spark session.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { findToolchain } from "../../driver/local/toolchain.js";
import { warmMachine } from "../servers/warm-spark.js";
import { readCases, type Case } from "./cases.js";

const SESSION = { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "1" };
const cases = readCases("part-d");
const folder = mkdtempSync(join(tmpdir(), "carelake-cases-"));
const answersShape = z.record(z.string(), z.object({ rows: z.array(z.record(z.string(), z.string().nullable())).optional(), error: z.string().optional() }));
let answers: z.infer<typeof answersShape> = {};

beforeAll(async () => {
  const toolchain = await findToolchain(warmMachine());
  if (!toolchain.ok) throw new Error(JSON.stringify(toolchain.problems));
  const { sparkSubmit, env } = toolchain.value;
  const [told, said] = [join(folder, "cases.json"), join(folder, "answers.json")];
  writeFileSync(told, JSON.stringify({ session: SESSION, cases: cases.map(({ id, setup, query }) => ({ id, setup, query })) }));
  const conf = ["--conf", "spark.master=local[1]", "--conf", "spark.ui.enabled=false", "--conf", `spark.local.dir=${folder}`];
  const ended = spawnSync(sparkSubmit, [...conf, join(import.meta.dirname, "run_cases.py"), told, said], { encoding: "utf8", cwd: folder, env: { ...process.env, ...env } });
  if (ended.status !== 0) throw new Error(`spark-submit ended with ${String(ended.status)}\n${ended.stderr.slice(-4000)}`);
  answers = answersShape.parse(JSON.parse(readFileSync(said, "utf8")));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rowsOf(each: Case): readonly string[] {
  return each.expected.rows.map((row) => JSON.stringify(Object.fromEntries(each.expected.header.map((column, at) => [column, row[at] ?? null])))).sort();
}

function answerOf(each: Case): readonly string[] {
  const answer = answers[each.id];
  if (answer?.rows === undefined) throw new Error(answer?.error ?? "Spark gave no answer");
  return answer.rows.map((row) => JSON.stringify(Object.fromEntries(each.expected.header.map((column) => [column, listAsCell(column, row[column] ?? null)])))).sort();
}

/** A list without members is an empty cell in expect.csv. */
const listAsCell = (column: string, value: string | null): string | null => (["quarantine_reasons", "warnings"].includes(column) && value === "" ? null : value);

describe.each(cases.map((each) => [each.id, each] as const))("%s", (_, each) => {
  it("gives the rows of expect.csv", () => {
    expect(answerOf(each)).toEqual(rowsOf(each));
  });
});

it("has cases for every table that a template computes", () => {
  const played = new Set(cases.map((each) => each.id.split(/[@:]/)[0]));
  expect([...played]).toEqual(expect.arrayContaining(["drug", "prescriber", "prescriber_drug", "state"].map((table) => `part-d/cleansed/${table}`)));
  expect([...played]).toEqual(expect.arrayContaining(["drug", "state", "drug_report", "prescriber_report", "drug_utilization"].map((table) => `part-d/curated/${table}`)));
});
