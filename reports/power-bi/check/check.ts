// All rules over a Power BI project. In: its files, and the published schemas as rules where they are at hand. Out: what breaks which rule, in file order.

import type { ProjectFiles } from "../files.js";
import { accessFindings } from "./access-rules.js";
import { bindingFindings } from "./binding-rules.js";
import { daxFindings } from "./dax-rules.js";
import { fileFindings } from "./file-rules.js";
import type { Finding } from "./finding.js";
import { mFindings } from "./m-rules.js";
import { modelFindings } from "./model-rules.js";
import { readProject } from "./project.js";
import { reportFindings } from "./report-rules.js";
import type { SchemaRules } from "./schemas.js";

export async function checkProject(files: ProjectFiles, schemas?: SchemaRules): Promise<readonly Finding[]> {
  const { project, findings } = readProject(files);
  const all = [
    ...findings,
    ...(schemas?.(project.json) ?? []),
    ...fileFindings(project),
    ...modelFindings(project.model),
    ...daxFindings(project.model),
    ...(await mFindings(project.model)),
    ...bindingFindings(project),
    ...reportFindings(project),
    ...accessFindings(project),
  ];
  return all.sort((left, right) => (left.file === right.file ? left.line - right.line : left.file < right.file ? -1 : 1));
}
