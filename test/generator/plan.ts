// In: rows, years, files. Out: chunks of prescribers with exactly the rows asked for.
// Never here: values of rows. Chunks do not depend on the number of threads, so neither do the bytes.
import { LAST_INDEX } from "./npi.js";
import { growthInto, shapeOf } from "./population.js";

/** Prescribers `from` to `to` (not included) of a year; the last one is cut to `lastRows` when the year ends inside. */
export type Chunk = {
  readonly id: number; readonly year: number; readonly from: number; readonly to: number; readonly lastRows: number | null;
  readonly file: number; readonly firstRow: number; readonly rows: number;
};

/** One year: its rows, chunks, and how many detail files it has. */
export type YearPlan = { readonly year: number; readonly rows: number; readonly files: number; readonly chunks: readonly Chunk[] };

export type PlanRequest = { readonly seed: number; readonly years: readonly number[]; readonly rows: number; readonly files: number };

const CHUNK_ROWS = 20_000;
const CHUNK_PRESCRIBERS = 4_000;

/** Rows of each year: the last year has exactly `rows`, every earlier one less by the growth. */
export function rowsByYear(request: PlanRequest): ReadonlyMap<number, number> {
  const last = Math.max(...request.years);
  const rows = new Map<number, number>();
  let exact = request.rows;
  for (let year = last; year >= Math.min(...request.years); year--) {
    if (request.years.includes(year)) rows.set(year, Math.max(1, Math.round(exact)));
    exact /= 1 + growthInto(year);
  }
  return rows;
}

/** Plans every year, oldest first. Throws RangeError when there are not enough valid NPIs for the rows. */
export function planYears(request: PlanRequest): readonly YearPlan[] {
  let nextId = 0;
  return [...rowsByYear(request)].sort(([a], [b]) => a - b).map(([year, rows]) => {
    const chunks = planYear({ seed: request.seed, year, rows, files: request.files, firstId: nextId });
    nextId += chunks.length;
    return { year, rows, files: request.files, chunks };
  });
}

type YearRequest = { readonly seed: number; readonly year: number; readonly rows: number; readonly files: number; readonly firstId: number };

function planYear(request: YearRequest): Chunk[] {
  const chunks: Chunk[] = [];
  const shape = { specialty: 0, volume: 0, rows: 0 };
  const boundary = (file: number): number => Math.round((request.rows * file) / request.files);
  let file = 1;
  let done = 0;
  let from = 0;
  let rowsHere = 0;
  const close = (to: number, lastRows: number | null): void => {
    chunks.push({ id: request.firstId + chunks.length, year: request.year, from, to, lastRows, file, firstRow: done - rowsHere, rows: rowsHere });
    from = to;
    rowsHere = 0;
  };
  for (let index = 0; done < request.rows; index++) {
    if (index > LAST_INDEX) throw new RangeError(`${request.rows} rows need more prescribers than there are NPIs; the most is about ${done}`);
    const wanted = Math.max(0, shapeOf(shape, request, index).rows);
    const rows = Math.min(wanted, request.rows - done);
    done += rows;
    rowsHere += rows;
    const full = done >= request.rows;
    if (full || rowsHere >= CHUNK_ROWS || index - from >= CHUNK_PRESCRIBERS || done >= boundary(file)) close(index + 1, full ? rows : null);
    if (!full && done >= boundary(file)) file++;
  }
  return chunks;
}
