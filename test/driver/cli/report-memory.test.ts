import { expect, it } from "vitest";
import { textOf } from "../../../driver/cli/problem-text.js";
import { roomFor } from "../../../driver/cli/report-memory.js";

it("a report of more rows than memory holds is refused before anything is read, with the setting that makes room", () => {
  const tooMany = roomFor(12_000_000, 4_345_298_944);
  if (tooMany.ok) throw new Error("12 million rows do not fit into 4.3 GB");
  const [problem] = tooMany.problems;
  expect(problem).toMatchObject({ code: "report-too-large", needed: 5_400_000_000 });
  const text = problem === undefined ? undefined : textOf(problem);
  expect(text?.headline).toBe("adding up 12,000,000 published rows takes about 5.4 GB of memory, and Node may have 4.3 GB");
  expect(roomFor(12_000_000, Number(/--max-old-space-size=(\d+)/.exec(text?.help ?? "")?.[1]) * 2 ** 20).ok).toBe(true);
  // A national file of two years, in the heap that Node takes by itself on a computer of 16 GB.
  expect(roomFor(5_700_000, 4_345_298_944).ok).toBe(true);
});
