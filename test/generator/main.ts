// In: arguments. Out: generated Part D files or tables; a summary on stdout, progress on stderr.
// Never here: making of data. Run: npm run generate -- --rows 50000 --year 2023 --seed 1 --out DIR
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { DefectSpec } from "./defects.js";
import { defectSpec, presetSpec } from "./defects.js";
import type { GenerateRequest, YearMade } from "./generate.js";
import { defectsJson, generateFolder, generateInto } from "./generate.js";
import { FIRST_YEAR, LAST_YEAR } from "./facts/shape.js";
import { copySourceTables, createTables, NOT_IN_POSTGRES, postgresTarget } from "./postgres.js";
import { SAMPLE_SOURCES } from "./sources.js";

const USAGE = `usage: npm run generate -- --rows N (--year Y | --years A..B) (--out DIR | --postgres [--replace])
  --seed N           same seed, same bytes (default 1)
  --defects X        a JSON file {"seed": 7, "plant": {"B04": 12}}, or each-once, or dirty (0.1 % of the rows)
  --defects-out FILE where to note what was planted with --postgres (with --out it is DIR/defects.json)
  --files N          detail files a year (default 1)      --gzip   compress
  --threads N        default 2; does not change the bytes
  --drug-list FILE   CMS's drug list (default: the sample's)
  --cities FILE      the cities file (default: the sample's)
  --postgres         into PostgreSQL through psql; connection by the PG* environment variables, one year only`;

class UsageError extends Error {}

function wholeNumber(text: string | undefined, name: string, fallback?: number): number {
  if (text === undefined && fallback !== undefined) return fallback;
  const value = Number(text);
  if (text === undefined || !Number.isInteger(value) || value < 1) throw new UsageError(`--${name} must be a whole number of at least 1, not ${text ?? "missing"}`);
  return value;
}

function yearsOf(year: string | undefined, years: string | undefined): readonly number[] {
  const [first, last] = (years ?? year ?? "2023").split("..").map(Number);
  const end = last ?? first;
  if (first === undefined || end === undefined || !(first >= FIRST_YEAR) || !(end <= LAST_YEAR) || !(first <= end)) {
    throw new UsageError(`years must lie in ${FIRST_YEAR}..${LAST_YEAR}, as 2023 or 2019..2023`);
  }
  return Array.from({ length: end - first + 1 }, (_, at) => first + at);
}

function defectsOf(text: string | undefined, rows: number): DefectSpec | undefined {
  if (text === undefined) return undefined;
  if (text === "each-once" || text === "dirty") return presetSpec(text, rows);
  const read = defectSpec.safeParse(JSON.parse(readFileSync(text, "utf8")));
  if (!read.success) throw new UsageError(`${text}: ${read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")}`);
  return read.data;
}

function progress(): NonNullable<GenerateRequest["onProgress"]> {
  let next = Date.now() + 2000;
  return ({ year, rows, of }) => {
    if (Date.now() < next) return;
    next = Date.now() + 2000;
    process.stderr.write(`${year}: ${rows.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} rows\n`);
  };
}

async function intoPostgres(request: GenerateRequest, replace: boolean): Promise<readonly YearMade[]> {
  if (request.years.length !== 1) throw new UsageError("--postgres takes one year: the source tables have no year column");
  const unfit = Object.entries(request.defects?.plant ?? {}).filter(([rule, count]) => (count ?? 0) > 0 && NOT_IN_POSTGRES.includes(rule)).map(([rule]) => rule);
  if (unfit.length > 0) throw new UsageError(`${unfit.join(", ")} cannot be planted in PostgreSQL: typed columns refuse them`);
  const client = { psql: "psql", env: process.env };
  await createTables(client, replace);
  await copySourceTables(client, request.sources ?? SAMPLE_SOURCES);
  return generateInto(request, () => postgresTarget(client));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: "string" }, year: { type: "string" }, years: { type: "string" }, seed: { type: "string" }, out: { type: "string" }, defects: { type: "string" }, "defects-out": { type: "string" },
      files: { type: "string" }, threads: { type: "string" }, gzip: { type: "boolean" }, postgres: { type: "boolean" }, replace: { type: "boolean" },
      "drug-list": { type: "string" }, cities: { type: "string" }, help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const rows = wholeNumber(values.rows, "rows");
  const defects = defectsOf(values.defects, rows);
  const request: GenerateRequest = {
    rows, years: yearsOf(values.year, values.years), seed: wholeNumber(values.seed, "seed", 1), threads: wholeNumber(values.threads, "threads", 2), files: wholeNumber(values.files, "files", 1),
    gzip: values.gzip ?? false, ...(defects === undefined ? {} : { defects }), onProgress: progress(),
    sources: { drugList: values["drug-list"] ?? SAMPLE_SOURCES.drugList, cities: values.cities ?? SAMPLE_SOURCES.cities },
  };
  if ((values.out === undefined) === (values.postgres !== true)) throw new UsageError("give either --out DIR or --postgres");
  const begun = Date.now();
  const made = values.out === undefined ? await intoPostgres(request, values.replace ?? false) : await generateFolder(request, values.out);
  if (values["defects-out"] !== undefined) writeFileSync(values["defects-out"], defectsJson(request, made));
  const summary = made.map(({ planted, ...year }) => ({ ...year, planted: planted.length }));
  process.stdout.write(`${JSON.stringify({ years: summary, seconds: (Date.now() - begun) / 1000, peakRssMB: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`);
}

main().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  const usage = error instanceof UsageError || (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));
  process.stderr.write(usage ? `error: ${text}\n${USAGE}\n` : `error: ${text}\n`);
  process.exitCode = usage ? 2 : 1;
});
