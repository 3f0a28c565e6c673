// Command-line words → the plan: project, profile, inputs and what is done already, in one place for plan, run and render.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Prices } from "../../emr/facts/prices.js";
import type { Profile } from "../profile.js";
import type { ProfileWords } from "../config.js";
import { withWords, wordProblems } from "../config.js";
import { contentId } from "../canonical.js";
import { findInputs, yearsIn } from "../inputs.js";
import type { Pipeline, Source } from "../job.js";
import type { Ledger } from "../ledger.js";
import { outcomeOf } from "../ledger.js";
import { parseParams, parseYears } from "../params.js";
import type { DoneStep, Plan, PlanRequest } from "../plan.js";
import { bytesRead } from "../plan-stages.js";
import { plan } from "../planner.js";
import type { Result } from "../problems.js";
import { fail, ok, settle } from "../problems.js";
import type { SourceInput, TableInput } from "../source-input.js";
import { sizingFor } from "./aws-sizing.js";
import type { Context } from "./context.js";
import type { Lake } from "./lake.js";
import { isRemote, openLake } from "./lake.js";
import { unknownLedger } from "./offline.js";
import { pricesFor } from "./prices.js";
import type { Project } from "./project.js";
import { findPipeline, findProfile, loadProject, VERSION } from "./project.js";

export interface PlanWords extends ProfileWords {
  readonly pipeline: string;
  readonly year?: string | undefined;
  readonly years?: string | undefined;
  readonly input?: string | undefined;
  readonly profile: string;
  readonly lake?: string | undefined;
  readonly param?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
  /** Without an input named, plan as if each source came in its first layout: for looking at SQL only. */
  readonly anyInput?: boolean;
  /** All stages in one application, where an engine has machines to choose. */
  readonly together?: boolean;
  /** As if nothing had ever run in the lake: nobody is asked. */
  readonly offline?: boolean | undefined;
  /** Export for publication though the profile names no database. */
  readonly publishes?: boolean;
}

export interface Planned {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly profile: Profile;
  readonly lake: Lake;
  readonly prices: Prices;
  readonly plan: Plan;
  readonly inputs: readonly SourceInput[];
  /** Makes the same plan again from what stands in the lake by then. */
  readonly replan: () => Promise<Result<Plan>>;
  /** Bytes of the source files, gzip counted as eight times its size; null for a database. */
  readonly inputBytes: number | null;
}

export async function makePlan(words: PlanWords, context: Context): Promise<Result<Planned>> {
  const project = await loadProject(context.cwd);
  if (!project.ok) return project;
  const pipeline = findPipeline(project.value, words.pipeline);
  const named = findProfile(project.value, words.profile);
  const fit = settle(wordProblems(words), () => undefined);
  if (!pipeline.ok || !named.ok || !fit.ok) return together(pipeline, named, fit);
  const profile = withWords(named.value, words);
  const prices = await pricesFor(profile, project.value.folder);
  if (!prices.ok) return prices;
  const opened = await openLake({ profile, folder: project.value.folder, named: words.lake }, context);
  if (!opened.ok) return opened;
  const lake = opened.value;
  const ledger = words.offline === true ? unknownLedger : lake.ledger;
  const params = parseParams(pipeline.value, words.param ?? []);
  const sources = sourcesOf(pipeline.value);
  const input = words.input ?? profile.input;
  if (input !== undefined && isRemote(input)) return fail({ code: "input-missing", folder: input, isRemote: true });
  const folder = words.input === undefined ? profile.input && resolve(project.value.folder, profile.input) : resolve(context.cwd, words.input);
  const years = chooseYears(words, folder, sources);
  if (!years.ok || !params.ok) return together(params, years);
  const done = (await ledger.done(words.pipeline)).map((step) => (lake.aws === undefined ? withLivingExport(step) : step));
  const inputs = await inputsOf({ profile, folder, sources, years: years.value, done, stopped: await stoppedRuns(ledger, words.pipeline), pipeline: pipeline.value, force: words.force === true, anyInput: words.anyInput === true });
  if (!inputs.ok) return inputs;
  const sizing = await sizingFor({ profile, pipeline: pipeline.value, ledger, prices: prices.value, together: words.together === true });
  const made = plan({
    version: VERSION,
    pipeline: pipeline.value,
    years: years.value,
    params: params.value,
    templates: project.value.templates,
    inputs: inputs.value,
    done: (job, year) => done.find((step) => step.job === job && step.year === year),
    doneYears: (job) => done.filter((step) => step.job === job).map((step) => step.year),
    engine: profile.engine,
    ...(sizing === undefined ? {} : { sizing }),
    ...(await farInputs(lake)),
    lake: lake.root,
    publishes: words.publishes ?? profile.mysql !== undefined,
    force: words.force === true,
  });
  return made.ok ? ok({ project: project.value, pipeline: pipeline.value, profile, lake, prices: prices.value, plan: made.value, inputs: inputs.value, inputBytes: bytesRead(inputs.value), replan: () => planAgain(words, context) }) : made;
}

/** Files of this computer are read from the lake, where that is on S3. */
async function farInputs(lake: Lake): Promise<Pick<PlanRequest, "inputUri">> {
  if (lake.aws === undefined) return {};
  const { inputUri } = await import("../../emr/submission/artifacts.js");
  return { inputUri: (input, file) => inputUri(lake.root, input.fingerprint, file.name) };
}

async function planAgain(words: PlanWords, context: Context): Promise<Result<Plan>> {
  const again = await makePlan(words, context);
  return again.ok ? ok(again.value.plan) : again;
}

async function stoppedRuns(ledger: Ledger, pipeline: string): Promise<number> {
  const mine = (await ledger.runs()).filter((run) => run.pipeline === pipeline);
  const ends = await Promise.all(mine.map(async ({ run }) => outcomeOf(await ledger.events(run))?.outcome));
  return ends.filter((outcome) => outcome === "gate-failed").length;
}

/** Segments that somebody removed have to be exported again. */
function withLivingExport(step: DoneStep): DoneStep {
  const { export: exported, ...rest } = step;
  return exported === undefined || existsSync(join(exported.directory, "manifest.json")) ? step : rest;
}

/** Problems that have nothing to do with each other are told at once. */
function together(...results: readonly Result<unknown>[]): Result<never> {
  const [first, ...rest] = results.flatMap((result) => (result.ok ? [] : result.problems));
  if (first === undefined) throw new TypeError("none of them failed");
  return fail(first, ...rest);
}

const sourcesOf = (pipeline: Pipeline): readonly Source[] => pipeline.jobs.flatMap((job) => (job.source === undefined ? [] : [job.source]));

function chooseYears(words: PlanWords, folder: string | undefined, sources: readonly Source[]): Result<readonly number[]> {
  const text = words.years ?? words.year;
  if (text !== undefined) return parseYears(text);
  let found: readonly number[] = [];
  try {
    found = folder === undefined ? [] : yearsIn(folder, sources);
  } catch {
    // The missing folder is told by findInputs, once a year is known.
  }
  const help = found.length === 0 ? "for example --year 2023" : `the input has ${found.join(", ")}: --year ${found.at(-1) ?? ""}`;
  return fail({ code: "usage", message: "no data year was given", suggestion: help });
}

interface InputRequest {
  readonly profile: Profile;
  readonly folder: string | undefined;
  readonly sources: readonly Source[];
  readonly years: readonly number[];
  readonly done: readonly DoneStep[];
  /** Runs of the pipeline that a gate stopped, so far. */
  readonly stopped: number;
  readonly pipeline: Pipeline;
  /** Load everything anew. */
  readonly force: boolean;
  readonly anyInput: boolean;
}

async function inputsOf(request: InputRequest): Promise<Result<readonly SourceInput[]>> {
  const { profile, folder, sources, years } = request;
  if (sources.length === 0) return ok([]);
  if (folder !== undefined) return findInputs(folder, sources, years);
  if (profile.postgres === undefined && request.anyInput) return ok(sources.flatMap((source) => years.map((year) => emptyInput(source, year))));
  if (profile.postgres === undefined) {
    return fail({ code: "config-missing", what: "input", looked: ["--input", "`input` of the profile", "`postgres` of the profile"], help: "name the folder of the CSV files: --input DIR" });
  }
  return ok(sources.flatMap((source) => years.map((year) => tableInput(source, year, request))));
}

function emptyInput(source: Source, year: number): SourceInput {
  const [layout] = source.layouts;
  return { kind: "files", source: source.name, year, layout: layout.name, delimiter: layout.delimiter ?? ",", files: [], fingerprint: contentId([source.name, year]) };
}

function tableInput(source: Source, year: number, { profile, done, stopped, pipeline, force }: InputRequest): TableInput {
  const postgres = profile.postgres;
  if (postgres === undefined) throw new TypeError("no database source");
  const job = pipeline.jobs.find((each) => each.source?.name === source.name);
  const table = postgres.tables[source.name] ?? source.table;
  const layout = postgres.layouts[source.name] ?? source.layouts[0].name;
  const url = `jdbc:postgresql://${postgres.host}:${String(postgres.port)}/${postgres.database}?sslmode=${postgres.sslmode}`;
  const where = postgres.year_column === undefined ? null : `${postgres.year_column} = ${String(year)}`;
  const { key, partitions, incremental, user } = postgres;
  const columns = job?.source?.layouts.find((each) => each.name === layout)?.columns;
  const origin = contentId({ url, table, key, where, layout, columns });
  const earlier = done.find((step) => step.job === job?.name && step.year === year);
  const loads = force || earlier?.origin !== origin ? 0 : earlier.loads;
  return {
    kind: "table",
    source: source.name,
    year,
    layout,
    url,
    user,
    password: postgres.password,
    table,
    key,
    where,
    partitions,
    incremental,
    loads,
    origin,
    // A table has no content to hash without asking it: each load is an input of its own. After a run that a gate
    // stopped the table is read anew: what was wrong in it may be mended, what was missing may have come.
    fingerprint: contentId({ origin, load: loads + 1, stopped }),
  };
}
