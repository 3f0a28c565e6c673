// The lake and one run of it, for the commands that look back.

import type { Profile } from "../profile.js";
import type { RunRecord } from "../ledger.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Context } from "./context.js";
import type { Lake } from "./lake.js";
import { openLake } from "./lake.js";
import type { Project } from "./project.js";
import { findProfile, loadProject } from "./project.js";

export interface LakeWords {
  readonly profile: string;
  readonly lake?: string | undefined;
  readonly json: boolean;
}

export interface Opened {
  readonly project: Project;
  readonly profile: Profile;
  readonly lake: Lake;
}

export async function openLedger(words: LakeWords, context: Context): Promise<Result<Opened>> {
  const project = await loadProject(context.cwd);
  if (!project.ok) return project;
  const profile = findProfile(project.value, words.profile);
  if (!profile.ok) return profile;
  const lake = await openLake({ profile: profile.value, folder: project.value.folder, named: words.lake }, context);
  return lake.ok ? ok({ project: project.value, profile: profile.value, lake: lake.value }) : lake;
}

/** A run by id, by the start of its id (of its plan's runs the last one), or the last of all when none is named. */
export async function findRun(lake: Lake, id: string | undefined): Promise<Result<RunRecord>> {
  const runs = await lake.ledger.runs();
  const fits = id === undefined ? runs : runs.filter((run) => run.run.startsWith(id));
  const found = runs.find((run) => run.run === id) ?? fits.at(-1);
  // The start of an id means one plan: what is cancelled by it must not be another one's.
  if (id !== undefined && found?.run !== id && new Set(fits.map(({ plan }) => plan)).size > 1) return fail({ code: "run-ambiguous", run: id, fits: fits.map(({ run }) => run) });
  return found === undefined ? fail({ code: "unknown-run", run: id ?? "(last)", known: runs.map((run) => run.run) }) : ok(found);
}
