// A plan's set of tables → what the publisher loads: contracts from the jobs, segments from the manifests of the lake.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Job, Pipeline } from "./job.js";
import type { Plan, PlannedPublication } from "./plan.js";
import type { PublishTable } from "./publish/set.js";
import { exportManifest } from "./stage.js";

export async function publicationTables(plan: Plan, pipeline: Pipeline): Promise<readonly PublishTable[]> {
  return Promise.all(
    plan.publication.map((planned) => {
      const job = pipeline.jobs.find((each) => each.name === planned.job);
      if (job === undefined) throw new Error(`the plan publishes ${planned.job}, which pipeline ${pipeline.name} does not have`);
      return tableOf(planned, job);
    }),
  );
}

async function tableOf(planned: PlannedPublication, job: Job): Promise<PublishTable> {
  const manifests = await Promise.all(
    planned.segments.map(async ({ directory }) => ({
      directory,
      manifest: exportManifest.parse(JSON.parse(await readFile(join(directory, "manifest.json"), "utf8"))),
    })),
  );
  return {
    name: planned.table,
    meaning: job.meaning,
    columns: [{ name: "year", type: "int", meaning: "Data year" }, ...Object.entries(job.columns).map(([name, column]) => ({ name, ...column }))],
    key: ["year", ...job.grain],
    indexes: job.publish?.indexes ?? [],
    manifests,
  };
}
