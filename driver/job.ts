// WHAT a pipeline is made of: plain frozen data, written by authors of pipelines.
// Nothing here reads a file, renders SQL or knows an engine.

/** Spark SQL types a contract may use. Identifiers and codes are strings, money is decimal. */
export type ColumnType =
  | "string"
  | "int"
  | "bigint"
  | "boolean"
  | "date"
  | "timestamp"
  | "array<string>"
  | `decimal(${number},${number})`;

export interface Column {
  readonly type: ColumnType;
  /** One sentence: what a value says. Becomes the comment in Iceberg and in MySQL. */
  readonly meaning: string;
  /** Unit of a number: "usd", "claims", "days", … Absent for text and flags. */
  readonly unit?: string;
  /** May be null. Default false. Grain columns are never null. */
  readonly nullable?: boolean;
  /** Longest text in characters, for the serving database. Needed for published strings. */
  readonly maxLength?: number;
}

/** Column name (snake_case) to column, in table order. The partition column `year` is added by the driver. */
export type Columns = Readonly<Record<string, Column>>;

/**
 * error: the table does not become visible, or (row rules) the row goes to quarantine.
 * warn: reported, rows stay. info: counted, never a verdict.
 */
export type Severity = "error" | "warn" | "info";

interface GateBase {
  /** Stable id in the rule catalogue, e.g. "B04". */
  readonly id: string;
  /** The truth it guards, snake_case: "claims_at_least_11". */
  readonly name: string;
  readonly severity: Severity;
  /** Why the rule exists, one sentence. */
  readonly why: string;
  /** How often real files break it, with the source of the figure. */
  readonly baseRate: string;
  /** Raw columns it needs. A layout that lacks one makes the rule "not applicable", never "passed". */
  readonly needs?: readonly string[];
}

/** A predicate on one row, evaluated with all others of the table in one pass. NULL does not violate. */
export interface RowRule extends GateBase {
  readonly kind: "row";
  /** SQL predicate over the template's columns (typed and raw) that is true for an offending row. */
  readonly violates: string;
  /** An offending row stops the table instead of going to quarantine: it means a load error, not a bad record. */
  readonly blocks?: true;
  /** warn only above this share of rows (0..1). Default 0. */
  readonly tolerance?: number;
}

/** A select of offenders over the whole partition; no rows is a pass. */
export interface SetRule extends GateBase {
  readonly kind: "set";
  /** Template below templates/, without ending: "gates/unique_key" or "part-d/gates/…". */
  readonly template: string;
  /** Values for the template, besides `year` and `previous_year`. */
  readonly args?: TemplateArgs;
  /** Needs the partition of the year before; without it the rule is not applicable. */
  readonly comparesWithPreviousYear?: true;
  /** Template of a select that returns a row where the rule can be answered; else it is not applicable, for this reason. */
  readonly onlyWhen?: { readonly template: string; readonly otherwise: string };
}

/** Values that the author of a definition gives its template. */
export type TemplateArgs = Readonly<Record<string, string | number | readonly string[]>>;
export type Gate = RowRule | SetRule;

export type ParamSpec =
  | { readonly type: "int"; readonly meaning: string; readonly default?: number; readonly min?: number; readonly max?: number }
  | { readonly type: "string"; readonly meaning: string; readonly default?: string; readonly pattern?: string }
  | { readonly type: "boolean"; readonly meaning: string; readonly default?: boolean }
  | { readonly type: "list"; readonly meaning: string; readonly default?: readonly string[] };

/** How a table appears in the serving database. */
export interface Publish {
  /** Name in MySQL. Default: the table's own name. */
  readonly table?: string;
  /** Secondary indexes, each a list of columns. The primary key is year + grain. */
  readonly indexes?: readonly (readonly string[])[];
}

/** One file form of a source: header name to raw column name. */
export interface Layout {
  readonly name: string;
  /** Header name (compared without case, outer blanks and repeated blanks) to raw column. All must be there. */
  readonly columns: Readonly<Record<string, string>>;
  /** Header names that may be there and are not loaded, with the reason. */
  readonly ignored?: Readonly<Record<string, string>>;
  readonly delimiter?: "," | "\t" | ";";
}

/** Where raw rows come from: files named by year, or a table with a growing key. */
export interface Source {
  readonly name: string;
  readonly meaning: string;
  /** File name patterns. A named group `year` (YYYY) or `yy` gives the data year; without it the file serves every year. */
  readonly files: readonly string[];
  readonly layouts: readonly [Layout, ...Layout[]];
  /** Default table name in a database source. Its columns are named as the raw columns. */
  readonly table: string;
}

export type Zone = "raw" | "cleansed" | "curated";

export interface Job {
  /** "part-d/curated/drug_report": pipeline / zone / table. The template has the same relative name. */
  readonly name: string;
  /** What one row of the table says. */
  readonly meaning: string;
  /** Columns that, with the year, identify a row. */
  readonly grain: readonly [string, ...string[]];
  readonly columns: Columns;
  readonly params?: Readonly<Record<string, ParamSpec>>;
  /** Facts for the template, besides `year`: the same in every run, where params are the runner's to choose. */
  readonly args?: TemplateArgs;
  readonly gates: readonly [Gate, ...Gate[]];
  /** raw zone only: the source whose rows the template selects. */
  readonly source?: Source;
  /** cleansed zone only: the raw job whose whole row goes to `<table>__quarantine` when a row rule breaks. */
  readonly quarantines?: string;
  readonly publish?: Publish;
}

export interface Pipeline {
  readonly name: string;
  readonly meaning: string;
  /** Jobs in any order: the plan orders them by what their templates read. */
  readonly jobs: readonly [Job, ...Job[]];
  /** Jobs of one Spark application on one size. A job belongs to the stage of its zone unless named here. */
  readonly stages: readonly [Stage, ...Stage[]];
}

export interface Stage {
  readonly name: string;
  readonly zones: readonly Zone[];
  readonly size: "small" | "medium" | "large";
}

/** What every raw row carries beside the columns of its source. */
const RAW_HOUSEKEEPING: Columns = {
  source_file: { type: "string", meaning: "File or database table the row came from" },
  layout: { type: "string", meaning: "Declared layout of that file" },
  load_id: { type: "string", meaning: "Load that brought the row: the start of its input's fingerprint" },
  source_key: { type: "bigint", meaning: "Growing key of a database source", nullable: true },
  unparsed_line: { type: "string", meaning: "The whole line when it does not split into the header's fields; the columns then mean nothing", nullable: true },
};

/** Columns of a raw table: every column of every layout of its source as text, then where the row came from. */
export function rawColumns(source: Source): Columns {
  const columns: Record<string, Column> = {};
  for (const layout of source.layouts) {
    for (const [header, name] of Object.entries(layout.columns)) {
      columns[name] ??= { type: "string", meaning: `As published: ${header}`, nullable: true };
    }
  }
  return { ...columns, ...RAW_HOUSEKEEPING };
}

/** Checks at compile time that the grain names columns; freezes the definition. */
export function defineJob<const C extends Columns>(
  job: Omit<Job, "columns" | "grain"> & { readonly columns: C; readonly grain: readonly [keyof C & string, ...(keyof C & string)[]] },
): Job {
  return Object.freeze(job);
}

export function definePipeline(pipeline: Pipeline): Pipeline {
  return Object.freeze(pipeline);
}

export function defineSource(source: Source): Source {
  return Object.freeze(source);
}
