// In: a model's measures. Out: their DAX, and the names that tables, columns and measures have in Power BI.
// Only this much of DAX is written: SUM, COUNTROWS, DISTINCTCOUNTNOBLANK, SUMMARIZE, DIVIDE, CALCULATE with
// comparisons of one column, REMOVEFILTERS, SELECTEDVALUE, VAR and RETURN, IF, ISBLANK, NOT, BLANK, `-`, `+`, `=`, `||`.

import { isTable, type Condition, type Dimension, type Field, type Measure, type Model, type Table } from "./model.js";

/** True when people see the values in other words than the column has them: words of a flag, words for what is missing. */
export function isWorded({ values, missing }: Field): boolean {
  return missing !== undefined || (values ?? []).some(({ value, label }) => value !== label);
}

/**
 * Measures are told apart over the whole model, so one whose label stands in two tables says which it is of.
 * @throws Error when the model has no such measure.
 */
export function measureName({ measures }: Model, measure: Measure): string {
  if (!measures.includes(measure)) throw new Error(`the model has no measure ${measure.table.name}.${measure.name}`);
  const isAlone = measures.every((other) => other === measure || other.label !== measure.label);
  return isAlone ? measure.label : `${measure.label} (${measure.table.label})`;
}

/** Reference to the column that people see. */
export function shownColumn(field: Field): string {
  return reference(field.of, field.label);
}

/** Reference to a column as it is published, which people do not see. */
export function publishedColumn(owner: Table | Dimension, column: string): string {
  return reference(owner, column);
}

const reference = (owner: Table | Dimension, column: string): string => `'${owner.label.replaceAll("'", "''")}'[${column.replaceAll("]", "]]")}]`;
const rowsOf = (table: Table): string => `'${table.label.replaceAll("'", "''")}'`;

/**
 * The measure's DAX. A group without rows has no value (BLANK), as SQL gives no row for it.
 * @throws Error for values of a list that may be null: which of them count cannot be said with the DAX written here.
 */
export function daxOf(model: Model, year: Field, measure: Measure): string {
  const { table, value } = measure;
  const named = (other: Measure): string => `[${measureName(model, other).replaceAll("]", "]]")}]`;
  switch (value.kind) {
    case "sum": {
      const sum = `SUM(${publishedColumn(table, value.column)})`;
      return value.where === undefined ? sum : `CALCULATE(${sum}, ${condition(table, value.where)})`;
    }
    case "rows":
      // Where there are rows and none counts the answer is 0, not nothing.
      return value.where === undefined ? `COUNTROWS(${rowsOf(table)})` : `IF(ISBLANK(COUNTROWS(${rowsOf(table)})), BLANK(), CALCULATE(COUNTROWS(${rowsOf(table)}), ${condition(table, value.where)}) + 0)`;
    case "distinct":
      return distinct(table, value.field);
    case "ratio":
      return `DIVIDE(${named(value.of)}, ${named(value.by)})`;
    case "difference":
      return `IF(ISBLANK(${named(value.of)}) || ISBLANK(${named(value.less)}), BLANK(), ${named(value.of)} - ${named(value.less)})`;
    case "year before":
      return `VAR chosen = SELECTEDVALUE(${shownColumn(year)})\nRETURN\n\tCALCULATE(${named(value.of)}, ${shownColumn(year)} = chosen - 1)`;
    case "peers":
      // The rows' own values of these fields, whichever column they were chosen by, then everybody who has them.
      return `CALCULATE(\n\t${named(value.of)},\n\tREMOVEFILTERS(${rowsOf(table)}),\n\tSUMMARIZE(${[rowsOf(table), ...[year, ...value.same].map(shownColumn)].join(", ")})\n)`;
  }
}

function condition(table: Table, { kind, column }: Condition): string {
  const reference = publishedColumn(table, column);
  return kind === "is set" ? `${reference} = 1` : `NOT(ISBLANK(${reference}))`;
}

function distinct(table: Table, field: Field): string {
  if (isTable(field.of)) return `DISTINCTCOUNTNOBLANK(${publishedColumn(table, field.column)})`;
  if (field.missing !== undefined) throw new Error(`different values of ${field.of.name}.${field.column}, which may be null, have no DAX`);
  // Members of the list that occur in the rows at hand: filters on rows do not reach the list itself.
  return `COUNTROWS(SUMMARIZE(${rowsOf(table)}, ${shownColumn(field)}))`;
}
