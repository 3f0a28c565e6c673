// A plan's set of tables → what the publisher loads: contracts from the jobs, segments from the manifests of the lake.

import type { ExportFiles } from "./exports.js";
import type { Job, Pipeline } from "./job.js";
import type { Plan, PlannedPublication } from "./plan.js";
import type { Problem, Result } from "./problems.js";
import { fail, ok } from "./problems.js";
import { EITHER_SIDE } from "./publish/faults.js";
import type { PublishTable } from "./publish/set.js";
import { exportManifest } from "./stage.js";
import type { ExportManifest } from "./stage.js";

/** Problem: segments-missing, when the lake was tidied or moved since the run exported them. */
export async function publicationTables(plan: Plan, pipeline: Pipeline, files: ExportFiles): Promise<Result<readonly PublishTable[]>> {
  const tables = await Promise.all(
    plan.publication.map((planned) => {
      const job = pipeline.jobs.find((each) => each.name === planned.job);
      if (job === undefined) throw new Error(`the plan publishes ${planned.job}, which pipeline ${pipeline.name} does not have`);
      return tableOf(planned, job, files);
    }),
  );
  const missing = tables.flatMap((table) => table.manifests.flatMap(({ directory, manifest }) => (manifest === undefined ? [directory] : [])));
  if (missing.length > 0) return fail({ code: "segments-missing", folders: missing, pipeline: plan.pipeline, years: plan.years });
  return ok(tables.map((table) => ({ ...table, manifests: table.manifests.flatMap(({ directory, manifest }) => (manifest === undefined ? [] : [{ directory, manifest }])) })));
}

interface Exported {
  readonly directory: string;
  /** Absent when the folder holds no finished export. */
  readonly manifest: ExportManifest | undefined;
}

async function tableOf(planned: PlannedPublication, job: Job, files: ExportFiles): Promise<Omit<PublishTable, "manifests"> & { readonly manifests: readonly Exported[] }> {
  const manifests = await Promise.all(planned.segments.map(async ({ directory }) => ({ directory, manifest: await manifestIn(directory, files) })));
  return {
    name: planned.table,
    meaning: job.meaning,
    columns: [{ name: "year", type: "int", meaning: "Data year" }, ...Object.entries(job.columns).map(([name, column]) => ({ name, ...column }))],
    key: ["year", ...job.grain],
    indexes: job.publish?.indexes ?? [],
    manifests,
  };
}

async function manifestIn(directory: string, files: ExportFiles): Promise<ExportManifest | undefined> {
  const text = await files.text(files.place(directory, "manifest.json"));
  return text === undefined ? undefined : exportManifest.parse(JSON.parse(text));
}

/** Readers never see half of a publication; only when the connection broke in the swap itself, nobody knows on which side. */
export function withWhatReadersSee(problem: Problem): Problem {
  if (problem.left !== undefined) return problem;
  if (problem.code === "publish-interrupted" && problem.step.startsWith("swap")) return { ...problem, left: EITHER_SIDE };
  return { ...problem, left: "MySQL serves what it served before; the lake holds the new tables" };
}
