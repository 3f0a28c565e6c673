import { defineJob, rawColumns } from "../../../driver/job.js";
import { hasRows } from "../../../driver/standard-gates.js";
import { drugSource } from "../sources.js";

export default defineJob({
  name: "part-d/raw/drug",
  meaning: "One line of CMS's official drug flags, every column as text.",
  grain: ["source_file"],
  columns: rawColumns(drugSource),
  source: drugSource,
  gates: [hasRows()],
});
