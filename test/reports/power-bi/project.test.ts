import { describe, expect, it } from "vitest";
import { partD } from "../../../reports/part-d/report.js";
import { measureName } from "../../../reports/dax.js";
import { readTmdl } from "../../../reports/power-bi/check/tmdl-reader.js";
import { loadsOf } from "../../../reports/power-bi/loads.js";
import { modelFiles } from "../../../reports/power-bi/model.js";
import { powerBiProject } from "../../../reports/power-bi/project.js";
import type { Box } from "../../../reports/power-bi/visual.js";
import { tmdlText, type TmdlObject } from "../../../reports/power-bi/tmdl.js";
import { overviewsOf, tilesOf } from "../../../reports/report.js";
import { publishedSchemas } from "../../../driver/cli/build-power-bi.js";
import { readProject } from "../../../reports/power-bi/check/project.js";
import { schemaRules } from "../../../reports/power-bi/check/schemas.js";
import { ourFindings, project, SCHEMAS_FOLDER, vendorFindings } from "./built.js";

const visuals = [...project].filter(([path]) => path.endsWith("/visual.json")).map(([path, text]) => ({ path, text }));

describe("the Power BI project of part-d", () => {
  it("is the same to the byte when it is built again", () => {
    expect([...powerBiProject(partD)]).toEqual([...project]);
  });

  it("keeps to the grammars of DAX and M, and our rules", async () => {
    expect(await ourFindings(project)).toEqual([]);
  });

  it("keeps to the published schemas", async ({ skip }) => {
    if (SCHEMAS_FOLDER === undefined) return skip("CARELAKE_POWERBI_SCHEMAS names no copy of github.com/microsoft/json-schemas");
    const rules = await schemaRules(await publishedSchemas(SCHEMAS_FOLDER));
    expect(rules(readProject(project).project.json)).toEqual([]);
  });

  it("passes Microsoft's checker of reports without a warning", async () => {
    expect(await vendorFindings(project)).toEqual([]);
  });

  it("loads each table from the published one that a refresh of it waits for", () => {
    const tables = [...project].filter(([path]) => path.includes("/tables/")).flatMap(([, text]) => readTmdl(text).nodes);
    const read = tables.map(({ name, children }) => {
      const query = children.find(({ kind }) => kind === "partition")?.properties.get("source")?.text ?? "";
      return { model: name, from: [...query.matchAll(/Item = "(\w+)"/g)].map(([, item]) => item) };
    });
    const loads = loadsOf(partD).map(({ model, from }) => ({ model, from: [from] }));
    expect(new Set(loads)).toEqual(new Set(read));
  });

  it("shows every measure of every tile", () => {
    const asked = tilesOf(partD).flatMap((tile) => tile.measures.map((measure) => ({ tile: tile.title, name: measureName(partD.model, measure) })));
    const missing = asked.filter(({ tile, name }) => !visuals.some(({ text }) => (text.includes(JSON.stringify(tile).slice(1, -1)) || text.includes("cardVisual")) && text.includes(`"Property": ${JSON.stringify(name)}`)));
    expect(missing).toEqual([]);
  });

  it("says at each measure what to beware of, and a rise with its sign", () => {
    const measures = new Map([...modelFiles(partD).values()].flat().flatMap(({ children = [] }) => children).filter(({ kind }) => kind === "measure").map((measure) => [measure.name, measure]));
    const withheld = "prescribers with 1 to 10 claims of the kind are withheld and in neither part of the rate";
    expect(measures.get("Opioid rate")?.description).toMatch(new RegExp(`^Opioid claims as a part of all claims.*\\. Beware: .*${withheld}.*\\.$`));
    const formats = ["Rise in claims (Prescriber)", "Rise in drug cost (Prescriber)", "Change of claims (Prescriber)", "Opioid rate"].map((name) => measures.get(name)?.properties?.["formatString"]);
    expect(formats).toEqual(["+#,0;-#,0;#,0", "+\\$#,0.00;-\\$#,0.00;\\$#,0.00", "+#,0.0%;-#,0.0%;#,0.0%", "#,0.0%;-#,0.0%;#,0.0%"]);
  });

  it("lets readers choose year, state and specialty on every page, and come to each page of one subject from elsewhere", () => {
    const pages = [...project].filter(([path]) => path.endsWith("/page.json"));
    for (const [path, text] of pages.filter(([, text]) => !text.includes('"displayName": "Notes"'))) {
      const slicers = visuals.filter((visual) => visual.path.startsWith(path.replace("page.json", "")) && visual.text.includes('"slicer"'));
      expect(slicers.length).toBe(1 + partD.slicers.length + (text.includes('"Drillthrough"') ? 1 : 0));
    }
    expect(pages.filter(([, text]) => text.includes('"type": "Drillthrough"')).length).toBe(partD.pages.filter((page) => page.subject !== undefined).length);
  });

  it("leaves no hole beside a tile", () => {
    const gap = 16;
    for (const [path, text] of project) {
      if (!path.endsWith("/page.json")) continue;
      const width = (JSON.parse(text) as { readonly width: number }).width;
      const boxes = visuals.filter((visual) => visual.path.startsWith(path.replace("page.json", ""))).map((visual) => (JSON.parse(visual.text) as { readonly position: Box }).position);
      // Headings and slicers, which need no more than their words, stand above.
      const tops = new Set(boxes.map(({ y }) => y).filter((y) => y > 200));
      for (const top of tops) {
        const row = boxes.filter(({ y }) => y === top);
        expect(width - gap - Math.max(...row.map((box) => box.x + box.width)), path).toBeLessThan(row.length);
        expect(new Set(row.map(({ height }) => height)).size).toBe(1);
      }
    }
  });

  it("shows every page of figures on a phone: what can be chosen, every card, a picture of every tile", () => {
    const onPhone = [...project.keys()].filter((path) => path.endsWith("/mobile.json")).map((path) => project.get(path.replace("mobile.json", "visual.json")) ?? "");
    const count = (type: string, of: readonly string[]): number => of.filter((text) => text.includes(`"visualType": "${type}"`)).length;
    const all = visuals.map(({ text }) => text).filter((text) => !text.includes("10pt"));
    for (const type of ["slicer", "clusteredBarChart", "lineChart", "treemap", "actionButton"]) expect([type, count(type, onPhone)]).toEqual([type, count(type, all)]);
    expect(count("donutChart", onPhone)).toBe(tilesOf(partD).filter(({ kind }) => kind === "split").length);
    // The page of notes is words alone: there a phone shows the wide page.
    expect(count("cardVisual", onPhone)).toBe(count("cardVisual", all) - 1);
  });

  it("draws years one beside the other, a mark on each", () => {
    const lines = visuals.filter(({ text }) => text.includes('"lineChart"'));
    expect(lines.length).toBeGreaterThan(0);
    for (const { text } of lines) for (const part of ["'Categorical'", '"showMarker"']) expect(text).toContain(part);
  });

  it("keeps what is chosen from overview to overview", () => {
    const groups = visuals.filter(({ text }) => text.includes('"slicer"')).map(({ text }) => /"groupName": "(.*?)"/.exec(text)?.[1]);
    const count = (name: string | undefined): number => groups.filter((group) => group === name).length;
    const overviews = overviewsOf(partD).length;
    expect([count("Year"), count("State"), count("Specialty")]).toEqual([partD.pages.length, overviews, overviews]);
  });

  it("gives the notes room for all their words", () => {
    const boxes = visuals.filter(({ text }) => text.includes('"textbox"') && text.includes("10pt")).map(({ text }) => ({ box: (JSON.parse(text) as { readonly position: Box }).position, words: [...text.matchAll(/"value": "(.*?)"/g)].map(([, words = ""]) => words) }));
    expect(boxes.length).toBe(2);
    // Letters of ten points are some six pixels wide, their lines seventeen high.
    for (const { box, words } of boxes) expect(box.height).toBeGreaterThan(words.reduce((lines, text) => lines + Math.ceil((text.length * 6) / box.width), 0) * 17);
  });

  it("says which columns are places on a map", () => {
    const columns = [...modelFiles(partD).values()].flat().flatMap(({ children = [] }) => children).filter(({ kind }) => kind === "column");
    expect(columns.flatMap(({ name, properties }) => (properties?.["dataCategory"] === undefined ? [] : [[name, properties["dataCategory"]]]))).toEqual([["City", "City"], ["State", "StateOrProvince"]]);
  });

  it("holds no login, no address and nothing of this computer", () => {
    const texts = [...project.values()].join("\n");
    expect(texts).not.toMatch(/password|pwd=|\buid\b|\/home\/|\/tmp\/|C:\\\\/i);
    expect(texts.match(/https?:\/\/[^/"]+/g)?.filter((host) => host !== "https://developer.microsoft.com") ?? []).toEqual([]);
  });
});

describe("TMDL", () => {
  const plain = (object: TmdlObject): unknown => ({
    kind: object.kind, name: object.name ?? "", description: object.description ?? "", expression: object.expression,
    properties: Object.fromEntries(Object.entries(object.properties ?? {}).map(([key, value]) => [key, value === true ? "true" : typeof value === "string" ? value : value.expression])),
    children: (object.children ?? []).map(plain),
  });
  type Read = ReturnType<typeof readTmdl>["nodes"][number];
  const plainRead = ({ kind, name, description, expression, properties, children }: Read): unknown => ({
    kind, name, description, expression: expression?.text, properties: Object.fromEntries([...properties].map(([key, { text }]) => [key, text])), children: children.map(plainRead),
  });

  it.each([...modelFiles(partD)])("%s is read as what was written", (_, objects) => {
    const { nodes, faults } = readTmdl(tmdlText(objects));
    expect(faults).toEqual([]);
    expect(nodes.map(plainRead)).toEqual(objects.map(plain));
  });

  it("quotes names that would be read as more than a name", () => {
    const [node] = readTmdl(tmdlText([{ kind: "table", name: "Patient's = a.b: c", children: [{ kind: "measure", name: "A = 1", expression: "1" }] }])).nodes;
    expect([node?.name, node?.children[0]?.name, node?.children[0]?.expression?.text]).toEqual(["Patient's = a.b: c", "A = 1", "1"]);
  });

  it("is read with the line ends of Windows as well", () => {
    expect(readTmdl("table T\r\n\tlineageTag: x\r\n").nodes[0]?.properties.get("lineageTag")).toEqual({ text: "x", line: 2 });
  });
});
