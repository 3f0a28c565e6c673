// Where rows come from, and the table that keeps them as they came: every column as text, found by its header.

import { defineJob, defineSource, hasRows, rawColumns } from "carelake";

const visits = defineSource({
  name: "visit",
  meaning: "Visits as the clinics send them",
  files: ["^visits_(?<year>\\d{4})\\.csv(\\.gz)?$"], // the group `year` says which year a file is
  layouts: [{ name: "standard", columns: { "Visit ID": "number", Clinic: "clinic", "Visit date": "day", "Fee (USD)": "fee" } }],
  table: "visit", // its name in a database source
});

export default defineJob({
  name: "clinics/raw/visit",
  meaning: "One line of a visits file, every column as text.",
  grain: ["source_file"],
  columns: rawColumns(visits),
  source: visits,
  gates: [hasRows()],
});
