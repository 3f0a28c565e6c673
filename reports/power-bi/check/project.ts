// A project as its files have it, read once for all rules. In: files. Out: JSON, TMDL and the model, with what could not be read.

import type { ProjectFiles } from "../files.js";
import type { Finding } from "./finding.js";
import type { JsonFile } from "./json.js";
import { jsonFiles } from "./schemas.js";
import { semanticModel, type SemanticModel } from "./semantic-model.js";
import { readTmdl, type TmdlFile } from "./tmdl-reader.js";

export interface Project {
  readonly files: ProjectFiles;
  readonly json: ReadonlyMap<string, JsonFile>;
  readonly model: SemanticModel;
  /** Folder of the report and of its model, with the `/` at the end; undefined where there is none. */
  readonly reportFolder: string | undefined;
  readonly modelFolder: string | undefined;
}

export function readProject(files: ProjectFiles): { readonly project: Project; readonly findings: readonly Finding[] } {
  const { parsed, findings } = jsonFiles(files);
  const tmdl = new Map<string, TmdlFile>([...files].filter(([file]) => file.endsWith(".tmdl")).map(([file, text]) => [file, readTmdl(text)]));
  const faults = [...tmdl].flatMap(([file, { faults }]) => faults.map(({ line, message }): Finding => ({ file, line, rule: "tmdl-syntax", what: message, wayOut: "indent with one tab a step, expressions two steps" })));
  const folder = (ending: string): string | undefined => [...files.keys()].map((file) => new RegExp(`^.*\\.${ending}/`).exec(file)?.[0]).find((each) => each !== undefined);
  return { project: { files, json: parsed, model: semanticModel(tmdl), reportFolder: folder("Report"), modelFolder: folder("SemanticModel") }, findings: [...findings, ...faults] };
}

/** A page or visual: its file and what the file says. */
export interface ReportPart {
  readonly file: string;
  /** Name of the folder that it lies in. */
  readonly folder: string;
  readonly json: JsonFile;
}

export function pagesOf(project: Project): readonly ReportPart[] {
  return partsOf(project, /\/definition\/pages\/([^/]+)\/page\.json$/);
}

export function visualsOf(project: Project, page?: ReportPart): readonly ReportPart[] {
  const all = partsOf(project, /\/definition\/pages\/[^/]+\/visuals\/([^/]+)\/visual\.json$/);
  return page === undefined ? all : all.filter(({ file }) => file.startsWith(page.file.slice(0, -"page.json".length)));
}

/** Where visuals of the page stand on a phone. */
export function phonePlacesOf(project: Project, page: ReportPart): readonly ReportPart[] {
  return partsOf(project, /\/definition\/pages\/[^/]+\/visuals\/([^/]+)\/mobile\.json$/).filter(({ file }) => file.startsWith(page.file.slice(0, -"page.json".length)));
}

function partsOf({ json }: Project, path: RegExp): readonly ReportPart[] {
  return [...json].flatMap(([file, read]) => {
    const folder = path.exec(file)?.[1];
    return folder === undefined ? [] : [{ file, folder, json: read }];
  });
}
