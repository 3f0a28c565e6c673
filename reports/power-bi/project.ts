// A report as a Power BI project. In: a report. Out: all its files; the same report gives the same bytes.
// Never here: data, a login, a cache. Power BI loads the data when the project is opened and refreshed.

import type { Report } from "../report.js";
import { jsonText, SCHEMA, type ProjectFiles } from "./files.js";
import { uuid } from "./ids.js";
import { modelFiles } from "./model.js";
import { notesPage } from "./notes.js";
import { pageFiles } from "./page.js";
import { THEME, THEME_FILE } from "./theme.js";
import { tmdlText } from "./tmdl.js";

/** The two folders of a project. What they hold under `definition/` is written whole each time. */
export const projectFolders = ({ name }: Report): { readonly report: string; readonly model: string } => ({ report: `${name}.Report`, model: `${name}.SemanticModel` });

export function powerBiProject(report: Report): ProjectFiles {
  const { report: reportFolder, model: modelFolder } = projectFolders(report);
  const pages = [...report.pages.map((page) => pageFiles(report, page)), notesPage(report)];
  const reportTexts = [
    [".platform", platform(report, "Report")],
    ["definition.pbir", jsonText("reportBinding", { version: "4.0", datasetReference: { byPath: { path: `../${modelFolder}` } } })],
    ["definition/version.json", jsonText("version", { version: "2.0.0" })],
    ["definition/report.json", reportText()],
    ["definition/pages/pages.json", jsonText("pages", { pageOrder: pages.map(({ id }) => id), activePageName: pages[0]?.id })],
    [`StaticResources/RegisteredResources/${THEME_FILE}`, `${JSON.stringify(THEME, null, 2)}\n`],
    ...pages.flatMap(({ files }) => [...files]),
  ] as const;
  const modelTexts = [
    [".platform", platform(report, "SemanticModel")],
    ["definition.pbism", jsonText("modelBinding", { version: "4.2", settings: {} })],
    ...[...modelFiles(report)].map(([path, objects]) => [`definition/${path}`, tmdlText(objects)] as const),
  ] as const;
  return new Map<string, string>([
    [`${report.name}.pbip`, jsonText("shortcut", { version: "1.0", artifacts: [{ report: { path: reportFolder } }], settings: { enableAutoRecovery: true } })],
    ...reportTexts.map(([path, text]) => [`${reportFolder}/${path}`, text] as const),
    ...modelTexts.map(([path, text]) => [`${modelFolder}/${path}`, text] as const),
  ]);
}

function platform(report: Report, type: "Report" | "SemanticModel"): string {
  return jsonText("platform", { metadata: { type, displayName: report.title }, config: { version: "2.0", logicalId: uuid("platform", report.name, type) } });
}

function reportText(): string {
  const versionOf = (path: string): string => /(\d+\.\d+\.\d+)\/schema\.json$/.exec(path)?.[1] ?? "";
  const reportVersionAtImport = { visual: versionOf(SCHEMA.visual), report: versionOf(SCHEMA.report), page: versionOf(SCHEMA.page) };
  return jsonText("report", {
    themeCollection: {
      baseTheme: { name: "CY24SU10", reportVersionAtImport, type: "SharedResources" },
      customTheme: { name: THEME_FILE, reportVersionAtImport, type: "RegisteredResources" },
    },
    resourcePackages: [{ name: "RegisteredResources", type: "RegisteredResources", items: [{ name: THEME_FILE, path: THEME_FILE, type: "CustomTheme" }] }],
    settings: { useStylableVisualContainerHeader: true, defaultDrillFilterOtherVisuals: true, useEnhancedTooltips: true },
  });
}
