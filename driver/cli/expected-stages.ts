// What a run under a profile would start at its largest, told without a year or a pipeline: for the doctor, who holds it
// against quotas and subnets. Sizes as a plan has them: by former runs, and by the newest year of the profile's input.

import { resolve } from "node:path";
import type { ExpectedStage } from "../../emr/checks/demand.js";
import { pipelines as builtIn } from "../../jobs/index.js";
import { findInputs, yearsIn } from "../inputs.js";
import type { Pipeline } from "../job.js";
import type { Ledger } from "../ledger.js";
import { bytesRead } from "../plan-stages.js";
import { ProblemError } from "../problems.js";
import type { Profile } from "../profile.js";
import { sizingFor } from "./aws-sizing.js";
import { unknownLedger } from "./offline.js";
import { pricesFor } from "./prices.js";
import type { Project } from "./project.js";

export interface Expecting {
  readonly profile: Profile;
  readonly project: Project;
  readonly ledger: Ledger;
}

/** Stages of the pipelines that are in use, apart and as they overlap. What cannot be sized is left out: a plan says why. */
export async function expectedStages(expecting: Expecting): Promise<readonly ExpectedStage[]> {
  const ledger = await readable(expecting.ledger);
  const used = await pipelinesInUse({ ...expecting, ledger });
  return (await Promise.all(used.map((pipeline) => stagesOf(pipeline, { ...expecting, ledger })))).flat();
}

/** A lake that cannot be read is told by its own check: sizes follow the rules then. */
async function readable(ledger: Ledger): Promise<Ledger> {
  try {
    await ledger.runs();
    return ledger;
  } catch (error) {
    if (error instanceof ProblemError) return unknownLedger;
    throw error;
  }
}

/** The project's own and those that ran in the lake; the built-in ones count when there is nothing else. */
async function pipelinesInUse({ project, ledger }: Expecting): Promise<readonly Pipeline[]> {
  const ran = new Set((await ledger.runs()).map(({ pipeline }) => pipeline));
  const used = project.pipelines.filter((each) => !builtIn.includes(each) || ran.has(each.name));
  return used.length === 0 ? project.pipelines : used;
}

async function stagesOf(pipeline: Pipeline, { profile, project, ledger }: Expecting): Promise<readonly ExpectedStage[]> {
  const prices = await pricesFor(profile, project.folder);
  const sizing = prices.ok ? await sizingFor({ profile, pipeline, ledger, prices: prices.value, together: false }) : undefined;
  const input_bytes = await newestBytes(pipeline, profile.input && resolve(project.folder, profile.input));
  const groups = sizing?.(pipeline.stages.map(({ name, size }) => ({ name, size, input_bytes, steps: [] })));
  if (groups?.ok !== true) return [];
  return groups.value.map(({ stages, shape }, index) => {
    const next = groups.value[index + 1];
    const [name, shapes] = next?.ahead === undefined ? [stages.join("-"), [shape]] : [`${stages.join("-")} with ${next.stages.join("-")} ahead`, [shape, next.shape]];
    return { name: `stage ${name} of ${pipeline.name}`, shapes };
  });
}

/** Bytes of text of the newest year in a folder; null when nobody knows. */
async function newestBytes({ jobs }: Pipeline, folder: string | undefined): Promise<number | null> {
  const sources = jobs.flatMap(({ source }) => (source === undefined ? [] : [source]));
  if (folder === undefined || sources.length === 0) return null;
  try {
    const inputs = await findInputs(folder, sources, yearsIn(folder, sources).slice(-1));
    return inputs.ok && inputs.value.length > 0 ? bytesRead(inputs.value) : null;
  } catch {
    // No such folder, or none that this computer may read.
    return null;
  }
}
