// The files of a Power BI project as one value. In: nothing. Out: the words that writers and checks share.
// Never here: a file system.

/** Path with `/`, from the project's folder, → text. */
export type ProjectFiles = ReadonlyMap<string, string>;

/** Base of every `$schema` in the project. */
export const SCHEMAS = "https://developer.microsoft.com/json-schemas/";

/** Schema of each kind of file that is written, after the base. Versions some months old: Desktop must know them. */
export const SCHEMA = {
  shortcut: "fabric/pbip/pbipProperties/1.0.0/schema.json",
  platform: "fabric/gitIntegration/platformProperties/2.0.0/schema.json",
  modelBinding: "fabric/item/semanticModel/definitionProperties/1.0.0/schema.json",
  reportBinding: "fabric/item/report/definitionProperties/2.0.0/schema.json",
  version: "fabric/item/report/definition/versionMetadata/1.0.0/schema.json",
  report: "fabric/item/report/definition/report/3.0.0/schema.json",
  pages: "fabric/item/report/definition/pagesMetadata/1.0.0/schema.json",
  page: "fabric/item/report/definition/page/2.0.0/schema.json",
  visual: "fabric/item/report/definition/visualContainer/2.4.0/schema.json",
  phone: "fabric/item/report/definition/visualContainerMobileState/2.0.0/schema.json",
} as const;

/** Pixels across Power BI's layout for phones, which is as long as it needs to be. */
export const PHONE_WIDTH = 324;

/** JSON as every file here has it: its schema first, two spaces, an end of line. */
export function jsonText(schema: keyof typeof SCHEMA, content: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ $schema: SCHEMAS + SCHEMA[schema], ...content }, null, 2)}\n`;
}
