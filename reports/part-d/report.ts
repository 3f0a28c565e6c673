// The report of pipeline part-d: its model, its pages, and what must be equal between them.

import { defineReport } from "../define.js";
import { beneficiaries } from "./caveats.js";
import { brandPage, drugPage, drugTotals, drugYearsPage, oneDrugPage } from "./drug.js";
import { fields, specialty, stateCode, stateName, year } from "./fields.js";
import { measures } from "./measures.js";
import { onePrescriberPage, prescriberPage, prescriberTotals, ratesPage } from "./prescriber.js";
import { drugs, drugUtilization, prescriberReport, specialties, states, years } from "./tables.js";

export const partD = defineReport({
  name: "part-d",
  title: "Medicare Part D",
  meaning: "Outpatient prescriptions paid for by Medicare’s drug benefit: what was prescribed and by whom.",
  model: { tables: [drugUtilization, prescriberReport], dimensions: [years, drugs, states, specialties], fields, measures },
  year,
  slicers: [{ field: stateCode, label: stateName }, { field: specialty }],
  pages: [drugPage, prescriberPage, drugYearsPage, brandPage, ratesPage, oneDrugPage, onePrescriberPage],
  sameTotals: [
    { what: "claims", left: { tile: drugTotals.tile, measure: drugTotals.claims }, right: { tile: prescriberTotals.tile, measure: prescriberTotals.claims } },
    { what: "drug cost", left: { tile: drugTotals.tile, measure: drugTotals.cost }, right: { tile: prescriberTotals.tile, measure: prescriberTotals.cost } },
  ],
  notes: [beneficiaries],
});
