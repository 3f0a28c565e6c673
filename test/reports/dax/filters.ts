// Filter contexts over tables in memory. In: tables, relationships, filters. Out: which rows of a table are seen.
// Source of the rules: https://learn.microsoft.com/dax/filter-functions-dax and "expanded tables" there: a table with
// all columns of the tables it refers to, many to one; a filter reaches every table whose expansion has its columns.

/** A number is exact; text is compared as Power BI does, without regard to case; null is BLANK. */
export type Value = Fraction | string | null;

export interface Fraction {
  readonly part: bigint;
  /** Greater than zero. */
  readonly whole: bigint;
}

export interface Relationship {
  readonly from: { readonly table: string; readonly column: string };
  readonly to: { readonly table: string; readonly column: string };
}

export interface Data {
  /** Column by column: tables.get("State")?.get("State code")?.[row]. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, readonly Value[]>>;
  readonly relationships: readonly Relationship[];
}

/** Rows whose values of these columns ("table[column]") are one of the tuples are seen. */
export interface Filter {
  readonly columns: readonly string[];
  readonly tuples: ReadonlySet<string>;
}

export type Context = readonly Filter[];

/** One value in one text form, the same for equal values. */
export function keyOf(value: Value): string {
  if (value === null) return "";
  if (typeof value === "string") return `"${value.toLowerCase()}"`;
  const divisor = gcd(value.part < 0n ? -value.part : value.part, value.whole);
  return `${String(value.part / divisor)}/${String(value.whole / divisor)}`;
}

const gcd = (left: bigint, right: bigint): bigint => (right === 0n ? left : gcd(right, left % right));
const SEPARATOR = "\u0000";
export const tupleOf = (values: readonly Value[]): string => values.map(keyOf).join(SEPARATOR);
export const nameOf = (table: string, column: string): string => `${table}[${column}]`;

export class World {
  /** Columns of every expanded table, by "table[column]", a value a row of the table. */
  private readonly expanded = new Map<string, ReadonlyMap<string, readonly Value[]>>();
  /** What a filter lets through of a table; null: it does not reach it. */
  private readonly masks = new Map<string, WeakMap<Filter, Uint8Array | null>>();

  constructor(readonly data: Data) {}

  /** @throws Error for a table that the model does not have. */
  columnsOf(table: string): ReadonlyMap<string, readonly Value[]> {
    const known = this.expanded.get(table);
    if (known !== undefined) return known;
    const own = this.data.tables.get(table);
    if (own === undefined) throw new Error(`no table ${table}`);
    const columns = new Map([...own].map(([column, values]) => [nameOf(table, column), values] as const));
    for (const { from, to } of this.data.relationships.filter((each) => each.from.table === table)) {
      const other = this.columnsOf(to.table);
      const rowOfKey = new Map((other.get(nameOf(to.table, to.column)) ?? []).map((value, row) => [keyOf(value), row]));
      const rows = (own.get(from.column) ?? []).map((value) => rowOfKey.get(keyOf(value)));
      // A key that the other table lacks is its blank row.
      for (const [name, values] of other) columns.set(name, rows.map((row) => (row === undefined ? null : (values[row] ?? null))));
    }
    this.expanded.set(table, columns);
    return columns;
  }

  column(table: string, name: string): readonly Value[] {
    const values = this.columnsOf(table).get(name);
    if (values === undefined) throw new Error(`${table} does not reach ${name}`);
    return values;
  }

  rowsOf(table: string, context: Context): readonly number[] {
    const count = [...this.columnsOf(table).values()][0]?.length ?? 0;
    const masks = context.flatMap((filter) => this.mask(table, filter) ?? []);
    const rows: number[] = [];
    for (let row = 0; row < count; row++) if (masks.every((mask) => mask[row] === 1)) rows.push(row);
    return rows;
  }

  /** Values that the column has in all rows of its table, and BLANK where rows elsewhere refer to nothing in it. */
  allValues(table: string, column: string): readonly Value[] {
    const found = new Map(this.column(table, nameOf(table, column)).map((value) => [keyOf(value), value] as const));
    const referring = this.data.relationships.filter(({ to }) => to.table === table).map(({ from }) => from.table);
    if (referring.some((other) => this.column(other, nameOf(table, column)).includes(null))) found.set(keyOf(null), null);
    return [...found.values()];
  }

  private mask(table: string, filter: Filter): Uint8Array | null {
    const known = this.masks.get(table) ?? new WeakMap<Filter, Uint8Array | null>();
    this.masks.set(table, known);
    const found = known.get(filter);
    if (found !== undefined) return found;
    const made = this.makeMask(table, filter);
    known.set(filter, made);
    return made;
  }

  private makeMask(table: string, { columns, tuples }: Filter): Uint8Array | null {
    const reached = this.columnsOf(table);
    const places = columns.flatMap((name, place) => (reached.has(name) ? [place] : []));
    if (places.length === 0) return null;
    const allowed = places.length === columns.length ? tuples : new Set([...tuples].map((tuple) => places.map((place) => tuple.split(SEPARATOR)[place] ?? "").join(SEPARATOR)));
    const values = places.map((place) => this.column(table, columns[place] ?? ""));
    const count = values[0]?.length ?? 0;
    const mask = new Uint8Array(count);
    for (let row = 0; row < count; row++) mask[row] = allowed.has(tupleOf(values.map((each) => each[row] ?? null))) ? 1 : 0;
    return mask;
  }
}

/** The context without whatever it says of these columns. */
export function without(context: Context, columns: ReadonlySet<string>): Context {
  return context.flatMap((filter): readonly Filter[] => {
    const places = filter.columns.flatMap((name, place) => (columns.has(name) ? [] : [place]));
    if (places.length === filter.columns.length) return [filter];
    if (places.length === 0) return [];
    return [{ columns: places.map((place) => filter.columns[place] ?? ""), tuples: new Set([...filter.tuples].map((tuple) => places.map((place) => tuple.split(SEPARATOR)[place] ?? "").join(SEPARATOR))) }];
  });
}
