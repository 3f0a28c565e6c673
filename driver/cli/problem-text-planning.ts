// Problems in what the user wrote: commands, params, configuration, jobs, templates, files of a source.

import { nearest } from "../nearest.js";
import { plural, suggestion } from "./problem-words.js";
import type { Texts } from "./problem-words.js";

type PlanningCode =
  | "unknown-pipeline" | "unknown-job" | "unknown-param" | "param-missing" | "param-invalid" | "usage"
  | "config-invalid" | "price-file-unfit" | "config-missing" | "unknown-profile" | "job-invalid" | "pipeline-not-loaded" | "unknown-run" | "run-ambiguous" | "no-report" | "no-power-bi-project" | "no-json-schemas" | "modeling-server" | "file-unwritable" | "init-not-empty"
  | "template-missing" | "template-syntax" | "template-param-missing" | "template-param-unused" | "template-bare-mustache"
  | "template-unknown-helper" | "template-banned-function" | "template-value" | "template-writes" | "template-unknown-table" | "job-cycle"
  | "input-missing" | "source-files-missing" | "source-file-empty" | "source-file-unreadable" | "source-header-unknown" | "source-layouts-mixed"
  | "source-not-utf8" | "source-duplicate-file" | "postgres-unreachable" | "postgres-access-denied"
  | "plan-of-other-version" | "plan-unreadable" | "plan-stale";

const helpOf = (help: string | undefined): { readonly help?: string } => (help === undefined ? {} : { help });

export const planningText: Texts<PlanningCode> = {
  "unknown-pipeline": ({ name, known }) => ({ source: "usage", headline: `there is no pipeline \`${name}\``, ...helpOf(suggestion(known, nearest(name, known))) }),
  "unknown-job": ({ name, known }) => ({ source: "usage", headline: `there is no job \`${name}\``, ...helpOf(suggestion(known, nearest(name, known))) }),
  "unknown-param": ({ name, owner, known }) => ({
    source: "usage",
    headline: `${owner} has no param \`${name}\``,
    notes: [known.length === 0 ? "it has no params but the year" : `its params are ${known.join(", ")}`],
    ...helpOf(suggestion([], nearest(name, known))),
  }),
  "param-missing": ({ name, owner, meaning }) => ({ source: "usage", headline: `${owner} needs a value for param \`${name}\``, notes: [meaning], help: `add --param ${name}=…` }),
  "param-invalid": ({ name, value, expected }) => ({ source: "usage", headline: `\`${value}\` is no value for \`${name}\``, help: `give ${expected}` }),
  usage: ({ message, suggestion: help }) => ({ source: "usage", headline: message, help: help ?? "carelake --help shows the commands" }),
  "config-invalid": ({ key, message, help }) => ({ source: "usage", headline: key === "" ? `carelake.yaml cannot be read: ${message}` : `\`${key}\` in carelake.yaml: ${message}`, ...helpOf(help) }),
  "price-file-unfit": ({ file, key, message }) => ({ source: "usage", headline: `the price file ${file} cannot be used: ${key === "" ? message : `${key}: ${message}`}`, help: "carelake prices --refresh --region REGION --out FILE writes it anew; without `prices` in the profile the built-in prices count" }),
  "file-unwritable": ({ file, message }) => ({ source: "usage", headline: `${file} cannot be written: ${message}`, help: "name a file in a folder that is there and that you may write to" }),
  "config-missing": ({ what, looked, help }) => ({ source: "usage", headline: `no ${what}`, notes: [`looked at ${looked.join(", then ")}`], help }),
  "unknown-profile": ({ name, known }) => ({
    source: "usage",
    headline: `there is no profile \`${name}\``,
    help: suggestion(known, nearest(name, known)) ?? "profiles stand in carelake.yaml; without it there is only `local`",
  }),
  "job-invalid": ({ job, message, suggestion: near }) => ({ source: "usage", headline: `job ${job}: ${message}`, ...(near === undefined ? {} : { help: `did you mean \`${near}\`?` }) }),
  "pipeline-not-loaded": ({ file, message }) => ({ source: "usage", headline: `the pipeline in ${file} does not load`, notes: [message], help: "mend it, or take it out of `pipelines` in carelake.yaml" }),
  "unknown-run": ({ run, known }) => ({
    source: "usage",
    headline: known.length === 0 ? "this lake has no run yet" : `the ledger of this lake has no run \`${run}\``,
    help: known.length === 0 ? "carelake run makes one; --lake or --profile names another lake" : `the last runs are ${known.slice(-5).join(", ")}`,
  }),
  "run-ambiguous": ({ run, fits }) => ({ source: "usage", headline: `runs of several plans begin with \`${run}\``, help: `name one whole: ${fits.slice(-5).join(", ")}` }),
  "no-report": ({ pipeline, known }) => ({ source: "usage", headline: `there is no report of pipeline \`${pipeline}\``, ...helpOf(suggestion(known, nearest(pipeline, known))) }),
  "no-json-schemas": ({ folder }) => ({ source: "usage", headline: `${folder} holds no JSON schemas of Power BI`, notes: ["looked for fabric/item/report below it"], help: "git clone https://github.com/microsoft/json-schemas, and name that folder; without --schemas the rest is checked" }),
  "modeling-server": ({ program, message }) => ({ source: "world", headline: `${program} does not answer as Microsoft's modelling server of Power BI`, notes: [message], help: "npm install @microsoft/powerbi-modeling-mcp in a folder of your own, and name its program; without --modeling the rest is checked" }),
  "no-power-bi-project": ({ folder }) => ({ source: "usage", headline: `there is no Power BI project in ${folder}`, notes: ["looked for a folder that ends with .Report and one that ends with .SemanticModel"], help: "carelake report build part-d --power-bi --out FOLDER writes one" }),
  "init-not-empty": ({ folder, found }) => ({ source: "usage", headline: `${folder} is not empty`, notes: [`it holds ${found.slice(0, 5).join(", ")}`], help: "name a new folder: carelake init my-pipelines" }),
  "template-missing": ({ job, gate, file }) => ({ source: "usage", headline: gate === undefined ? `job ${job} has no template` : `gate ${gate} of job ${job} has no template`, notes: [`looked for ${file} in the folders of \`templates\` in carelake.yaml, then in the package`], help: `make ${file}` }),
  "template-syntax": ({ message }) => ({ source: "usage", headline: "the template does not parse", notes: [message], help: "values go in as {{helper value}}, blocks are {{#if}}, {{#unless}} and {{#each}}" }),
  "template-param-missing": ({ name, known, declaredIn }) => ({
    source: "usage",
    headline: `template asks for \`${name}\`, which nothing provides`,
    notes: [`provided are ${known.join(", ")}; params are declared in ${declaredIn}`],
    ...helpOf(suggestion([], nearest(name, known))),
  }),
  "template-param-unused": ({ name, declaredIn }) => ({ source: "usage", headline: `param \`${name}\` is declared and never used`, help: `use it in the template or take it out of ${declaredIn}` }),
  "template-bare-mustache": ({ name }) => ({ source: "usage", headline: `\`${name}\` goes into SQL without a helper that quotes it`, help: `write {{int ${name}}}, {{string ${name}}}, {{ident ${name}}} or another helper` }),
  "template-unknown-helper": ({ name, known }) => ({ source: "usage", headline: `there is no helper \`${name}\``, help: suggestion(known, nearest(name, known)) ?? "" }),
  "template-banned-function": ({ name, reason }) => ({ source: "usage", headline: `\`${name}\` is not allowed in a template`, notes: [reason] }),
  "template-value": ({ message, declaredIn }) => ({ source: "usage", headline: `a helper refuses its value: ${message}`, help: `use the helper of the value's type, or change the value in ${declaredIn}` }),
  "template-writes": ({ statement, table, declared }) => ({
    source: "usage",
    headline: statement === ";" ? "a template is one select, this one has several statements" : `a template is one select, this one has \`${statement}\`${table === "" ? "" : ` to ${table}`}`,
    notes: [`the job declares the table it fills: ${declared}`],
    help: "keep the select alone; carelake writes the insert with its branch and partition",
  }),
  "template-unknown-table": ({ name, known }) => ({ source: "usage", headline: `no job or source named \`${name}\``, ...helpOf(suggestion(known, nearest(name, known))) }),
  "job-cycle": ({ jobs }) => ({ source: "usage", headline: "jobs read each other in a circle", notes: jobs.slice(1).map((job, index) => `${jobs[index] ?? ""} reads ${job}`), help: "take one of these {{table …}} out; what last year's rows say is read by {{visible …}}" }),
  "input-missing": ({ folder, isFile, isRemote }) =>
    isRemote === true
      ? { source: "usage", headline: `CSV files are read from a folder of this computer, not from ${folder}`, help: "copy them here and name the folder with --input, which sends them to the lake once; or have the rows read from a database: `postgres` of the profile" }
      : { source: "usage", headline: isFile === true ? `${folder} is a file, not a folder` : `there is no folder ${folder}`, help: "name the folder of the CSV files with --input, or a profile with a database source" },
  "source-files-missing": ({ source, year, folder, patterns, years }) => ({
    source: "usage",
    headline: `no file of source ${source} for ${year} in ${folder}`,
    notes: [`file names looked for: ${patterns.join("  or  ")}`],
    help: years.length === 0 ? "see carelake list for the files that each source is" : `there are files for ${years.join(", ")}`,
  }),
  "source-file-empty": ({ file }) => ({ source: "usage", headline: `${file} is empty`, help: "fetch the file again" }),
  "source-file-unreadable": ({ file, message }) => ({ source: "usage", headline: `${file} cannot be read`, notes: [message], help: "fetch the file again" }),
  "source-header-unknown": ({ source, layouts }) => {
    const [nearestLayout] = layouts;
    const { name = "", missing = [], unknown = [], twice = [] } = nearestLayout ?? {};
    const renamed = unknown.filter((each) => each.near !== undefined);
    const next = missing.length + unknown.length === 0 ? "keep one column of each name" : "declare the layout in the pipeline's sources if its publisher changed it";
    return {
      source: "usage",
      headline: `the header fits no declared layout of source ${source}`,
      notes: [
        `nearest is layout ${name}`,
        ...(missing.length === 0 ? [] : [`missing: ${shortened(missing)}`]),
        ...(unknown.length === 0 ? [] : [`not known: ${shortened(unknown.map((each) => each.name))}`]),
        ...(twice.length === 0 ? [] : [`there twice: ${shortened(twice)}`]),
      ],
      help: renamed.length > 0 ? renamed.map((each) => `\`${each.name}\` may be \`${each.near ?? ""}\``).join("; ") : next,
    };
  },
  "source-layouts-mixed": ({ source, year, files }) => ({
    source: "usage",
    headline: `files of source ${source} for ${year} have different layouts`,
    notes: files.map(({ file, layout }) => `${file}: ${layout}`),
    help: "keep the files of one layout a year",
  }),
  "source-not-utf8": ({ file, byte, bytes }) => ({ source: "usage", headline: `${file} is not UTF-8`, notes: [`byte ${byte.toLocaleString("en-US")} begins ${bytes}`], help: "convert it: iconv -f WINDOWS-1252 -t UTF-8" }),
  "source-duplicate-file": ({ files }) => ({ source: "usage", headline: "the same content would be loaded twice", notes: files, help: "keep one of them" }),
  "postgres-unreachable": ({ address, user, message, run }) => ({ source: "world", headline: `no connection to PostgreSQL at ${address} as ${user}`, notes: [message, `run ${run}`], help: "is the server up, and host, port, database, sslmode and route right?" }),
  "postgres-access-denied": ({ address, database, user, message, run }) => ({
    source: "world",
    headline: `PostgreSQL at ${address} refuses user ${user} for database ${database}`,
    notes: [message, `run ${run}`],
    help: "check the password's environment variable, and that the database lets the user in",
  }),
  "plan-of-other-version": ({ planned, running }) => ({ source: "usage", headline: `the plan was made by carelake ${planned}, this is ${running}`, help: "plan again" }),
  "plan-unreadable": ({ file, message }) => ({ source: "usage", headline: `${file} is no plan`, notes: [message], help: "carelake plan … --json > plan.json makes one" }),
  "plan-stale": ({ message }) => ({ source: "usage", headline: "the plan no longer fits what it was made from", notes: [message], help: "plan again" }),
};

function shortened(names: readonly string[]): string {
  return names.length <= 6 ? names.join(", ") : `${names.slice(0, 6).join(", ")} and ${plural(names.length - 6, "more")}`.replace(/mores$/, "more");
}
