// What each table of the semantic model has: columns people see, columns only measures and relations use.
// In: a report's model. Out: plain lists that the model's texts are made from.

import { isWorded } from "../dax.js";
import { isTable, type Dimension, type Field, type Measure, type Model, type Table } from "../model.js";

export type DataType = "string" | "int64" | "decimal" | "dateTime";

export interface Column {
  readonly name: string;
  /** Name in the answer of the table's query. */
  readonly source: string;
  readonly type: DataType;
  /** What people read about it; a column without is hidden from them. */
  readonly description?: string;
  readonly geography?: Field["geography"];
}

/** Columns of a published table: its fields, the keys of its lists, and what measures read. */
export function tableColumns(model: Model, table: Table): readonly Column[] {
  const shown = fieldsOf(model, table).map(shownColumn);
  const keys = table.dimensions.map((dimension): Column => ({ name: dimension.key, source: dimension.key, type: keyType(model, dimension) }));
  const read = model.measures.filter((measure) => measure.table === table).flatMap(columnsRead);
  return unique([...shown, ...keys, ...read]);
}

/** Columns of a list: its fields. A key that says nothing to people is hidden; a year does. */
export function listColumns(model: Model, dimension: Dimension, year: Field): readonly Column[] {
  return fieldsOf(model, dimension).map((field) => {
    const { description, ...column } = shownColumn(field);
    return field.column === dimension.key && field.kind === "whole number" && field !== year ? column : { ...column, description };
  });
}

export function fieldsOf(model: Model, owner: Table | Dimension): readonly Field[] {
  return model.fields.filter((field) => field.of === owner);
}

/** @throws Error when the key of a list is none of the model's fields, so that its type is not known. */
export function keyField(model: Model, dimension: Dimension): Field {
  const found = fieldsOf(model, dimension).find((field) => field.column === dimension.key);
  if (found === undefined) throw new Error(`the key ${dimension.key} of ${dimension.name} is no field of the model`);
  return found;
}

function keyType(model: Model, dimension: Dimension): DataType {
  return typeOf(keyField(model, dimension));
}

const typeOf = ({ kind }: Field): DataType => (kind === "text" ? "string" : "int64");

function shownColumn(field: Field): Column & { readonly description: string } {
  const { label: name, column, meaning: description, geography } = field;
  const said = { name, description, ...(geography === undefined ? {} : { geography }) };
  return isWorded(field) ? { ...said, source: name, type: "string" } : { ...said, source: column, type: typeOf(field) };
}

/** Sums of dollars are decimals; everything else that is added up or compared is a whole number. */
function columnsRead({ value, unit }: Measure): readonly Column[] {
  if (value.kind === "distinct") return isTable(value.field.of) ? [{ name: value.field.column, source: value.field.column, type: typeOf(value.field) }] : [];
  if (value.kind !== "sum" && value.kind !== "rows") return [];
  const where: readonly Column[] = value.where === undefined ? [] : [{ name: value.where.column, source: value.where.column, type: "int64" }];
  return value.kind === "rows" ? where : [{ name: value.column, source: value.column, type: unit === "usd" ? "decimal" : "int64" }, ...where];
}

function unique(columns: readonly Column[]): readonly Column[] {
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}
