import { allRowsKept, defineJob, definePipeline, defineSource, hasRows, rawColumns, uniqueKey } from "carelake";

const source = defineSource({
  name: "fill",
  meaning: "Fills of pharmacies by drug",
  files: ["^fills_(?<year>\\d{4})(_part\\d)?\\.csv(\\.gz)?$"],
  layouts: [
    { name: "modern", columns: { Pharmacy: "pharmacy", Drug: "drug", Fills: "fills", "Drug Cost": "drug_cost" } },
    { name: "old", columns: { pharm: "pharmacy", drug: "drug", n: "fills" }, delimiter: ";" },
  ],
  table: "fill",
});

const rawFill = defineJob({
  name: "fills/raw/fill",
  meaning: "One line of a file, every column as text.",
  grain: ["source_file"],
  columns: rawColumns(source),
  source,
  gates: [hasRows()],
});

const cleansedFill = defineJob({
  name: "fills/cleansed/fill",
  meaning: "Fills of one drug by one pharmacy.",
  grain: ["pharmacy_id", "drug_name"],
  quarantines: "fills/raw/fill",
  columns: {
    pharmacy_id: { type: "string", meaning: "Pharmacy" },
    drug_name: { type: "string", meaning: "Drug" },
    fill_count: { type: "bigint", meaning: "Fills", unit: "fills" },
    drug_cost_usd: { type: "decimal(18,2)", meaning: "Cost", unit: "usd" },
  },
  gates: [
    { kind: "row", id: "F01", name: "line_has_the_fields_of_its_header", severity: "error", blocks: true, violates: "unparsed_line is not null", why: "A short line shifts values into wrong columns.", baseRate: "0" },
    { kind: "row", id: "F02", name: "numbers_are_numbers", severity: "error", violates: "unparsed_line is null and (fill_count is null or drug_cost_usd is null)", why: "Text in a number would become an unknown value without a word.", baseRate: "0" },
    uniqueKey("F03", ["pharmacy_id", "drug_name"], "0"),
    allRowsKept("fills/raw/fill"),
  ],
});

const pharmacyReport = defineJob({
  name: "fills/curated/pharmacy_report",
  meaning: "One pharmacy with its fills.",
  grain: ["pharmacy_id"],
  params: { min_fills: { type: "int", meaning: "Fewest fills of a line that counts", default: 1, min: 0 } },
  columns: {
    pharmacy_id: { type: "string", meaning: "Pharmacy", maxLength: 20 },
    fill_count: { type: "bigint", meaning: "Fills", unit: "fills" },
    drug_cost_usd: { type: "decimal(18,2)", meaning: "Cost", unit: "usd" },
  },
  gates: [hasRows(), uniqueKey("F04", ["pharmacy_id"], "0")],
  publish: {},
});

const drugReport = defineJob({
  name: "fills/curated/drug_report",
  meaning: "One drug with its fills.",
  grain: ["drug_name"],
  columns: {
    drug_name: { type: "string", meaning: "Drug", maxLength: 60 },
    fill_count: { type: "bigint", meaning: "Fills", unit: "fills" },
  },
  gates: [hasRows(), uniqueKey("F05", ["drug_name"], "0")],
  publish: {},
});

export default definePipeline({
  name: "fills",
  meaning: "Fills of pharmacies, to try things with.",
  jobs: [rawFill, cleansedFill, pharmacyReport, drugReport],
  stages: [
    { name: "load", zones: ["raw", "cleansed"], size: "small" },
    { name: "curate", zones: ["curated"], size: "small" },
  ],
});
