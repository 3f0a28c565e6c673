import { defineJob, rawColumns } from "../../../driver/job.js";
import { hasRows } from "../../../driver/standard-gates.js";
import { stateSource } from "../sources.js";

export default defineJob({
  name: "part-d/raw/state",
  meaning: "One city of the cities table, every column as text.",
  grain: ["source_file"],
  columns: rawColumns(stateSource),
  source: stateSource,
  gates: [hasRows()],
});
