// In: the measures of a model as DAX, its data, a filter context. Out: a measure's value, exact.
// What is exact here is a double in Power BI: the evaluator says what the text means, not how it is rounded.
// Each function's source: https://learn.microsoft.com/dax/<name>-function-dax. Functions that are not here are refused.

import { keyOf, nameOf, tupleOf, without, type Context, type Filter, type Fraction, type Value, type World } from "./filters.js";
import { parseDax, type Expression } from "./grammar.js";

interface Row {
  readonly column: string;
  readonly value: Value;
}

interface Scope {
  readonly context: Context;
  readonly variables: ReadonlyMap<string, Answer>;
  /** The row of a filter's condition. */
  readonly row?: Row;
}

type Answer = Value | boolean;

export class Evaluator {
  private readonly trees = new Map<string, Expression>();

  constructor(
    private readonly world: World,
    private readonly measures: ReadonlyMap<string, string>,
  ) {}

  /** @throws Error for a measure that the model does not have, and for DAX outside the subset. */
  measure(name: string, context: Context): Value {
    const value = this.scalar(this.tree(name), { context, variables: new Map() });
    if (typeof value === "boolean") throw new Error(`${name} is a condition, not a figure`);
    return value;
  }

  private tree(name: string): Expression {
    const known = this.trees.get(name);
    if (known !== undefined) return known;
    const text = this.measures.get(name);
    if (text === undefined) throw new Error(`no measure [${name}]`);
    const tree = parseDax(text);
    this.trees.set(name, tree);
    return tree;
  }

  private scalar(expression: Expression, scope: Scope): Answer {
    switch (expression.kind) {
      case "number":
        return { part: expression.value, whole: 1n };
      case "measure":
        return this.measure(expression.name, scope.context);
      case "column": {
        const name = nameOf(expression.table, expression.column);
        if (scope.row?.column !== name) throw new Error(`${name} has no row here`);
        return scope.row.value;
      }
      case "name": {
        const value = scope.variables.get(expression.name.toLowerCase());
        if (value === undefined) throw new Error(`no variable ${expression.name}`);
        return value;
      }
      case "variables": {
        const variables = new Map(scope.variables);
        for (const { name, value } of expression.variables) variables.set(name, this.scalar(value, { ...scope, variables }));
        return this.scalar(expression.result, { ...scope, variables });
      }
      case "operation":
        return operate(expression.operator, this.scalar(expression.left, scope), () => this.scalar(expression.right, scope));
      case "call":
        return this.call(expression.name, expression.args, scope);
    }
  }

  private call(name: string, args: readonly Expression[], scope: Scope): Answer {
    const scalar = (place: number): Answer => this.scalar(arg(name, args, place), scope);
    switch (name) {
      case "BLANK":
        return null;
      case "ISBLANK":
        return scalar(0) === null;
      case "NOT":
        return !truth(scalar(0));
      case "IF":
        return truth(scalar(0)) ? scalar(1) : args.length > 2 ? scalar(2) : null;
      case "DIVIDE":
        return divide(number(scalar(0)), number(scalar(1)));
      case "SUM":
        return sum(this.seen(column(name, args, 0), scope.context));
      case "DISTINCTCOUNTNOBLANK":
        return countOf(new Set(this.seen(column(name, args, 0), scope.context).filter((value) => value !== null).map(keyOf)).size);
      case "SELECTEDVALUE": {
        const values = new Map(this.seen(column(name, args, 0), scope.context).map((value) => [keyOf(value), value] as const));
        return values.size === 1 ? ([...values.values()][0] ?? null) : null;
      }
      case "COUNTROWS":
        return countOf(this.tuples(arg(name, args, 0), scope).count);
      case "CALCULATE":
        return this.scalar(arg(name, args, 0), { ...scope, context: this.changed(args.slice(1), scope) });
      default:
        throw new Error(`${name} is not in the subset of DAX that is understood here`);
    }
  }

  /** Values of a column in the rows of its table that the context shows. */
  private seen({ table, column: name }: ColumnReference, context: Context): readonly Value[] {
    const values = this.world.column(table, nameOf(table, name));
    return this.world.rowsOf(table, context).map((row) => values[row] ?? null);
  }

  private tuples(expression: Expression, { context }: Scope): { readonly count: number; readonly filter?: Filter } {
    if (expression.kind === "name") return { count: this.world.rowsOf(expression.name, context).length };
    if (expression.kind !== "call" || expression.name !== "SUMMARIZE") throw new Error("a table here is a name or SUMMARIZE");
    const [source, ...by] = expression.args;
    if (source?.kind !== "name") throw new Error("SUMMARIZE takes a table's name first");
    const columns = by.map((_, place) => { const { table, column: name } = column("SUMMARIZE", by, place); return nameOf(table, name); });
    const values = columns.map((name) => this.world.column(source.name, name));
    const tuples = new Set(this.world.rowsOf(source.name, context).map((row) => tupleOf(values.map((each) => each[row] ?? null))));
    return { count: tuples.size, filter: { columns, tuples } };
  }

  /** Arguments are taken in the context outside, removals first; a filter replaces what there was on its columns. */
  private changed(args: readonly Expression[], scope: Scope): Context {
    const isRemoval = (each: Expression): boolean => each.kind === "call" && each.name === "REMOVEFILTERS";
    const removed = args.filter(isRemoval).reduce((context, each) => without(context, this.removal(each)), scope.context);
    const filters = args.filter((each) => !isRemoval(each)).map((each) => this.filter(each, scope));
    return [...filters.reduce((context, { columns }) => without(context, new Set(columns)), removed), ...filters];
  }

  /** A table's name stands for all columns of its expansion. */
  private removal(expression: Expression): ReadonlySet<string> {
    const args = expression.kind === "call" ? expression.args : [];
    if (args.length === 0) throw new Error("REMOVEFILTERS of everything is not in the subset");
    return new Set(args.flatMap((each, place) => {
      if (each.kind === "name") return [...this.world.columnsOf(each.name).keys()];
      const { table, column: name } = column("REMOVEFILTERS", args, place);
      return [nameOf(table, name)];
    }));
  }

  /** A condition on one column stands for FILTER(ALL(column), condition). */
  private filter(expression: Expression, scope: Scope): Filter {
    if (expression.kind === "call" && expression.name === "SUMMARIZE") {
      const { filter } = this.tuples(expression, scope);
      if (filter !== undefined) return filter;
    }
    const columns = new Map(columnsIn(expression).map((each) => [nameOf(each.table, each.column), each] as const));
    const [only] = columns.values();
    if (only === undefined || columns.size !== 1) throw new Error("a filter of CALCULATE is a condition on one column");
    const name = nameOf(only.table, only.column);
    const kept = this.world.allValues(only.table, only.column).filter((value) => truth(this.scalar(expression, { ...scope, row: { column: name, value } })));
    return { columns: [name], tuples: new Set(kept.map((value) => tupleOf([value]))) };
  }
}

type ColumnReference = Extract<Expression, { readonly kind: "column" }>;

function arg(name: string, args: readonly Expression[], place: number): Expression {
  const found = args[place];
  if (found === undefined) throw new Error(`${name} lacks an argument`);
  return found;
}

function column(name: string, args: readonly Expression[], place: number): ColumnReference {
  const found = arg(name, args, place);
  if (found.kind !== "column") throw new Error(`${name} takes a column`);
  return found;
}

function columnsIn(expression: Expression): readonly ColumnReference[] {
  if (expression.kind === "column") return [expression];
  if (expression.kind === "operation") return [...columnsIn(expression.left), ...columnsIn(expression.right)];
  return expression.kind === "call" ? expression.args.flatMap(columnsIn) : [];
}

const truth = (value: Answer): boolean => (typeof value === "boolean" ? value : value !== null && typeof value !== "string" && value.part !== 0n);

function number(value: Answer): Fraction | null {
  if (value === null || (typeof value === "object" && "part" in value)) return value;
  throw new Error(`not a number: ${String(value)}`);
}

/** BLANK in sums and differences is zero, and BLANK where both are; equal to zero in comparisons. */
function operate(operator: string, left: Answer, right: () => Answer): Answer {
  if (operator === "||") return truth(left) || truth(right());
  if (operator === "&&") return truth(left) && truth(right());
  const other = right();
  if (typeof left === "string" || typeof other === "string") {
    if (operator !== "=" && operator !== "<>") throw new Error(`${operator} between texts is not in the subset`);
    const same = typeof left === "string" && typeof other === "string" ? keyOf(left) === keyOf(other) : (left ?? "") === (other ?? "");
    return (operator === "=") === same;
  }
  const [one, two] = [number(left), number(other)];
  if ((operator === "+" || operator === "-") && one === null && two === null) return null;
  const difference = subtract(one ?? ZERO, two ?? ZERO);
  switch (operator) {
    case "-":
      return difference;
    case "+":
      return subtract(one ?? ZERO, negated(two ?? ZERO));
    case "=":
      return difference.part === 0n;
    case "<>":
      return difference.part !== 0n;
    case "<":
      return difference.part < 0n;
    case ">":
      return difference.part > 0n;
    default:
      throw new Error(`${operator} is not in the subset`);
  }
}

const ZERO: Fraction = { part: 0n, whole: 1n };
const negated = ({ part, whole }: Fraction): Fraction => ({ part: -part, whole });
const subtract = (one: Fraction, two: Fraction): Fraction => (one.whole === two.whole ? { part: one.part - two.part, whole: one.whole } : { part: one.part * two.whole - two.part * one.whole, whole: one.whole * two.whole });
const countOf = (count: number): Fraction | null => (count === 0 ? null : { part: BigInt(count), whole: 1n });

function sum(values: readonly Value[]): Fraction | null {
  const numbers = values.flatMap((value) => number(value) ?? []);
  return numbers.length === 0 ? null : numbers.reduce((total, each) => subtract(total, negated(each)), { part: 0n, whole: numbers[0]?.whole ?? 1n });
}

/** BLANK where the divisor is zero or BLANK; BLANK divided is BLANK. */
function divide(part: Fraction | null, whole: Fraction | null): Fraction | null {
  if (part === null || whole === null || whole.part === 0n) return null;
  const turned = whole.part < 0n ? -1n : 1n;
  return { part: part.part * whole.whole * turned, whole: part.whole * whole.part * turned };
}
