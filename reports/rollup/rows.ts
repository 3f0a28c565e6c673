// Rows as a database prints them → rows as numbers of texts and exact units, which take little memory and are compared
// fast. In: rows, in any order. Out: rows that groups are made of, and how their values read. Never here: SQL, groups.

import type { Measure } from "../model.js";
import type { Report } from "../report.js";
import { newAmounts, newTexts, type Amounts, type GrowingTexts, type Texts } from "./column.js";
import { groupingOf, type Grouping } from "./groups.js";
import type { ListReading, TableReading } from "./reading.js";
import { isKnown, newList, onesWhere, unitsWhere, type Units } from "./units.js";

export type TextRow = Readonly<Record<string, string | null>>;

/** A column of texts: which of them each row has. */
export interface Column {
  readonly texts: Texts;
  readonly numbers: Int32Array;
}

/** A table's rows as columns of the same length. */
export interface Columns {
  readonly size: number;
  /** Told apart, by name. */
  readonly texts: ReadonlyMap<string, Column>;
  /** Added up, by name. */
  readonly amounts: ReadonlyMap<string, Amounts>;
}

/** A table's rows, to be asked. */
export interface Facts extends Grouping {
  readonly columns: Columns;
  readonly texts: (column: string) => Texts;
  /** Digits after the point of a measure that is added up. */
  readonly scale: (measure: Measure) => number;
}

export interface FactsBeingRead {
  readonly add: (rows: readonly TextRow[]) => void;
  /** Once, when all rows were added. */
  readonly take: () => Facts;
}

/** The members of a list, by year and key. */
export type Members = ReadonlyMap<string, TextRow>;

export function membersOf({ list }: ListReading, rows: readonly TextRow[]): Members {
  return new Map(rows.map((row) => [memberName(row, list.key), row]));
}

const memberName = (row: TextRow, key: string): string => `${row["year"] ?? ""}\t${row[key] ?? ""}`;

export function newFacts(report: Report, reading: TableReading, lists: ReadonlyMap<ListReading, Members>): FactsBeingRead {
  const numbers = new Set(report.model.fields.filter((field) => field.kind === "whole number").map((field) => field.column));
  const own = reading.texts.map((name) => collected(name, numbers.has(name)));
  const named = [...lists].filter(([{ list }]) => reading.table.dimensions.includes(list)).map(([{ list, texts }, members]) => {
    const columns = texts.filter((name) => name !== "year" && name !== list.key).map((name) => collected(name, numbers.has(name)));
    return { key: list.key, members, columns };
  });
  const amounts = reading.amounts.map((name) => ({ name, ...newAmounts() }));
  const add = (rows: readonly TextRow[]): void => {
    for (const row of rows) {
      for (const column of own) column.add(valueIn(row, column.name));
      for (const { key, members, columns } of named) {
        const member = members.get(memberName(row, key));
        for (const column of columns) column.add(member === undefined ? null : valueIn(member, column.name));
      }
      for (const amount of amounts) amount.add(valueIn(row, amount.name));
    }
  };
  const take = (): Facts => {
    const texts = [...own, ...named.flatMap(({ columns }) => columns)].map(({ name, texts, take }) => [name, { texts, numbers: take() }] as const);
    return factsOf({ size: texts[0]?.[1].numbers.length ?? 0, texts: new Map(texts), amounts: new Map(amounts.map((each) => [each.name, each.take()])) });
  };
  return { add, take };
}

function valueIn(row: TextRow, column: string): string | null {
  const value = row[column];
  if (value === undefined) throw new Error(`rows have no column ${column}`);
  return value;
}

interface Collected {
  readonly name: string;
  readonly texts: GrowingTexts;
  readonly add: (text: string | null) => void;
  readonly take: () => Int32Array;
}

function collected(name: string, areNumbers: boolean): Collected {
  const texts = newTexts(areNumbers);
  const { add, take } = newList((size) => new Int32Array(size));
  return { name, texts, add: (text) => add(texts.numberOf(text)), take };
}

export function factsOf(columns: Columns): Facts {
  const { size, texts, amounts } = columns;
  const columnOf = (column: string): Column => texts.get(column) ?? missing(column);
  const textsOf = (column: string): Texts => columnOf(column).texts;
  const amountsOf = (column: string): Amounts => amounts.get(column) ?? missing(column);
  /** Which rows count: all, those whose column is known, those whose flag is set. */
  const counts = ({ value }: Measure): ((row: number) => boolean) => {
    if ((value.kind !== "sum" && value.kind !== "rows") || value.where === undefined) return () => true;
    const { kind, column } = value.where;
    const known = amounts.get(column);
    if (known !== undefined) return (row) => isKnown(known.units, row);
    const [of, set] = [columnOf(column).numbers, textsOf(column).find("1")];
    return kind === "is set" ? (row) => of[row] === set : (row) => of[row] !== 0;
  };
  const sums = (measure: Measure): Units => {
    const { value } = measure;
    const isIn = counts(measure);
    if (value.kind === "rows") return onesWhere(size, isIn);
    if (value.kind !== "sum") throw new Error(`${value.kind} is no sum of rows`);
    const { units } = amountsOf(value.column);
    return value.where === undefined ? units : unitsWhere(units, isIn);
  };
  const numbers = new Map([...texts].map(([name, column]) => [name, column.numbers]));
  const grouping = groupingOf({ size, columns: numbers, sums, bound: (column) => textsOf(column).count() });
  return { ...grouping, columns, texts: textsOf, scale: ({ value }) => (value.kind === "sum" ? amountsOf(value.column).scale : 0) };
}

function missing(column: string): never {
  throw new Error(`rows have no column ${column}`);
}
