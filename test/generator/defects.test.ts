// Planted defects, found again by DuckDB and by the bytes: exactly as many as asked, where defects.json says, and nothing else.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DETAIL_RULES, defectSpec, presetSpec, PROVIDER_RULES } from "./defects.js";
import type { PlantedLine, YearMade } from "./generate.js";
import { generateFolder } from "./generate.js";
import { count, DETAIL_SQL, openData, PROVIDER_SQL } from "./rules.js";

const root = mkdtempSync(join(tmpdir(), "carelake-defects-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const RULES = [...DETAIL_RULES, ...PROVIDER_RULES];
const ON_BYTES = ["G03", "UTF8"];
const SQL: Readonly<Record<string, string>> = { ...DETAIL_SQL, ...PROVIDER_SQL };

/** Rows of a rule besides those planted for it: defects that list the rule in `also`. */
const asSideEffect = (made: YearMade, rule: string): readonly PlantedLine[] => made.planted.filter((item) => item.also.includes(rule));

describe.each(RULES.filter((rule) => !ON_BYTES.includes(rule)))("%s planted four times", (rule) => {
  test("is found exactly four times, and no other rule is broken but those named", async () => {
    const dir = join(root, rule);
    const [made] = await generateFolder({ rows: 4_000, years: [2023], seed: 3, threads: 0, defects: { seed: 7, plant: { [rule]: 4 } } }, dir);
    if (made === undefined) throw new Error("no year was made");
    const db = await openData(dir);
    expect(await count(db, SQL[rule] ?? "")).toBe(4);
    for (const [other, sql] of Object.entries(SQL)) {
      if (other === rule) continue;
      const found = await count(db, sql);
      expect(found, `${other} beside ${rule}`).toBeLessThanOrEqual(asSideEffect(made, other).length);
    }
    expect(await count(db, "select count(*) from detail")).toBe(4_000);
  }, 60_000);
});

describe("each-once", () => {
  const dir = join(root, "each");
  let made: YearMade | undefined;
  let lines: readonly Buffer[] = [];
  beforeAll(async () => {
    [made] = await generateFolder({ rows: 10_000, years: [2023], seed: 3, threads: 0, defects: presetSpec("each-once", 10_000) }, dir);
    lines = split(readFileSync(join(dir, "MUP_DPR_RY25_P04_V10_DY23_NPIBN.csv")));
  }, 60_000);

  test("plants every rule once, and defects.json says so", () => {
    expect(made?.planted.map((item) => item.rule).sort()).toEqual([...RULES].sort());
    const written: unknown = JSON.parse(readFileSync(join(dir, "defects.json"), "utf8"));
    expect(written).toMatchObject({ seed: 3, years: { 2023: { detail: 10_000 } }, planted: Object.fromEntries(RULES.map((rule) => [rule, { count: 1 }])) });
  });

  test("the lines named in defects.json are the ones spoilt", () => {
    const lineOf = (rule: string): Buffer => lines[(made?.planted.find((item) => item.rule === rule)?.line ?? 0) - 1] ?? Buffer.alloc(0);
    expect(lineOf("G03").toString("utf8").split(",").length).toBeLessThan(22);
    expect(lineOf("UTF8").includes(0xe9)).toBe(true);
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(lineOf("UTF8"))).toThrow();
    expect(lineOf("CAST").toString("utf8")).toMatch(/,\d+x,/);
    expect(lineOf("A14").toString("utf8")).toContain(",QQ,");
  });

  test("only one line is not UTF-8 and only one has a wrong number of fields", () => {
    const broken = lines.filter((line) => !line.equals(Buffer.from(line.toString("utf8"), "utf8")));
    expect(broken.length).toBe(1);
    const fields = (line: Buffer): number => line.toString("utf8").replaceAll(/"[^"]*"/g, "").split(",").length;
    expect(lines.filter((line) => fields(line) !== 22).length).toBe(1);
  });
});

test("too few prescribers for the defects asked for is an error that says so", async () => {
  await expect(generateFolder({ rows: 100, years: [2023], seed: 3, threads: 0, defects: { seed: 1, plant: { B04: 50 } } }, join(root, "few"))).rejects.toThrow(/too few prescribers in 100 rows of 2023/);
});

test("an unknown rule in a defects file is refused", () => {
  expect(defectSpec.safeParse({ plant: { B99: 1 } }).success).toBe(false);
});

function split(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = bytes.indexOf(10, from);
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return lines;
}
