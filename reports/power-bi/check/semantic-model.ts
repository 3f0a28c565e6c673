// The semantic model as its TMDL files have it. In: parsed files. Out: tables, columns and measures by name.
// Names are compared as Power BI does: without regard to case.

import type { TmdlFile, TmdlNode } from "./tmdl-reader.js";

export interface ModelObject {
  readonly file: string;
  readonly node: TmdlNode;
}

export interface ModelTable extends ModelObject {
  readonly columns: readonly TmdlNode[];
  readonly measures: readonly TmdlNode[];
}

export interface SemanticModel {
  readonly tables: readonly ModelTable[];
  readonly relationships: readonly ModelObject[];
  /** Parameters and other shared expressions. */
  readonly expressions: readonly ModelObject[];
  readonly cultures: readonly ModelObject[];
  /** Objects of model.tmdl: the model itself, annotations, references. */
  readonly model: readonly ModelObject[];
  readonly database: ModelObject | undefined;
}

export const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

export function semanticModel(files: ReadonlyMap<string, TmdlFile>): SemanticModel {
  const objects = [...files].flatMap(([file, { nodes }]) => nodes.map((node): ModelObject => ({ file, node })));
  const ofKind = (kind: string): readonly ModelObject[] => objects.filter(({ node }) => node.kind === kind);
  return {
    tables: ofKind("table").map(({ file, node }) => ({ file, node, columns: node.children.filter(({ kind }) => kind === "column"), measures: node.children.filter(({ kind }) => kind === "measure") })),
    relationships: ofKind("relationship"),
    expressions: ofKind("expression"),
    cultures: [...ofKind("cultureInfo"), ...ofKind("culture")],
    model: objects.filter(({ file }) => file.endsWith("/model.tmdl")),
    database: ofKind("database")[0],
  };
}

export function tableNamed({ tables }: SemanticModel, name: string): ModelTable | undefined {
  return tables.find(({ node }) => isSame(node.name, name));
}

export function columnNamed(model: SemanticModel, table: string, name: string): TmdlNode | undefined {
  return tableNamed(model, table)?.columns.find((column) => isSame(column.name, name));
}

/** A measure of any table, or of the one named. */
export function measureNamed({ tables }: SemanticModel, name: string, table?: string): TmdlNode | undefined {
  return tables.filter(({ node }) => table === undefined || isSame(node.name, table)).flatMap(({ measures }) => measures).find((measure) => isSame(measure.name, name));
}

export const propertyOf = (node: TmdlNode, name: string): string | undefined => node.properties.get(name)?.text;
export const isHidden = (node: TmdlNode): boolean => propertyOf(node, "isHidden") !== undefined;
