// The helpers a template may call: each takes one typed value and quotes it for Spark SQL.
// Nothing gets into SQL but through one of these.

import type Handlebars from "handlebars";

/** What the helpers of one rendering may resolve, and what they noted while doing so. */
export interface HelperScope {
  readonly reads: Set<string>;
  readonly sources: Set<string>;
  /** Table of a job: this run's branch where the run writes it. */
  readonly table: (job: string) => string | undefined;
  /** Table of a job as readers see it now, before this run. */
  readonly visible: (job: string) => string | undefined;
  /** Quarantine table of a job. */
  readonly quarantine: (job: string) => string | undefined;
  readonly source: (name: string) => string | undefined;
}

export const TEMPLATE_HELPERS = ["table", "visible", "quarantine", "source", "ident", "idents", "int", "decimal", "string", "strings", "date", "expression"] as const;
export type TemplateHelper = (typeof TEMPLATE_HELPERS)[number];

/** Helpers whose argument is a literal name in the template, not a param. */
export const NAME_HELPERS: readonly string[] = ["table", "visible", "quarantine", "source"];

/** A value of the wrong type for its helper: a mistake in a definition, caught before by params.ts. */
export class HelperTypeError extends TypeError {
  place: { readonly line: number; readonly column: number } | undefined;
}

/** Handlebars hands every helper its options last; the scope of the rendering travels in their data. */
interface HelperOptions {
  readonly data: { readonly scope: HelperScope };
}

export const helperFunctions: Readonly<Record<TemplateHelper, Handlebars.HelperDelegate>> = {
  table: (job: unknown, { data: { scope } }: HelperOptions) => tableName(job, scope, scope.table),
  visible: (job: unknown, { data: { scope } }: HelperOptions) => tableName(job, scope, scope.visible),
  quarantine: (job: unknown, { data: { scope } }: HelperOptions) => tableName(job, scope, scope.quarantine),
  source: (source: unknown, { data: { scope } }: HelperOptions) => {
    const name = text(source);
    scope.sources.add(name);
    return scope.source(name) ?? unresolved(name);
  },
  ident: (name: unknown) => identifier(name),
  idents: (names: unknown) => list(names).map(identifier).join(", "),
  int: (value: unknown) => String(integer(value)),
  decimal: (value: unknown) => decimal(value),
  string: (value: unknown) => literal(value),
  strings: (values: unknown) => list(values).map(literal).join(", "),
  date: (value: unknown) => `date ${literal(isoDate(value))}`,
  // A SQL expression declared by the author of a job (never a user's value): goes in as it stands.
  expression: (value: unknown) => text(value),
};

function tableName(job: unknown, scope: HelperScope, resolve: (name: string) => string | undefined): string {
  const name = text(job);
  scope.reads.add(name);
  return resolve(name) ?? unresolved(name);
}

function unresolved(name: string): never {
  throw new HelperTypeError(`no table or source named ${name}`);
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new HelperTypeError(`expected text, was ${typeof value}`);
  return value;
}

function list(values: unknown): readonly unknown[] {
  if (!Array.isArray(values) || values.length === 0) throw new HelperTypeError(`expected a list with members, was ${typeof values}`);
  return values;
}

function identifier(name: unknown): string {
  const value = text(name);
  return /^[a-z_][a-z0-9_]*$/.test(value) ? value : `\`${value.replaceAll("`", "``")}\``;
}

function integer(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new HelperTypeError(`expected a whole number, was ${String(value)}`);
  return value;
}

function decimal(value: unknown): string {
  const shown = typeof value === "number" ? String(value) : text(value);
  if (!/^-?\d+(\.\d+)?$/.test(shown)) throw new HelperTypeError(`expected a decimal number, was ${shown}`);
  return shown;
}

function literal(value: unknown): string {
  return `'${text(value).replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function isoDate(value: unknown): string {
  const shown = text(value);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(shown)) throw new HelperTypeError(`expected YYYY-MM-DD, was ${shown}`);
  return shown;
}
