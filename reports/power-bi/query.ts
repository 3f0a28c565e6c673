// What a visual asks the model for, in Power BI's semantic query form. In: columns and measures by name. Out: plain JSON values.

/** A column or a measure of the model. */
export interface ModelField {
  readonly kind: "Column" | "Measure";
  readonly table: string;
  readonly name: string;
  /** Heading in the visual, where it is not the field's own name. */
  readonly heading?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** The field by the table it is of. */
export function fieldOf({ kind, table, name }: ModelField): Json {
  return { [kind]: { Expression: { SourceRef: { Entity: table } }, Property: name } };
}

/** The same inside of a filter, where tables have short names. */
const aliased = ({ kind, name }: ModelField, source: string): Json => ({ [kind]: { Expression: { SourceRef: { Source: source } }, Property: name } });

export function literal(value: string | number | boolean): Json {
  const text = typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : typeof value === "number" ? `${String(value)}${Number.isInteger(value) ? "L" : "D"}` : String(value);
  return { expr: { Literal: { Value: text } } };
}

/** A size or width: these are doubles, whole or not. */
export function size(value: number): Json {
  return { expr: { Literal: { Value: `${String(value)}D` } } };
}

export function color(hex: string): Json {
  return { solid: { color: literal(hex) } };
}

/** Fields of each role, shown in order. */
export function queryState(roles: Readonly<Record<string, readonly ModelField[]>>): Json {
  const entries = Object.entries(roles).filter(([, fields]) => fields.length > 0);
  return Object.fromEntries(entries.map(([role, fields]) => [role, { projections: fields.map((field) => projection(field, role)) }]));
}

function projection(field: ModelField, role: string): Json {
  const { table, name, heading } = field;
  const active = field.kind === "Column" && (role === "Category" || role === "Series" || role === "Group") ? { active: true } : {};
  return { field: fieldOf(field), queryRef: `${table}.${name}`, nativeQueryRef: name, ...(heading === undefined || heading === name ? {} : { displayName: heading }), ...active };
}

export function sortedBy(field: ModelField, direction: "Ascending" | "Descending"): Json {
  return { sort: [{ field: fieldOf(field), direction }], isDefaultSort: false };
}

/** Only the values of the column with the greatest values of the measure; those that are equal to the last one stay too. */
export function topFilter(id: string, { column, by, count }: { readonly column: ModelField; readonly by: ModelField; readonly count: number }): Json {
  const sources = [{ Name: "c", Entity: column.table, Type: 0 }, ...(by.table === column.table ? [] : [{ Name: "m", Entity: by.table, Type: 0 }])];
  const subquery = {
    Version: 2, From: sources, Select: [{ ...aliased(column, "c"), Name: "field" }],
    OrderBy: [{ Direction: 2, Expression: aliased(by, by.table === column.table ? "c" : "m") }], Top: count,
  };
  return {
    name: id, field: fieldOf(column), type: "TopN",
    filter: {
      Version: 2,
      From: [{ Name: "top", Expression: { Subquery: { Query: subquery } }, Type: 2 }, { Name: "c", Entity: column.table, Type: 0 }],
      Where: [{ Condition: { In: { Expressions: [aliased(column, "c")], Table: { SourceRef: { Source: "top" } } } } }],
    },
  };
}

/** Only groups in which the measure has at least this value. */
export function leastFilter(id: string, measure: ModelField, value: number): Json {
  const comparison = { ComparisonKind: 2, Left: aliased(measure, "m"), Right: literal(value)["expr"] };
  return { name: id, field: fieldOf(measure), type: "Advanced", filter: { Version: 2, From: [{ Name: "m", Entity: measure.table, Type: 0 }], Where: [{ Condition: { Comparison: comparison } }] } };
}
