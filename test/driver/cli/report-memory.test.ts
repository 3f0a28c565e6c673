import { expect, it } from "vitest";
import { textOf } from "../../../driver/cli/problem-text.js";
import { roomFor } from "../../../driver/cli/report-memory.js";

it("a report of more rows than memory holds is refused before anything is read, with the setting that makes room", () => {
  const national = roomFor(5_700_000, 4_345_298_944);
  if (national.ok) throw new Error("a national report of two years does not fit into 4.3 GB");
  const [problem] = national.problems;
  expect(problem).toMatchObject({ code: "report-too-large", needed: 7_125_000_000 });
  const text = problem === undefined ? undefined : textOf(problem);
  expect(text?.headline).toBe("adding up 5,700,000 published rows takes about 7.1 GB of memory, and Node may have 4.3 GB");
  expect(roomFor(5_700_000, Number(/--max-old-space-size=(\d+)/.exec(text?.help ?? "")?.[1]) * 2 ** 20).ok).toBe(true);
  expect(roomFor(80_000, 4_345_298_944).ok).toBe(true);
});
