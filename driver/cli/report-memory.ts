// Whether a report's rows have room in memory. In: rows, the heap that Node may use. Out: the problem, when they have none.
// Never here: the heap itself.

import { fail, ok, type Result } from "../problems.js";

/** What a build of 5.6 million rows took at its most, heap and all else, by the row, and something to spare (docs/benchmarks.md, 23 November 2026). */
const BYTES_A_ROW = 450;

/** Node ends without a word of use when its heap is full: said before anything is read. */
export function roomFor(rows: number, heapBytes: number): Result<undefined> {
  const needed = rows * BYTES_A_ROW;
  return needed <= heapBytes ? ok(undefined) : fail({ code: "report-too-large", rows, needed, heap: heapBytes });
}
