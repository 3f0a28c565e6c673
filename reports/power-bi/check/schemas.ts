// The published JSON schemas over a project's files. In: files and the schemas. Out: what breaks them.

import { SCHEMAS, type ProjectFiles } from "../files.js";
import type { Finding } from "./finding.js";
import { isFault, readJson, textAt, type JsonFile } from "./json.js";

/** Path after the base of the URL → schema. */
export type Schemas = ReadonlyMap<string, unknown>;

/** Files of the project that are JSON, whatever their name ends with. */
const JSON_FILE = /\.(json|pbip|pbir|pbism)$|\/\.platform$/;

export function jsonFiles(files: ProjectFiles): { readonly parsed: ReadonlyMap<string, JsonFile>; readonly findings: readonly Finding[] } {
  const parsed = new Map<string, JsonFile>();
  const findings: Finding[] = [];
  for (const [file, text] of files) {
    if (!JSON_FILE.test(file)) continue;
    const read = readJson(text);
    if (isFault(read)) findings.push({ file, line: read.line, rule: "json-syntax", what: read.message, wayOut: "repair the JSON there" });
    else parsed.set(file, read);
  }
  return { parsed, findings };
}

/** Files that stand on their own terms: themes, and what a report registers. */
const WITHOUT_SCHEMA = /\/StaticResources\//;

/** The schemas, ready to hold files to them: compiling takes longer than asking. */
export type SchemaRules = (parsed: ReadonlyMap<string, JsonFile>) => readonly Finding[];

export async function schemaRules(schemas: Schemas): Promise<SchemaRules> {
  const { default: { Ajv } } = await import("ajv");
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  // Two of them share an $id, and others refer to files by path: the URL's path is what tells them apart.
  for (const [path, schema] of schemas) ajv.addSchema({ ...asObject(schema), $id: SCHEMAS + path });
  const known = [...schemas.keys()].filter((path) => !path.includes("embedded")).join(", ");
  return (parsed) => [...parsed].filter(([file]) => !WITHOUT_SCHEMA.test(file)).flatMap(([file, json]): readonly Finding[] => {
    const url = textAt(json.value, "$schema");
    if (url === undefined) return [{ file, line: 1, rule: "schema-named", what: "the file does not say which schema it follows", wayOut: "give it a $schema, as the other files have" }];
    const validate = ajv.getSchema(url);
    if (validate === undefined) return [{ file, line: json.lineOf("/$schema"), rule: "schema-known", what: `${url} is not one of the schemas this version of carelake knows`, wayOut: `build with carelake again, or name one of ${known}` }];
    if (validate(json.value) === true) return [];
    return (validate.errors ?? []).map((error) => ({
      file, line: json.lineOf(error.instancePath), rule: "schema",
      what: `${error.instancePath === "" ? "the file" : error.instancePath} ${error.message ?? "does not fit"}${extra(error.params)}`,
      wayOut: "take it out or correct it, as the schema named in $schema says",
    }));
  });
}

function asObject(schema: unknown): object {
  return typeof schema === "object" && schema !== null ? schema : {};
}

/** The name that ajv's message leaves out. */
function extra(params: Readonly<Record<string, unknown>>): string {
  const name = params["additionalProperty"] ?? params["allowedValue"] ?? params["allowedValues"];
  return name === undefined ? "" : `: ${JSON.stringify(name)}`;
}
