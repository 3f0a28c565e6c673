import { describe, expect, it } from "vitest";
import { add, compare, divide, exactText, parseExact, round, shorten, subtract, type Exact } from "../../reports/exact.js";
import { full, headline, moment, percent, short } from "../../reports/html/format.js";

const exact = (text: string): Exact => {
  const value = parseExact(text);
  if (value === null) throw new Error("unknown");
  return value;
};

describe("exact numbers", () => {
  it("reads DECIMAL and BIGINT text, whole numbers and bigints, and keeps unknown unknown", () => {
    expect(parseExact("90071992547409.93")).toEqual({ units: 9007199254740993n, scale: 2 });
    expect(parseExact("-0.10")).toEqual({ units: -10n, scale: 2 });
    expect(parseExact(7)).toEqual({ units: 7n, scale: 0 });
    expect(parseExact(9007199254740993n)).toEqual({ units: 9007199254740993n, scale: 0 });
    expect(parseExact(null)).toBeNull();
    expect(parseExact(undefined)).toBeNull();
  });

  it.each([0.1, 2 ** 53, Number.NaN, "1e5", "", " 1", "12,5", true, {}])("refuses %s: it has lost digits or is no number", (value) => {
    expect(() => parseExact(value)).toThrow("not an exact number");
  });

  it("adds a million cents without an error", () => {
    let sum = exact("0");
    for (let count = 0; count < 1_000_000; count += 1) sum = add(sum, { units: 1n, scale: 2 });
    expect(compare(sum, exact("10000"))).toBe(0);
    expect(compare(subtract(sum, exact("0.01")), exact("9999.99"))).toBe(0);
  });

  it("rounds halves away from zero", () => {
    expect(round(exact("0.125"), 2)).toEqual(exact("0.13"));
    expect(round(exact("-0.125"), 2)).toEqual(exact("-0.13"));
    expect(round(exact("0.1249999"), 2)).toEqual(exact("0.12"));
  });

  it("divides to the asked digits and has no answer for a whole of zero", () => {
    expect(divide(exact("2"), exact("3"), 4)).toEqual(exact("0.6667"));
    expect(divide(exact("1"), exact("0.00"), 2)).toBeNull();
  });
});

describe("shorten", () => {
  it.each(["0.12344999", "0.12345", "0.1234500001", "-0.1234500001", "0.9999999", "0.00000001", "1.5"])("rounds %s further as the value itself would", (text) => {
    const value = exact(text);
    for (const digits of [0, 1, 2, 3, 4]) expect(round(shorten(value, 5), digits)).toEqual(round(value, digits));
  });

  it("is written without zeros at the end, and read back", () => {
    expect(exactText(exact("-10.500"))).toBe("-10.5");
    expect(exactText(exact("100.00"))).toBe("100");
    expect(exactText(exact("0.00"))).toBe("0");
    expect(exactText(exact("-0.05"))).toBe("-0.05");
  });
});

describe("format", () => {
  it("shows all digits, grouped, beyond what a float can hold", () => {
    expect(full(exact("90071992547409.93"), "usd")).toBe("$90,071,992,547,409.93");
    expect(full(exact("9007199254740993"), "claims")).toBe("9,007,199,254,740,993");
    expect(full(exact("-1234.5"), "usd")).toBe("−$1,234.50");
    expect(full(exact("0.05"), "usd")).toBe("$0.05");
    expect(full(null, "usd")).toBe("unknown");
  });

  it.each([
    ["0", "0"], ["999", "999"], ["1000", "1.00 K"], ["9996", "10.0 K"], ["99960", "100 K"], ["57012345", "57.0 M"], ["999499", "999 K"], ["999500", "1.00 M"],
    ["9410000000", "9.41 bn"], ["1500000000000", "1.50 tn"], ["2500000000000000", "2,500 tn"],
  ])("shortens %s claims to %s", (value, text) => {
    expect(short(exact(value), "claims")).toBe(text);
  });

  it("shortens dollars and keeps the cents of small ones", () => {
    expect(short(exact("9405123456.78"), "usd")).toBe("$9.41 bn");
    expect(short(exact("12.345"), "usd per claim")).toBe("$12.35");
    expect(short(exact("403.96"), "usd per claim")).toBe("$404");
  });

  it("shows a figure that stands alone with all its digits while they can be read", () => {
    expect(headline(exact("999999"), "claims")).toBe("999,999");
    expect(headline(exact("1000000"), "claims")).toBe("1.00 M");
    expect(headline(exact("403.959"), "usd per claim")).toBe("$403.96");
    expect(headline(exact("10000"), "usd")).toBe("$10.0 K");
  });

  it("shows shares in percent and says unknown where there is no whole", () => {
    expect(percent(exact("475"), exact("10000"))).toBe("4.75 %");
    expect(percent(exact("0.01"), exact("90071992547409.93"))).toBe("0.00 %");
    expect(percent(exact("1"), exact("0"))).toBe("unknown");
    expect(percent(null, exact("5"))).toBe("unknown");
  });

  it("writes a moment for people and leaves other text alone", () => {
    expect(moment("2026-11-02T07:31:51.123Z")).toBe("2 November 2026, 07:31 UTC");
    expect(moment("2026-11-02 07:31:51")).toBe("2 November 2026, 07:31 UTC");
    expect(moment("not yet")).toBe("not yet");
    expect(moment("2026-13-02T07:31:51Z")).toBe("2026-13-02T07:31:51Z");
  });
});
