import { defineJob, rawColumns } from "../../../driver/job.js";
import { hasRows } from "../../../driver/standard-gates.js";
import { prescriberSource } from "../sources.js";

export default defineJob({
  name: "part-d/raw/prescriber",
  meaning: "One line of By Provider: one prescriber's totals of the year, every column as text.",
  grain: ["source_file"],
  columns: rawColumns(prescriberSource),
  source: prescriberSource,
  gates: [hasRows()],
});
