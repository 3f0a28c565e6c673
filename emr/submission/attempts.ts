// The attempts that an engine on AWS has submitted, and what follows from a submission alike on both services: whether it has
// ended, what may become of its logs, what it used. In: the attempt's folder. Never here: a call of one of the services.

import type { StageLogs, StageState, StageUsage } from "../../driver/engine.js";
import { ProblemError } from "../../driver/problems.js";
import type { EngineParts } from "./engine-parts.js";
import { endOf, finished, ifPossible } from "./engine-parts.js";

export interface Submitted<S> {
  /** This process has found or made its submission. */
  isKnown(ref: string): boolean;
  keep(ref: string, submission: S): Promise<void>;
  find(ref: string): Promise<S | undefined>;
}

export interface Lookup<S> {
  /** submission.json. */
  readonly written: (ref: string) => Promise<S | undefined>;
  /** On the service, by its name: a driver may have died between answer and record. */
  readonly byName: (ref: string) => Promise<S | undefined>;
}

/** Submissions never change: one look a process. */
export function submitted<S>({ folders }: EngineParts, { written, byName }: Lookup<S>): Submitted<S> {
  const known = new Map<string, S>();
  const keep = async (ref: string, submission: S): Promise<void> => {
    known.set(ref, submission);
    await ifPossible(folders.save(ref, "submission.json", submission));
  };
  return {
    isKnown: (ref) => known.has(ref),
    keep,
    find: async (ref) => {
      const submission = known.get(ref) ?? (await written(ref));
      if (submission !== undefined) {
        known.set(ref, submission);
        return submission;
      }
      const named = await byName(ref);
      if (named !== undefined) await keep(ref, named);
      return named;
    },
  };
}

export interface SubmittedParts<S> extends EngineParts {
  readonly submitted: Submitted<S>;
}

/** `look`: at what goes on, as far as this process knows. */
export async function attemptState<S>(parts: SubmittedParts<S>, ref: string, look: (submission: S) => Promise<StageState>): Promise<StageState> {
  // An end is looked for once a process: this one writes it down itself when it sees it.
  const ended = parts.submitted.isKnown(ref) ? undefined : await endOf(parts, ref);
  if (ended !== undefined) return finished(ended);
  const submission = await parts.submitted.find(ref);
  return submission === undefined ? { state: "lost" } : look(submission);
}

export async function attemptLogs<S>({ submitted }: SubmittedParts<S>, ref: string, read: (submission: S) => Promise<StageLogs>): Promise<StageLogs> {
  try {
    const submission = await submitted.find(ref);
    return submission === undefined ? { place: ref, tail: [], parts: [], complete: true } : await read(submission);
  } catch (error) {
    // Logs that cannot be had change nothing about the run.
    if (error instanceof ProblemError) return { place: ref, tail: [], parts: [{ place: ref, process: "driver", is: "unreadable", lines: [] }], complete: false };
    throw error;
  }
}

/** As it stands in ended.json, else measured; what will not change any more is written there. */
export async function attemptUsage<S>(parts: SubmittedParts<S>, ref: string, measure: (submission: S) => Promise<StageUsage | undefined>): Promise<StageUsage | undefined> {
  const ended = await endOf(parts, ref);
  if (ended?.usage !== undefined) return ended.usage;
  const submission = await parts.submitted.find(ref);
  const used = submission === undefined ? undefined : await measure(submission);
  if (ended !== undefined && used?.final === true) await ifPossible(parts.folders.save(ref, "ended.json", { ...ended, usage: used }));
  return used;
}
