import { describe, expect, it } from "vitest";
import { groupingOf } from "../../reports/rollup/groups.js";
import { addedUp, newUnits, unitAt, unitsWhere, type Units } from "../../reports/rollup/units.js";

const MOST = 9_007_199_254_740_991;
const unitsOf = (...items: readonly (number | bigint | null)[]): Units => {
  const { add, take } = newUnits();
  for (const item of items) add(item);
  return take();
};
const listed = (units: Units): readonly (bigint | null)[] => Array.from({ length: units.length }, (_, at) => unitAt(units, at));

describe("exact whole numbers", () => {
  it("lie in floats while every sum of them is whole in one, and beyond are as exact", () => {
    const within = unitsOf(MOST - 7, null, -7);
    expect(within).toBeInstanceOf(Float64Array);
    expect(listed(within)).toEqual([BigInt(MOST) - 7n, null, -7n]);
    for (const beyond of [unitsOf(MOST - 7, null, -8), unitsOf(MOST - 7, null, -8n)]) {
      expect(beyond).not.toBeInstanceOf(Float64Array);
      expect(listed(beyond)).toEqual([BigInt(MOST) - 7n, null, -8n]);
    }
    expect(listed(unitsOf(null, 2n ** 70n, 1))).toEqual([null, 2n ** 70n, 1n]);
  });

  it.each([["floats", 5], ["bigints", 2n ** 64n]])("are added up by group as %s: unknown where nothing of a group is known", (_, first) => {
    const units = unitsOf(first, null, -3, null, 7);
    const of = Int32Array.of(0, 1, 0, 2, 2);
    expect(listed(addedUp(units, of, 3))).toEqual([BigInt(first) - 3n, null, 7n]);
    expect(listed(addedUp(unitsWhere(units, (at) => at > 0), of, 3))).toEqual([-3n, null, 7n]);
  });

  it("come back in order from more pieces than one, whatever is left over", () => {
    for (const size of [0, 1, 65_536, 65_537, 200_000]) {
      const { add, take } = newUnits();
      for (let at = 0; at < size; at++) add(at);
      const units = take();
      expect([units.length, unitAt(units, size - 1)]).toEqual([size, size === 0 ? null : BigInt(size - 1)]);
    }
  });
});

describe("groups of many rows", () => {
  it("are those of a Map, however few or many rows are alike, and whatever their keys have in common", () => {
    const size = 100_000;
    for (const [step, most] of [[1, 90_000], [4_096, 50_000], [65_536, 30_000], [1, 3]] as const) {
      const numbers = [Int32Array.from({ length: size }, (_, row) => ((row * 7_919) % most) * (2 ** 31 / most > step ? step : 1)), Int32Array.from({ length: size }, (_, row) => row % 2)];
      const columns = new Map([["one", numbers[0] ?? new Int32Array()], ["other", numbers[1] ?? new Int32Array()]]);
      const { by, within } = groupingOf({ size, columns, sums: () => [], bound: () => 2 ** 31 - 1 });
      const groups = by(["one", "other"]);
      const known = new Map<string, number>();
      const expected = Array.from({ length: size }, (_, row) => {
        const key = `${String(numbers[0]?.[row])} ${String(numbers[1]?.[row])}`;
        if (!known.has(key)) known.set(key, known.size);
        return known.get(key);
      });
      expect(groups.size).toBe(known.size);
      expect([...known.keys()]).toEqual(Array.from({ length: groups.size }, (_, group) => `${String(groups.columns.get("one")?.[group])} ${String(groups.columns.get("other")?.[group])}`));
      const rows = { size, columns, sums: groups.sums };
      expect([...within(rows, ["one", "other"])]).toEqual(expected);
    }
  });
});
