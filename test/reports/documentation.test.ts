import { describe, expect, it } from "vitest";
import { documentation, documentationMarkdown } from "../../reports/documentation.js";
import { partD } from "../../reports/part-d/report.js";

const figures = documentation(partD).flatMap(({ folders }) => folders.flatMap((folder) => folder.figures));
const entry = (label: string) => figures.find((each) => each.label === label);

describe("documentation", () => {
  it("explains every figure of the model once, with unit, formula and source", () => {
    expect(figures).toHaveLength(partD.model.measures.length);
    for (const { label, meaning, unit, formula, source } of figures) expect([meaning, unit, formula, source.join()].every((text) => text !== ""), label).toBe(true);
  });

  it("says in words how each kind of figure is computed", () => {
    expect(entry("Cost per claim")?.formula).toBe("Drug cost ÷ Claims");
    expect(entry("Drug cost under brand names")?.formula).toBe("sum of drug_cost_usd where is_brand is set");
    expect(entry("Opioid rate of peers")?.formula).toBe("Opioid rate over all rows of the year with the same specialty and state code");
    expect(entry("Rise in claims")?.formula).toBe("Claims − Claims a year before");
    expect(entry("Opioid rate")?.source).toEqual(["prescriber_report.opioid_claim_count", "prescriber_report.provider_claim_count"]);
    expect(entry("Opioid rate")?.caveats.map(({ id }) => id)).toContain("withheld");
  });

  it("is one Markdown page with a row a figure and every caveat in full", () => {
    const text = documentationMarkdown(partD);
    expect(text.match(/^\| .* \|$/gm)?.length).toBeGreaterThan(partD.model.measures.length);
    for (const caveat of partD.notes) expect(text).toContain(caveat.text);
  });
});
