// Many exact whole numbers, and places of texts, in few bytes and outside of the heap. In: numbers, one by one. Out: them
// by place, and sums of them. Never here: texts, digits after a point.

/**
 * Whole numbers by place. Floats, NaN where unknown, only while the sizes of all of them add up to what a float holds
 * exactly: then so is any sum of some of them. Else bigints, null where unknown.
 */
export type Units = Float64Array | readonly (bigint | null)[];

/** Null where it is unknown. */
export function unitAt(units: Units, at: number): bigint | null {
  const unit = units[at] ?? null;
  return typeof unit !== "number" ? unit : Number.isNaN(unit) ? null : BigInt(unit);
}

export function isKnown(units: Units, at: number): boolean {
  const unit = units[at] ?? null;
  return unit !== null && !Number.isNaN(unit);
}

/** Unknown where they are not wanted. */
export function unitsWhere(units: Units, isWanted: (at: number) => boolean): Units {
  return units instanceof Float64Array ? units.map((unit, at) => (isWanted(at) ? unit : NaN)) : units.map((unit, at) => (isWanted(at) ? unit : null));
}

/** One unit a place where it counts, 0 where it does not. */
export function onesWhere(size: number, counts: (at: number) => boolean): Units {
  return new Float64Array(size).map((_, at) => (counts(at) ? 1 : 0));
}

/** Of each group, given the group of each place; unknown where none of it is known. */
export function addedUp(units: Units, of: Int32Array, groups: number): Units {
  return units instanceof Float64Array ? floatsAddedUp(units, of, groups) : bigintsAddedUp(units, of, groups);
}

function floatsAddedUp(units: Float64Array, of: Int32Array, groups: number): Float64Array {
  const sums = new Float64Array(groups).fill(NaN);
  for (let at = 0; at < units.length; at++) {
    const unit = units[at] ?? NaN;
    if (Number.isNaN(unit)) continue;
    const group = of[at] ?? 0;
    const sum = sums[group] ?? NaN;
    sums[group] = Number.isNaN(sum) ? unit : sum + unit;
  }
  return sums;
}

function bigintsAddedUp(units: readonly (bigint | null)[], of: Int32Array, groups: number): readonly (bigint | null)[] {
  const sums = new Array<bigint | null>(groups).fill(null);
  for (let at = 0; at < units.length; at++) {
    const unit = units[at] ?? null;
    if (unit === null) continue;
    const group = of[at] ?? 0;
    const sum = sums[group] ?? null;
    sums[group] = sum === null ? unit : sum + unit;
  }
  return sums;
}

/** A list while it grows. */
export interface Growing<Item, List> {
  readonly add: (item: Item) => void;
  /** What was added; nothing of it stays here. */
  readonly take: () => List;
}

export function newUnits(): Growing<number | bigint | null, Units> {
  const floats = newList((size) => new Float64Array(size));
  let sizes = 0;
  let beyond: (bigint | null)[] | undefined;
  const add = (unit: number | bigint | null): void => {
    if (beyond === undefined) {
      const float = unit === null ? NaN : Number(unit);
      if (unit !== null) sizes += Math.abs(float);
      if (sizes <= Number.MAX_SAFE_INTEGER) return floats.add(float);
      const taken = floats.take();
      beyond = Array.from(taken, (_, at) => unitAt(taken, at));
    }
    beyond.push(unit === null ? null : BigInt(unit));
  };
  return { add, take: () => beyond ?? floats.take() };
}

/** Items of a piece. In pieces a list needs neither a copy nor room to spare while it grows. */
const PIECE = 65_536;

export function newList<List extends Int32Array | Float64Array>(make: (size: number) => List): Growing<number, List> {
  const pieces: (Int32Array | Float64Array)[] = [];
  let [piece, used]: [Int32Array | Float64Array, number] = [make(0), 0];
  const add = (item: number): void => {
    if (used === piece.length) {
      [piece, used] = [make(PIECE), 0];
      pieces.push(piece);
    }
    piece[used++] = item;
  };
  const take = (): List => {
    const list = make(pieces.length === 0 ? 0 : (pieces.length - 1) * PIECE + used);
    for (const [at, each] of pieces.splice(0).entries()) list.set(at * PIECE + each.length > list.length ? each.subarray(0, used) : each, at * PIECE);
    [piece, used] = [make(0), 0];
    return list;
  };
  return { add, take };
}
