// Rules of the files around report and model: that Power BI finds one from the other, and that nothing lies there
// that belongs to one person or one computer. In: a project. Out: what breaks them.

import type { Finding } from "./finding.js";
import { at, listAt, records, textAt } from "./json.js";
import type { Project } from "./project.js";
import { isSame, measureNamed, columnNamed, tableNamed } from "./semantic-model.js";

export function fileFindings(project: Project): readonly Finding[] {
  return [...missingFindings(project), ...shortcutFindings(project), ...bindingFileFindings(project), ...themeFileFindings(project), ...synonymFindings(project), ...textFindings(project)];
}

const whole = (file: string, rule: string, [what, wayOut]: readonly [string, string]): Finding => ({ file, line: 1, rule, what, wayOut });

function missingFindings({ files, reportFolder, modelFolder }: Project): readonly Finding[] {
  const wanted = [
    ...(reportFolder === undefined ? [] : [".platform", "definition.pbir", "definition/version.json", "definition/report.json"].map((name) => reportFolder + name)),
    ...(modelFolder === undefined ? [] : [".platform", "definition.pbism"].map((name) => modelFolder + name)),
  ];
  const folders = [["Report", reportFolder], ["SemanticModel", modelFolder]] as const;
  return [
    ...folders.flatMap(([ending, folder]) => (folder === undefined ? [whole(".", "folders", [`there is no folder that ends with .${ending}`, "name the folder of a Power BI project"])] : [])),
    ...wanted.filter((file) => !files.has(file)).map((file) => whole(file, "file-missing", ["the file is missing", "build the project again, or take the file from another one"])),
  ];
}

/** Desktop crashes on a shortcut that names a model. */
function shortcutFindings({ json, files }: Project): readonly Finding[] {
  return [...json].filter(([file]) => file.endsWith(".pbip")).flatMap(([file, read]) =>
    listAt(read.value, "artifacts").flatMap((artifact, index): readonly Finding[] => {
      const line = read.lineOf(`/artifacts/${String(index)}`);
      const path = textAt(artifact, "report", "path");
      if (path === undefined || Object.keys(artifact ?? {}).length !== 1) return [{ file, line, rule: "shortcut", what: "an artifact is something else than a report", wayOut: "name reports only; the model is found from them" }];
      return [...files.keys()].some((each) => each.startsWith(`${path}/`)) ? [] : [{ file, line, rule: "shortcut", what: `there is no folder ${path}`, wayOut: "name the folder of the report" }];
    }),
  );
}

function bindingFileFindings({ json, files, reportFolder }: Project): readonly Finding[] {
  const file = `${reportFolder ?? ""}definition.pbir`;
  const read = json.get(file);
  if (read === undefined) return [];
  const reference = at(read.value, "datasetReference");
  const line = read.lineOf("/datasetReference");
  const nulls = ["byPath", "byConnection"].filter((name) => at(reference, name) === null);
  const path = textAt(reference, "byPath", "path");
  const target = path === undefined ? undefined : new URL(`${path}/`, `file:///${reportFolder ?? ""}`).pathname.slice(1);
  return [
    ...nulls.map((name): Finding => ({ file, line, rule: "one-reference", what: `${name} is null`, wayOut: "leave out what is not used" })),
    ...(target !== undefined && ![...files.keys()].some((each) => each.startsWith(target)) ? [{ file, line, rule: "model-found", what: `the model's folder ${path ?? ""} is not there`, wayOut: "name the folder of the model, from the report's" }] : []),
  ];
}

function themeFileFindings({ json, files, reportFolder }: Project): readonly Finding[] {
  const file = `${reportFolder ?? ""}definition/report.json`;
  const read = json.get(file);
  const name = textAt(read?.value, "themeCollection", "customTheme", "name");
  if (read === undefined || name === undefined) return [];
  const path = `${reportFolder ?? ""}StaticResources/RegisteredResources/${name}`;
  const isRegistered = listAt(read.value, "resourcePackages").some((each) => listAt(each, "items").some((item) => textAt(item, "name") === name));
  if (files.has(path) && isRegistered && textAt(json.get(path)?.value, "name") === name) return [];
  return [{ file, line: read.lineOf("/themeCollection/customTheme"), rule: "theme-found", what: `the theme ${name} is not registered, not there, or has another name inside`, wayOut: `write it to ${path}, with that name, and list it in resourcePackages` }];
}

/** Words for what is not there; JSON inside of a TMDL file, which nobody else reads. */
function synonymFindings({ model }: Project): readonly Finding[] {
  return model.cultures.flatMap(({ file, node }) => node.children.filter(({ kind }) => kind === "linguisticMetadata").flatMap(({ expression, line }): readonly Finding[] => {
    const say = (rule: string, what: string, wayOut: string): Finding => ({ file, line: expression?.line ?? line, rule, what, wayOut });
    let value: unknown;
    try {
      value = JSON.parse(expression?.text ?? "");
    } catch (error) {
      return [say("json-syntax", error instanceof Error ? error.message : String(error), "repair the JSON there")];
    }
    const bound = new Set<string>();
    const findings = [...records(value)].filter(({ pointer }) => pointer.endsWith("/Binding")).flatMap(({ record }): readonly Finding[] => {
      const [table = "", property] = [textAt(record, "ConceptualEntity"), textAt(record, "ConceptualProperty")];
      if (property !== undefined) bound.add(`${table}.${property}`.toLowerCase());
      const isThere = property === undefined ? tableNamed(model, table) !== undefined : (columnNamed(model, table, property) ?? measureNamed(model, property, table)) !== undefined;
      return isThere ? [] : [say("synonym-of", `words are given for ${property === undefined ? table : `${table}.${property}`}, which is not in the model`, "name a table, column or measure of it")];
    });
    const silent = model.tables.flatMap((table) => table.measures.filter(({ name }) => !bound.has(`${table.node.name}.${name}`.toLowerCase()) && !table.columns.some((column) => isSame(column.name, name))).map(({ name }) => name));
    return [...findings, ...silent.map((name) => say("synonyms", `the measure ${name} has no words that people may ask for it by`, "add an entity that is bound to it"))];
  }));
}

function textFindings({ files }: Project): readonly Finding[] {
  return [...files].flatMap(([file, text]): readonly Finding[] => [
    ...(/(^|\/)\.pbi\//.test(file) ? [whole(file, "no-cache", ["what Desktop keeps for one person lies in the project", "delete the folder .pbi"])] : []),
    ...(text.startsWith("\ufeff") ? [whole(file, "no-byte-order-mark", ["the file starts with a byte order mark", "save it as UTF-8 without one"])] : []),
  ]);
}
