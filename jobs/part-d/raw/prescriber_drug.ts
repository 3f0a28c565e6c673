import { defineJob, rawColumns } from "../../../driver/job.js";
import { hasRows } from "../../../driver/standard-gates.js";
import { prescriberDrugSource } from "../sources.js";

export default defineJob({
  name: "part-d/raw/prescriber_drug",
  meaning: "One line of By Provider and Drug: what one prescriber ordered of one drug in the year, every column as text.",
  grain: ["source_file"],
  columns: rawColumns(prescriberDrugSource),
  source: prescriberDrugSource,
  gates: [hasRows()],
});
