import { describe, expect, it } from "vitest";
import { matchLayouts } from "../../driver/layouts.js";
import { drugSource, prescriberDrugSource, prescriberSource } from "../../jobs/part-d/sources.js";
import { PROVIDER_COLUMNS, PROVIDER_DRUG_COLUMNS } from "../../jobs/part-d/official-columns.js";

const match = (text: string, source = prescriberDrugSource) => matchLayouts(Buffer.from(text), source, "f.csv");

describe("a header", () => {
  it("is known in any order, case and with outer blanks, quotes, a BOM and CRLF", () => {
    const [first, second, ...rest] = PROVIDER_DRUG_COLUMNS;
    const shuffled = [...rest, ` ${second.toUpperCase()} `, `"${first}"`];
    const found = match(`\uFEFF${shuffled.join(",")}\r\n1,2\r\n`);
    expect(found.ok && [found.value.layout.name, found.value.skipLines, found.value.fields.at(-1), found.value.fields.at(-2)]).toEqual(["official", 1, "prscrbr_npi", "prscrbr_last_org_name"]);
  });

  it("is found below title rows", () => {
    const found = match('"Drug List, Calendar Years 2013 - 2023",,\n,,\n\nDrug Name,Generic Name,Opioid Flag,LA Opioid Flag,Antibiotic Flag,Antipsychotic Flag,NDC  Conflict Flag\nA,B\n', drugSource);
    expect(found.ok && [found.value.layout.name, found.value.skipLines]).toEqual(["drug-list", 4]);
  });

  it("may hold names that are declared as ignored; their fields are not loaded", () => {
    const [npi, ...rest] = PROVIDER_COLUMNS;
    const found = match([npi, "Prscrbr_Gndr", ...rest].join(","), prescriberSource);
    expect(found.ok && [found.value.layout.name, found.value.fields[1]]).toEqual(["official", null]);
  });

  it("with one column renamed is refused and the nearest name told", () => {
    const found = match(PROVIDER_DRUG_COLUMNS.map((name) => (name === "Tot_Clms" ? "Tot_Claims" : name)).join(","));
    const problem = found.ok ? undefined : found.problems[0];
    expect(problem).toMatchObject({ code: "source-header-unknown", at: { file: "f.csv", line: 1 }, layouts: [{ name: "official", missing: ["Tot_Clms"], unknown: [{ name: "Tot_Claims", near: "Tot_Clms" }] }, {}, {}] });
  });

  it("with a column twice is refused", () => {
    const found = match(`${PROVIDER_DRUG_COLUMNS.join(",")},Tot_Clms`);
    expect(found.ok).toBe(false);
  });
});
