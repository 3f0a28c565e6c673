// In: the TMDL files of a Power BI project and a MySQL with the published tables. Out: the model's measures as DAX, its
// relationships, and its data as Power BI would import it. What the M of a partition does (choose columns, one row a key
// with the greatest text) is done here by SQL of our own; columns that M words in other terms are left out.

import type { Connection, RowDataPacket } from "mysql2/promise";
import { readPath, readTmdl, type TmdlNode } from "../../../reports/power-bi/check/tmdl-reader.js";
import { semanticModel, type SemanticModel } from "../../../reports/power-bi/check/semantic-model.js";
import { Evaluator } from "./evaluate.js";
import { World, type Data, type Value } from "./filters.js";

export interface DaxModel {
  readonly evaluator: Evaluator;
  readonly world: World;
  /** DAX by the measure's name. */
  readonly measures: ReadonlyMap<string, string>;
}

export function readModel(files: ReadonlyMap<string, string>): SemanticModel {
  return semanticModel(new Map([...files].filter(([path]) => path.endsWith(".tmdl")).map(([path, text]) => [path, readTmdl(text)])));
}

/** @param published MySQL table of each table of the model. */
export async function loadModel(model: SemanticModel, mysql: Connection, published: Readonly<Record<string, string>>): Promise<Data> {
  const relationships = model.relationships.map(({ node }) => ({ from: columnNamed(node, "fromColumn"), to: columnNamed(node, "toColumn") }));
  const tables = new Map<string, ReadonlyMap<string, readonly Value[]>>();
  for (const { node, columns } of model.tables) {
    const from = published[node.name];
    const key = relationships.find(({ to }) => to.table === node.name)?.to.column;
    if (from !== undefined) tables.set(node.name, await loadTable(mysql, { from, columns, key }));
  }
  return { tables, relationships };
}

export function evaluatorOf(model: SemanticModel, data: Data, change: (measure: string, dax: string) => string = (_, dax) => dax): DaxModel {
  const measures = new Map(model.tables.flatMap(({ measures: nodes }) => nodes.map(({ name, expression }) => [name, change(name, expression?.text ?? "")] as const)));
  const world = new World(data);
  return { world, measures, evaluator: new Evaluator(world, measures) };
}

async function loadTable(mysql: Connection, { from, columns, key }: { readonly from: string; readonly columns: readonly TmdlNode[]; readonly key: string | undefined }): Promise<ReadonlyMap<string, readonly Value[]>> {
  const [described] = await mysql.query<RowDataPacket[]>(`describe \`${from}\``);
  const kinds = new Map(described.map((row) => [String(row["Field"]), String(row["Type"])]));
  const taken = columns.flatMap((column) => {
    const source = column.properties.get("sourceColumn")?.text ?? column.name;
    return kinds.has(source) ? [{ name: column.name, source, isText: /char/.test(kinds.get(source) ?? "") }] : [];
  });
  const keySource = taken.find(({ name }) => name === key)?.source;
  const select = taken.map(({ source }) => (keySource === undefined || source === keySource ? source : `max(${source} collate utf8mb4_0900_bin) as ${source}`));
  const [rows] = await mysql.query<RowDataPacket[]>({ sql: `select ${select.join(", ")} from \`${from}\`${keySource === undefined ? "" : ` group by ${keySource}`}`, supportBigNumbers: true, bigNumberStrings: true });
  return new Map(taken.map(({ name, source, isText }) => [name, rows.map((row) => valueOf(row[source], isText))]));
}

function valueOf(value: unknown, isText: boolean): Value {
  if (value === null || value === undefined) return null;
  const text = String(value);
  if (isText) return text;
  const [whole = "", fraction = ""] = text.split(".");
  return { part: BigInt(`${whole}${fraction}`), whole: 10n ** BigInt(fraction.length) };
}

function columnNamed(node: TmdlNode, property: string): { readonly table: string; readonly column: string } {
  const path = readPath(node.properties.get(property)?.text ?? "");
  if (path === undefined) throw new Error(`${property} of a relationship is not understood`);
  return { table: path[0], column: path[1] };
}
