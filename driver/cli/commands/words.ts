// Options that several commands share, each described once.

import type { Argv } from "yargs";

/** Of run, submit, resume and gates. */
export const JUNIT = { type: "string", describe: "file for the gates as JUnit XML, for the pages of a CI service" } as const;

/** Of run, submit, resume and publish. */
export const AFTER_PUBLISH = { type: "boolean", default: false, describe: "then have Power BI refresh its model (carelake refresh)" } as const;

/** Of plan, run, submit and resume. */
export const BUDGET = { type: "string", describe: "dollars that the run may cost, instead of the profile's budget_usd" } as const;

export const planOptions = <T>(yargs: Argv<T>) =>
  yargs
    .positional("pipeline", { type: "string", demandOption: true, describe: "name of the pipeline (carelake list)" })
    .option("year", { type: "string", describe: "data year, a range or a list: 2023, 2019..2023, 2019,2021" })
    .option("years", { type: "string", describe: "the same, for several", conflicts: "year" })
    .option("input", { type: "string", describe: "folder with the source's CSV files" })
    .option("param", { type: "string", array: true, nargs: 1, describe: "name=value, for a job's param" })
    .option("force", { type: "boolean", default: false, describe: "build again what is already done" })
    .option("budget", BUDGET)
    .option("memory", { type: "string", describe: "Spark's memory, for example 4g" });

export const lakeOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option("profile", { type: "string", default: "local", describe: "profile of carelake.yaml" })
    .option("lake", { type: "string", describe: "folder of the lake, instead of the profile's" });
