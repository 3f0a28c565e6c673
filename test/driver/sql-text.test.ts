import { describe, expect, it } from "vitest";
import { codeOnly, lineAndColumn, offsetOf, withoutLayout } from "../../driver/sql-text.js";

describe("SQL without layout", () => {
  it("is the same for texts that differ in comments and white space only", () => {
    expect(withoutLayout("select a, -- why\n  b\nfrom t /* x */ where c = 'x  -- y'")).toBe(withoutLayout("select a, b from t where c = 'x  -- y'\n"));
  });

  it("differs when a literal or a quoted name differs, also in white space", () => {
    expect(withoutLayout("select 'a  b'")).not.toBe(withoutLayout("select 'a b'"));
    expect(withoutLayout("select `a  b`")).not.toBe(withoutLayout("select `a b`"));
  });
});

it("code keeps its offsets when comments and literals are blanked", () => {
  const sql = "select 'it''s -- no' as a, -- note\n `x;y` from t";
  const code = codeOnly(sql);
  expect(code).toHaveLength(sql.length);
  expect(code.indexOf("from")).toBe(sql.indexOf("from"));
  expect(code).not.toMatch(/no|note|;/);
});

it("offsets and lines with columns are two names of one place", () => {
  const text = "ab\n\ncde\n";
  for (const offset of [0, 1, 2, 3, 4, 6]) {
    const { line, column } = lineAndColumn(text, offset);
    expect(offsetOf(text, line, column)).toBe(offset);
  }
});
