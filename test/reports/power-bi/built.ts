// The built project for tests: its files, the schemas, and what each layer of checks says of a set of files.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { getMetadataProvider, locateReport, runReportValidation } from "@microsoft/powerbi-report-authoring-cli";
import { publishedSchemas } from "../../../driver/cli/build-power-bi.js";
import { checkProject } from "../../../reports/power-bi/check/check.js";
import type { Finding } from "../../../reports/power-bi/check/finding.js";
import { schemaRules } from "../../../reports/power-bi/check/schemas.js";
import type { ProjectFiles } from "../../../reports/power-bi/files.js";
import { powerBiProject } from "../../../reports/power-bi/project.js";
import { partD } from "../../../reports/part-d/report.js";
import { PACKAGE } from "../../carelake.js";

export const project: ProjectFiles = powerBiProject(partD);

/** A copy of Microsoft's schemas, which are not part of the project: CARELAKE_POWERBI_SCHEMAS, or beside the repository. */
export const SCHEMAS_FOLDER = [process.env["CARELAKE_POWERBI_SCHEMAS"], join(PACKAGE, "../shared/powerbi-schemas")].find((folder) => folder !== undefined && existsSync(join(folder, "fabric")));
const schemas = SCHEMAS_FOLDER === undefined ? undefined : publishedSchemas(SCHEMAS_FOLDER).then(schemaRules);

/** Our own check: schemas where they are at hand, DAX, M, rules. */
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
