// What visuals, filters and slicers ask for must be in the model, and be what they take it for. No schema and no
// vendor's checker looks at both sides. In: a project. Out: fields that are not there.

import type { Finding } from "./finding.js";
import { isRecord, listAt, textAt, type JsonFile } from "./json.js";
import type { Project } from "./project.js";
import { columnNamed, measureNamed, tableNamed, type SemanticModel } from "./semantic-model.js";

interface Named {
  readonly kind: "Column" | "Measure";
  readonly table: string | undefined;
  readonly name: string;
  readonly pointer: string;
}

export function bindingFindings({ json, model, reportFolder }: Project): readonly Finding[] {
  return [...json].filter(([file]) => reportFolder !== undefined && file.startsWith(reportFolder)).flatMap(([file, read]) => [
    ...[...fieldsIn({ value: read.value, pointer: "", aliases: new Map() })].flatMap((named) => fieldFindings(model, { file, read, named })),
    ...referenceFindings(file, read),
  ]);
}

interface Scope {
  readonly value: unknown;
  readonly pointer: string;
  /** Short names of tables in the query around. */
  readonly aliases: ReadonlyMap<string, string>;
}

function* fieldsIn({ value, pointer, aliases }: Scope): Generator<Named> {
  if (typeof value !== "object" || value === null) return;
  const own = new Map(aliases);
  for (const source of listAt(value, "From")) {
    const [name, entity] = [textAt(source, "Name"), textAt(source, "Entity")];
    if (name !== undefined && entity !== undefined) own.set(name, entity);
  }
  for (const [key, inner] of Object.entries(value)) {
    const here = `${pointer}/${key}`;
    const name = textAt(inner, "Property");
    if ((key === "Column" || key === "Measure") && name !== undefined) {
      const alias = textAt(inner, "Expression", "SourceRef", "Source");
      yield { kind: key, table: textAt(inner, "Expression", "SourceRef", "Entity") ?? own.get(alias ?? ""), name, pointer: here };
    } else yield* fieldsIn({ value: inner, pointer: here, aliases: own });
  }
}

function fieldFindings(model: SemanticModel, { file, read, named }: { readonly file: string; readonly read: JsonFile; readonly named: Named }): readonly Finding[] {
  const { kind, table, name, pointer } = named;
  const say = (rule: string, what: string, wayOut: string): readonly Finding[] => [{ file, line: read.lineOf(pointer), rule, what, wayOut }];
  if (table === undefined || tableNamed(model, table) === undefined) return say("field-exists", `${name} is asked of ${table === undefined ? "a table that is not named" : `${table}, which is no table of the model`}`, "name a table of the model");
  const isColumn = columnNamed(model, table, name) !== undefined;
  const isMeasure = measureNamed(model, name, table) !== undefined;
  if (!isColumn && !isMeasure) return say("field-exists", `${table} has no ${kind.toLowerCase()} ${name}`, "name one that the table has");
  if (kind === "Column" && !isColumn) return say("field-kind", `${table}.${name} is a measure, asked for as a column`, "write Measure instead of Column");
  return kind === "Measure" && !isMeasure ? say("field-kind", `${table}.${name} is a column, asked for as a measure`, "write Column instead of Measure, or name a measure") : [];
}

/** A projection says its field a second time, as text. */
function referenceFindings(file: string, read: JsonFile): readonly Finding[] {
  const findings: Finding[] = [];
  const look = (value: unknown, pointer: string): void => {
    if (typeof value !== "object" || value === null) return;
    const reference = textAt(value, "queryRef");
    const [field] = isRecord(value) ? [...fieldsIn({ value: value["field"], pointer, aliases: new Map() })] : [];
    if (reference !== undefined && field !== undefined && reference !== `${field.table ?? ""}.${field.name}`) findings.push({ file, line: read.lineOf(`${pointer}/queryRef`), rule: "query-reference", what: `queryRef ${reference} is not its field ${field.table ?? ""}.${field.name}`, wayOut: "write the table, a full stop and the field" });
    for (const [key, inner] of Object.entries(value)) look(inner, `${pointer}/${key}`);
  };
  look(read.value, "");
  return findings;
}
