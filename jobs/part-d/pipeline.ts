import { definePipeline } from "../../driver/job.js";
import cleansedDrug from "./cleansed/drug.js";
import cleansedPrescriber from "./cleansed/prescriber.js";
import cleansedPrescriberDrug from "./cleansed/prescriber_drug.js";
import cleansedState from "./cleansed/state.js";
import curatedDrug from "./curated/drug.js";
import drugReport from "./curated/drug_report.js";
import drugUtilization from "./curated/drug_utilization.js";
import prescriberReport from "./curated/prescriber_report.js";
import curatedState from "./curated/state.js";
import rawDrug from "./raw/drug.js";
import rawPrescriber from "./raw/prescriber.js";
import rawPrescriberDrug from "./raw/prescriber_drug.js";
import rawState from "./raw/state.js";

export default definePipeline({
  name: "part-d",
  meaning: "Medicare Part D prescribers: what drugs they order, how often and at what cost.",
  jobs: [
    rawPrescriberDrug,
    rawPrescriber,
    rawDrug,
    rawState,
    cleansedPrescriberDrug,
    cleansedPrescriber,
    cleansedDrug,
    cleansedState,
    curatedDrug,
    curatedState,
    drugReport,
    prescriberReport,
    drugUtilization,
  ],
  stages: [
    { name: "ingest", zones: ["raw"], size: "medium" },
    { name: "cleanse", zones: ["cleansed"], size: "medium" },
    { name: "curate", zones: ["curated"], size: "small" },
  ],
});
