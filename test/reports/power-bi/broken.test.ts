// One small mistake a row, and which layer of checks catches it. What no vendor's tool looks at, our rules must.

import { describe, expect, it } from "vitest";
import type { ProjectFiles } from "../../../reports/power-bi/files.js";
import { ourFindings, project, SCHEMAS_FOLDER, vendorFindings } from "./built.js";

interface Change {
  /** Of the first file whose path fits and whose text has `from`. */
  readonly file: RegExp;
  readonly from: string | RegExp;
  readonly to: string;
}

interface Broken {
  readonly what: string;
  readonly change: Change | ((files: Map<string, string>) => void);
  /** Our rule; those of schemas are "schema…", "json-syntax". */
  readonly rule?: string;
  /** File of our finding, where that is not the changed one: the other side of what does not fit. */
  readonly told?: RegExp;
  /** The code of Microsoft's checker. */
  readonly vendor?: RegExp;
}

const visual = /visuals\/[^/]+\/visual\.json$/;
const phone = /visuals\/[^/]+\/mobile\.json$/;
const table = /tables\/Drug utilization\.tmdl$/;
const theme = /RegisteredResources\/carelake\.json$/;

const pathOf = (files: ProjectFiles, end: string): string => [...files.keys()].find((path) => path.endsWith(end)) ?? "";

const MODEL: readonly Broken[] = [
  { what: "a file that is not indented by tabs", change: { file: table, from: "\tlineageTag", to: "    lineageTag" }, rule: "tmdl-syntax" },
  { what: "a line that is neither object nor property", change: { file: table, from: "\t\tsummarizeBy: none", to: "\t\tsummarizeBy none at all" }, rule: "tmdl-syntax" },
  { what: "a property twice", change: { file: table, from: "\t\tdataType: string\n", to: "\t\tdataType: string\n\t\tdataType: string\n" }, rule: "tmdl-syntax" },
  { what: "a type that is none", change: { file: table, from: "dataType: decimal", to: "dataType: money" }, rule: "column-type" },
  { what: "a floating point column", change: { file: table, from: "dataType: decimal", to: "dataType: double" }, rule: "no-floats" },
  { what: "a column that adds itself up", change: { file: table, from: "summarizeBy: none", to: "summarizeBy: sum" }, rule: "summarize-none" },
  { what: "a column without a source", change: { file: table, from: "\t\tsourceColumn: claim_count\n", to: "" }, rule: "source-column" },
  { what: "a column twice in a table", change: { file: table, from: "column drug_cost_usd", to: "column claim_count" }, rule: "names-differ" },
  { what: "a measure's name in two tables", change: { file: /Prescriber\.tmdl$/, from: "measure Prescribers =", to: "measure 'Generic names' =" }, rule: "names-differ" },
  { what: "a measure named like a column", change: { file: table, from: "measure 'Generic names'", to: "measure CLAIM_COUNT" }, rule: "names-differ" },
  { what: "two files with one table's name", change: (files) => void files.set("part-d.SemanticModel/definition/tables/Other.tmdl", files.get(pathOf(files, "tables/State.tmdl")) ?? ""), rule: "names-differ" },
  { what: "a table without a partition", change: { file: /State\.tmdl$/, from: /\tpartition[\s\S]*/, to: "" }, rule: "partition" },
  { what: "a partition with another name", change: { file: /State\.tmdl$/, from: "partition State", to: "partition Estado" }, rule: "partition" },
  { what: "DirectQuery", change: { file: /State\.tmdl$/, from: "mode: import", to: "mode: directQuery" }, rule: "import-mode" },
  { what: "a reference to a table that is not there", change: { file: /model\.tmdl$/, from: "ref table State", to: "ref table Estado" }, rule: "table-exists" },
  { what: "no database.tmdl", change: (files) => void files.delete(pathOf(files, "database.tmdl")), rule: "model-files" },
  { what: "columns that may be added up by dragging", change: { file: /model\.tmdl$/, from: "\tdiscourageImplicitMeasures\n", to: "" }, rule: "implicit-measures" },
  { what: "automatic date tables", change: { file: /model\.tmdl$/, from: "Enabled = 0", to: "Enabled = 1" }, rule: "automatic-dates" },
  { what: "no table marked as one of dates", change: { file: /Year\.tmdl$/, from: "\tdataCategory: Time\n", to: "" }, rule: "date-table", told: /model\.tmdl/ },
  { what: "a relation to a column that is not there", change: { file: /relationships\.tmdl$/, from: "State.'State code'", to: "State.Code" }, rule: "column-exists" },
  { what: "a relation between two types", change: { file: /Drug\.tmdl$/, from: "dataType: int64", to: "dataType: string" }, rule: "relation-types", told: /relationships/ },
  { what: "filters that go both ways", change: { file: /relationships\.tmdl$/, from: "\tfromColumn", to: "\tcrossFilteringBehavior: bothDirections\n\tfromColumn" }, rule: "one-direction" },
  { what: "many to many", change: { file: /relationships\.tmdl$/, from: "\tfromColumn", to: "\ttoCardinality: many\n\tfromColumn" }, rule: "to-one" },
  { what: "a foreign key that is seen", change: { file: table, from: /(column year\n\t\tdataType: int64\n)\t\tisHidden\n/, to: "$1" }, rule: "hidden-keys", told: /relationships/ },
  { what: "a key that is not marked", change: { file: /State\.tmdl$/, from: "\t\tisKey\n", to: "" }, rule: "key-marked", told: /relationships/ },
  { what: "a sort column that is not there", change: { file: /State\.tmdl$/, from: "\t\tsummarizeBy: none", to: "\t\tsummarizeBy: none\n\t\tsortByColumn: 'State number'" }, rule: "column-exists" },
  { what: "a table without a description", change: { file: /State\.tmdl$/, from: /^\/\/\/.*\n/, to: "" }, rule: "described" },
  { what: "a measure without a description", change: { file: table, from: /\t\/\/\/ Different generic names\..*\n/, to: "" }, rule: "described" },
  { what: "a measure without a format", change: { file: table, from: "\t\tformatString: #,0\n", to: "" }, rule: "format-string" },
  { what: "a measure in no folder", change: { file: table, from: "\t\tdisplayFolder: Counts\n", to: "" }, rule: "display-folder" },
  { what: "a measure without words to ask for it by", change: { file: /cultures/, from: '"ConceptualProperty": "Generic names"', to: '"ConceptualProperty": "Brand names"' }, rule: "synonyms" },
  { what: "words for a measure that is not there", change: { file: /cultures/, from: '"ConceptualProperty": "Generic names"', to: '"ConceptualProperty": "Nothing"' }, rule: "synonym-of" },
  { what: "a refresh by years without its parameter", change: { file: /expressions\.tmdl$/, from: "expression RangeEnd", to: "expression UntilWhen" }, rule: "refresh-range", told: /tables/ },
  { what: "a refresh by years that loads all of them", change: { file: table, from: / and \[year\] < Date\.Year\(RangeEnd\)/, to: "" }, rule: "refresh-range" },
];

const LANGUAGES: readonly Broken[] = [
  { what: "DAX with a bracket open", change: { file: table, from: "SUM('Drug utilization'[claim_count])", to: "SUM('Drug utilization'[claim_count]" }, rule: "dax-syntax" },
  { what: "DAX with two operands side by side", change: { file: table, from: "SUM('Drug utilization'[claim_count])", to: "SUM('Drug utilization'[claim_count]) 2" }, rule: "dax-syntax" },
  { what: "DAX with nothing between commas", change: { file: table, from: "DIVIDE([Drug cost", to: "DIVIDE(, [Drug cost" }, rule: "dax-syntax" },
  { what: "DAX without RETURN", change: { file: table, from: "RETURN", to: "" }, rule: "dax-syntax" },
  { what: "DAX of a column that is not there", change: { file: table, from: "[claim_count])", to: "[claims])" }, rule: "dax-reference" },
  { what: "DAX of a table that is not there", change: { file: table, from: "SUM('Drug utilization'", to: "SUM('Drug use'" }, rule: "dax-reference" },
  { what: "DAX of a measure that is not there", change: { file: table, from: "DIVIDE([Drug cost under brand names]", to: "DIVIDE([Drug cost under brands]" }, rule: "dax-reference" },
  { what: "DAX of a variable that is not declared", change: { file: table, from: "= chosen - 1", to: "= picked - 1" }, rule: "dax-reference" },
  { what: "a measure named as if it were a column", change: { file: table, from: "DIVIDE([Drug cost under brand names]", to: "DIVIDE('Drug utilization'[Drug cost under brand names]" }, rule: "dax-measure-alone" },
  { what: "a quotient by /", change: { file: table, from: "DIVIDE([Drug cost under brand names], [Drug cost (Drug utilization)])", to: "[Drug cost under brand names] / [Drug cost (Drug utilization)]" }, rule: "dax-divide" },
  { what: "IFERROR", change: { file: table, from: /= DIVIDE\((\[Drug cost under brand names\].*)\)/, to: "= IFERROR($1)" }, rule: "dax-iferror" },
  { what: "M without in", change: { file: /State\.tmdl$/, from: "\t\t\t\tin\n", to: "" }, rule: "m-syntax" },
  { what: "M with a comma missing", change: { file: /State\.tmdl$/, from: "]),\n", to: "])\n" }, rule: "m-syntax" },
  { what: "M with a login in it", change: { file: /State\.tmdl$/, from: "ReturnSingleDatabase = true,", to: 'ReturnSingleDatabase = true, User = "analyst",' }, rule: "no-credentials" },
  { what: "a query of its own", change: { file: /State\.tmdl$/, from: "ReturnSingleDatabase = true,", to: 'ReturnSingleDatabase = true, Query = "select 1",' }, rule: "folding" },
  { what: "a server written into the query", change: { file: /State\.tmdl$/, from: "MySQL.Database(Server,", to: 'MySQL.Database("db.example.org",' }, rule: "server-parameter" },
  { what: "the time limit of ten minutes", change: { file: /State\.tmdl$/, from: ", CommandTimeout = #duration(0, 2, 0, 0)", to: "" }, rule: "source-options" },
];

const REPORT: readonly Broken[] = [
  { what: "a property that the schema does not know", change: { file: visual, from: '"position": {', to: '"colour": "red",\n  "position": {' }, rule: "schema" },
  { what: "a text where a number belongs", change: { file: visual, from: /"width": \d+/, to: '"width": "wide"' }, rule: "schema" },
  { what: "no position", change: { file: visual, from: '"position"', to: '"place"' }, rule: "schema" },
  { what: "a schema of another version", change: { file: visual, from: "visualContainer/2.4.0", to: "visualContainer/9.9.0" }, rule: "schema-known" },
  { what: "version.json without its schema", change: { file: /version\.json$/, from: /\s*"\$schema".*,/, to: "" }, rule: "schema-named" },
  { what: "JSON that is none", change: { file: visual, from: '"position": {', to: '"position": {,' }, rule: "json-syntax" },
  { what: "a kind of visual that there is not", change: { file: visual, from: '"lineChart"', to: '"curveChart"' }, vendor: /VISUAL_TYPE/ },
  { what: "a role that the visual does not have", change: { file: visual, from: '"Category": {', to: '"Categories": {' }, vendor: /ROLE/ },
  { what: "a formatting object that the visual does not have", change: { file: visual, from: '"labelStyle"', to: '"labelFashion"' }, vendor: /./ },
  { what: "a page that is listed and not there", change: { file: /pages\.json$/, from: /"pageOrder": \[/, to: '"pageOrder": [\n    "00000000000000000000",' }, rule: "page-order", vendor: /./ },
  { what: "a first page that is not there", change: { file: /pages\.json$/, from: /"activePageName": "\w+"/, to: '"activePageName": "00000000000000000000"' }, rule: "page-order" },
  { what: "no version.json", change: (files) => void files.delete(pathOf(files, "version.json")), rule: "file-missing" },
  { what: "no .platform", change: (files) => void files.delete("part-d.SemanticModel/.platform"), rule: "file-missing" },
  { what: "a name that is not its folder's", change: { file: visual, from: /"name": "[0-9a-f]{4}/, to: '"name": "0000' }, rule: "id-is-folder" },
  { what: "a name of the old form", change: (files) => renameVisual(files, "ReportSection00000001"), rule: "id-form" },
  { what: "a visual outside of the page", change: { file: visual, from: /"x": \d+/, to: '"x": 1270' }, rule: "on-the-page" },
  { what: "a visual over another", change: { file: visual, from: /"y": \d{3,}/, to: '"y": 20' }, rule: "no-overlap" },
  { what: "a visual beyond the edge of a phone", change: { file: phone, from: /"x": \d+/, to: '"x": 320' }, rule: "on-the-page" },
  { what: "a visual over another on a phone", change: { file: phone, from: /"y": \d{3,}/, to: '"y": 8' }, rule: "no-overlap" },
  { what: "a field that the model does not have", change: { file: visual, from: '"Property": "Generic name"', to: '"Property": "Generics"' }, rule: "field-exists" },
  { what: "a table that the model does not have", change: { file: visual, from: '"Entity": "Drug"', to: '"Entity": "Drugs"' }, rule: "field-exists" },
  { what: "a field of a filter that the model does not have", change: { file: visual, from: /("Source": "c"[\s\S]{0,80}?"Property": ")[^"]+"/, to: '$1Nothing"' }, rule: "field-exists" },
  { what: "a column asked for as a measure", change: { file: visual, from: /"Column": (\{[^"]*"Expression"[\s\S]{0,160}?"Property": "Generic name")/, to: '"Measure": $1' }, rule: "field-kind" },
  { what: "a reference by text to another field", change: { file: visual, from: /"queryRef": "Drug\.Generic name"/, to: '"queryRef": "Drug.Brand name"' }, rule: "query-reference" },
  { what: "a text without its quotes", change: { file: visual, from: /"Value": "'Dropdown'"/, to: '"Value": "Dropdown"' }, rule: "literal" },
  { what: "a line between visuals that are not there", change: { file: /page\.json$/, from: /"target": "[0-9a-f]{4}/, to: '"target": "0000' }, rule: "visual-exists" },
  { what: "drilling through to a filter that is not there", change: { file: /page\.json$/, from: /"boundFilter": "\w{4}/, to: '"boundFilter": "0000' }, rule: "drill-filter" },
];

const AROUND: readonly Broken[] = [
  { what: "a visual without an alternative text", change: { file: visual, from: /"Value": "'Bar chart:[^"]*"/, to: `"Value": "''"` }, rule: "alt-text" },
  { what: "an alternative text that is cut", change: { file: visual, from: "'Bar chart:", to: `'${"Bar chart ".repeat(30)}` }, rule: "alt-text" },
  { what: "two visuals at one place of the keyboard's order", change: { file: visual, from: '"tabOrder": 1000', to: '"tabOrder": 2000' }, rule: "tab-order", told: /visual\.json$/ },
  { what: "a visual that keyboards pass over", change: { file: visual, from: /,\s*"tabOrder": \d+/, to: "" }, rule: "tab-order" },
  { what: "a text colour that is too light", change: { file: theme, from: '"foreground": "#1b2430"', to: '"foreground": "#8a8f98"' }, rule: "contrast" },
  { what: "a data colour that is too light", change: { file: theme, from: "#b4620f", to: "#f0c419" }, rule: "contrast" },
  { what: "a theme of another name inside", change: { file: theme, from: '"name": "carelake.json"', to: '"name": "carelake"' }, rule: "theme-found", vendor: /THEME/, told: /report\.json$/ },
  { what: "a shortcut that names a model", change: { file: /\.pbip$/, from: '"report"', to: '"dataset"' }, rule: "shortcut" },
  { what: "a shortcut to a folder that is not there", change: { file: /\.pbip$/, from: "part-d.Report", to: "part-e.Report" }, rule: "shortcut" },
  { what: "a report of a model that is not there", change: { file: /\.pbir$/, from: "../part-d.SemanticModel", to: "../part-e.SemanticModel" }, rule: "model-found" },
  { what: "a second reference that is null", change: { file: /\.pbir$/, from: '"byPath"', to: '"byConnection": null,\n    "byPath"' }, rule: "one-reference" },
  { what: "the cache of one person", change: (files) => void files.set("part-d.SemanticModel/.pbi/localSettings.json", "{}\n"), rule: "no-cache" },
  { what: "a byte order mark", change: (files) => void files.set(pathOf(files, "State.tmdl"), `\ufeff${files.get(pathOf(files, "State.tmdl")) ?? ""}`), rule: "no-byte-order-mark" },
];

function renameVisual(files: Map<string, string>, name: string): void {
  const [path = "", text = ""] = [...files].find(([file]) => visual.test(file)) ?? [];
  const id = /visuals\/([^/]+)\//.exec(path)?.[1] ?? "";
  files.delete(path);
  files.set(path.replace(id, name), text.replace(id, name));
}

/** The project with the mistake in it, and the file that it is in where that is one. */
function broken({ change }: Broken): { readonly files: ProjectFiles; readonly changed: string | undefined } {
  const files = new Map(project);
  if (typeof change === "function") {
    change(files);
    return { files, changed: undefined };
  }
  const [path, text] = [...files].find(([file, text]) => change.file.test(file) && (typeof change.from === "string" ? text.includes(change.from) : change.from.test(text))) ?? [];
  if (path === undefined || text === undefined) throw new Error("the project has nothing to break like this");
  files.set(path, text.replace(change.from, change.to));
  return { files, changed: path };
}

/** Only Microsoft's own files know it, and they are not part of the project. */
const needsSchemas = ({ rule }: Broken): boolean => rule?.startsWith("schema") === true;

describe.each([["model", MODEL], ["DAX and M", LANGUAGES], ["report", REPORT], ["around it", AROUND]] as const)("a mistake in the project: %s", (_, cases) => {
  it.for(cases.map((each) => [each.what, each] as const))("%s is caught", async ([, each], { skip }) => {
    if (needsSchemas(each) && SCHEMAS_FOLDER === undefined) return skip("CARELAKE_POWERBI_SCHEMAS names no copy of github.com/microsoft/json-schemas");
    const { files, changed } = broken(each);
    if (each.rule !== undefined) {
      const found = (await ourFindings(files)).filter(({ rule }) => rule === each.rule);
      expect(found).not.toEqual([]);
      for (const { what, wayOut, line } of found) {
        expect(what.length).toBeGreaterThan(10);
        expect(wayOut.length).toBeGreaterThan(5);
        expect(line).toBeGreaterThan(0);
      }
      const place = each.told ?? (changed === undefined ? /./ : changed);
      expect(found.map(({ file }) => file)).toContainEqual(typeof place === "string" ? place : expect.stringMatching(place));
    }
    if (each.vendor !== undefined) expect((await vendorFindings(files)).map(({ code }) => code).join(" ")).toMatch(each.vendor);
  });
});
