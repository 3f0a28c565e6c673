// Names derived from a job's name: tables in the lake, namespaces, branches, views, template files.

import type { Job, Zone } from "./job.js";

export const CATALOG = "lake";
const ZONES: readonly Zone[] = ["raw", "cleansed", "curated"];

export interface JobName {
  readonly pipeline: string;
  readonly zone: Zone;
  readonly table: string;
}

/** "part-d/curated/drug_report" → its parts; undefined when the name has another form. */
export function parseJobName(name: string): JobName | undefined {
  const match = /^([a-z][a-z0-9-]*)\/([a-z]+)\/([a-z][a-z0-9_]*)$/.exec(name);
  const [, pipeline, zoneName, table] = match ?? [];
  const zone = ZONES.find((each) => each === zoneName);
  return pipeline === undefined || zone === undefined || table === undefined ? undefined : { pipeline, zone, table };
}

/** Three-part name: "lake.part_d_curated.drug_report". */
export function tableOf(job: string): string {
  const parts = parseJobName(job);
  if (parts === undefined) throw new TypeError(`not a job name: ${job}`);
  return `${CATALOG}.${parts.pipeline.replaceAll("-", "_")}_${parts.zone}.${parts.table}`;
}

export const quarantineOf = (job: string): string => `${tableOf(job)}__quarantine`;
export const onBranch = (table: string, branch: string): string => `${table}.branch_${branch}`;
export const zoneOf = (job: Job): Zone => parseJobName(job.name)?.zone ?? "curated";
export const stepId = (job: string, year: number): string => `${job}@${year}`;
export const templateFile = (name: string): string => `templates/${name}.sql.hbs`;
export const sourceView = (source: string, year: number): string => `source_${source}_${year}`;
export const checkedView = (job: string, year: number): string => `checked_${tableOf(job).split(".").slice(1).join("_")}_${year}`;
