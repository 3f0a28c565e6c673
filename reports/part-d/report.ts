// The reports of pipeline part-d: the drug page and the prescriber page, with what must be equal between them.

import { defineReport } from "../report.js";
import { beneficiaries } from "./caveats.js";
import { drugPage, drugTotals } from "./drug.js";
import { prescriberPage, prescriberTotals } from "./prescriber.js";

export const partD = defineReport({
  name: "part-d",
  title: "Medicare Part D",
  meaning: "Outpatient prescriptions paid for by Medicare’s drug benefit: what was prescribed and by whom.",
  pages: [drugPage, prescriberPage],
  sameTotals: [
    { what: "claims", left: { tile: drugTotals.tile, measure: drugTotals.claims }, right: { tile: prescriberTotals.tile, measure: prescriberTotals.claims } },
    { what: "drug cost", left: { tile: drugTotals.tile, measure: drugTotals.cost }, right: { tile: prescriberTotals.tile, measure: prescriberTotals.cost } },
  ],
  notes: [beneficiaries],
});
