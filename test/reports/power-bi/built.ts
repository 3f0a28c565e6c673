// The built project for tests: its files, the schemas, and what each layer of checks says of a set of files.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { getMetadataProvider, locateReport, runReportValidation } from "@microsoft/powerbi-report-authoring-cli";
import { checkProject } from "../../../reports/power-bi/check/check.js";
import type { Finding } from "../../../reports/power-bi/check/finding.js";
import { schemaRules } from "../../../reports/power-bi/check/schemas.js";
import type { ProjectFiles } from "../../../reports/power-bi/files.js";
import { powerBiProject } from "../../../reports/power-bi/project.js";
import { partD } from "../../../reports/part-d/report.js";
import { PACKAGE } from "../../carelake.js";

export const project: ProjectFiles = powerBiProject(partD);

const FOLDER = join(PACKAGE, "reports/power-bi/schemas");
const schemas = schemaRules(new Map(readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json")).map((name): [string, unknown] => [name, JSON.parse(readFileSync(join(FOLDER, name), "utf8"))])));

/** Our own check: schemas, DAX, M, rules. */
export const ourFindings = async (files: ProjectFiles): Promise<readonly Finding[]> => checkProject(files, await schemas);

export interface VendorFinding {
  readonly code: string;
  readonly message: string;
}

/** Microsoft's checker of reports, without the schemas, which it would fetch. Warnings count. */
export async function vendorFindings(files: ProjectFiles): Promise<readonly VendorFinding[]> {
  const folder = mkdtempSync(join(tmpdir(), "carelake-power-bi-"));
  try {
    writeProject(files, folder);
    const { reportDir, defDir } = locateReport(join(folder, "part-d.Report"));
    const { diagnostics } = await runReportValidation({ reportDir, defDir, provider: await getMetadataProvider(), skipSchema: true });
    return Object.entries(diagnostics).flatMap(([code, { items }]) => items.map(({ message }) => ({ code, message: message.replaceAll(folder, "") })));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function writeProject(files: ProjectFiles, folder: string): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
