import { describe, expect, it } from "vitest";
import type { Job, Pipeline } from "../../driver/job.js";
import { nearest } from "../../driver/nearest.js";
import { parseParams, parseYears } from "../../driver/params.js";

const years = (text: string) => {
  const parsed = parseYears(text);
  return parsed.ok ? parsed.value : parsed.problems[0].code;
};

describe("years", () => {
  it.each([
    ["2023", [2023]],
    ["2019..2021", [2019, 2020, 2021]],
    ["2021, 2019", [2019, 2021]],
    ["2020,2019..2020", [2019, 2020]],
  ])("%s", (text, expected) => expect(years(text)).toEqual(expected));

  it.each(["23", "2023..2019", "year", "2023.5", "1999", ""])("refuses %s", (text) => expect(years(text)).toBe("param-invalid"));
});

describe("params", () => {
  const job = { name: "p/curated/t", params: { min_claims: { type: "int", meaning: "fewest claims", default: 11, min: 1 }, states: { type: "list", meaning: "only these" }, strict: { type: "boolean", meaning: "no mercy", default: false } } };
  const pipeline = { name: "p", jobs: [job as unknown as Job] } as unknown as Pipeline;
  const parse = (...words: string[]) => parseParams(pipeline, words);

  it("become typed values, defaults included", () => {
    const parsed = parse("states=AL, AK", "min_claims=20");
    expect(parsed.ok && parsed.value).toEqual({ "p/curated/t": { min_claims: 20, states: ["AL", "AK"], strict: false } });
  });

  it("are refused all at once: unknown with the nearest name, wrong, missing", () => {
    const parsed = parse("min_clams=1", "min_claims=0", "strict=maybe");
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.code)).toEqual(["unknown-param", "param-invalid", "param-missing", "param-invalid"]);
    expect(parsed.ok ? undefined : parsed.problems[0]).toMatchObject({ name: "min_clams", known: ["min_claims", "states", "strict"] });
  });
});

describe("the nearest name", () => {
  const known = ["year", "min_claims", "states"];
  it.each([
    ["yaer", "year"],
    ["min-claims", "min_claims"],
    ["STATE", "states"],
    ["county", undefined],
    ["x", undefined],
  ])("of %s is %s", (name, expected) => expect(nearest(name, known)).toBe(expected));
});
