// Steps of a cluster: added once, found by the key in their name, looked at ten at a time, told to stop.

import type { StepSummary } from "@aws-sdk/client-emr";
import { AddJobFlowStepsCommand, CancelStepsCommand, ListStepsCommand } from "@aws-sdk/client-emr";
import type { Result } from "../../driver/problems.js";
import type { StepRequest } from "./request.js";
import { stepConfig } from "./request.js";
import { isUnknown } from "../calls/calls.js";
import type { EngineParts } from "../submission/engine-parts.js";
import { stepStanding } from "../submission/states.js";
import { submitOnce } from "../submission/submit-once.js";

export interface StepAdding extends StepRequest {
  readonly cluster: string;
  /** Role of the step; undefined leaves it to the cluster's instance profile. */
  readonly role: string | undefined;
  /** An earlier driver may have added it. */
  readonly isBegun: boolean;
}

/** Id of the step. */
export async function addStep(parts: EngineParts, adding: StepAdding): Promise<Result<string>> {
  const { cluster, role, isBegun, target } = adding;
  const step = stepConfig(adding);
  return submitOnce(parts.calls, {
    operation: "emr:AddJobFlowSteps",
    lookFirst: isBegun ? "patiently" : "not",
    look: () => stepByName(parts, { cluster, name: step.Name, since: target.at }),
    add: async () => {
      const { StepIds = [] } = await parts.clients.emr.send(new AddJobFlowStepsCommand({ JobFlowId: cluster, Steps: [step], ...(role === undefined ? {} : { ExecutionRoleArn: role }) }));
      return StepIds[0] ?? "";
    },
    problem: ({ message }) => (/terminat|shut|not (in a )?valid state|finished/i.test(message) ? { code: "cluster-gone", cluster, state: "it ends", reason: message } : undefined),
  });
}

export interface StepSearch {
  readonly cluster: string;
  readonly name: string;
  /** ISO time before which the step cannot have been added. */
  readonly since: string;
}

const CLOCK_SKEW = 15 * 60_000;

/** The oldest step of that name. Should there be two, a list lagged: the younger ones are cancelled. */
export async function stepByName(parts: EngineParts, { cluster, name, since }: StepSearch): Promise<string | undefined> {
  const oldest = new Date(since).getTime() - CLOCK_SKEW;
  const found: StepSummary[] = [];
  let Marker: string | undefined;
  do {
    const page = await listSteps(parts, { ClusterId: cluster, Marker });
    found.push(...page.steps.filter((step) => step.Name === name));
    // Newest first: further back there is only what is older than the attempt.
    const last = page.steps.at(-1)?.Status?.Timeline?.CreationDateTime?.getTime();
    Marker = last !== undefined && last < oldest ? undefined : page.marker;
  } while (Marker !== undefined);
  const [first, ...doubles] = found.flatMap(({ Id }) => (Id === undefined ? [] : [Id])).reverse();
  if (doubles.length > 0) await cancelSteps(parts, { cluster, steps: doubles, kill: false });
  return first;
}

async function listSteps({ calls, clients }: EngineParts, input: { readonly ClusterId: string; readonly Marker?: string | undefined; readonly StepIds?: string[] }): Promise<{ readonly steps: readonly StepSummary[]; readonly marker: string | undefined }> {
  try {
    const { Steps = [], Marker } = await calls.ask("emr:ListSteps", () => clients.emr.send(new ListStepsCommand(input)));
    return { steps: Steps, marker: Marker };
  } catch (error) {
    if (isUnknown(error)) return { steps: [], marker: undefined };
    throw error;
  }
}

export type StepLook = (cluster: string, step: string) => Promise<StepSummary | undefined>;

const IDS_A_CALL = 10;
/** Those who ask within it share a call. */
const GATHER_MILLISECONDS = 50;

/** Looks at steps; looks at the same cluster at about the same time become one call for ten steps. */
export function stepLooks(parts: EngineParts): StepLook {
  const waiting = new Map<string, { readonly ids: Set<string>; readonly answer: Promise<ReadonlyMap<string, StepSummary>> }>();
  const ask = async (cluster: string, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, StepSummary>> => {
    await parts.calls.clock.sleep(GATHER_MILLISECONDS);
    waiting.delete(cluster);
    const all = [...ids];
    const groups = Array.from({ length: Math.ceil(all.length / IDS_A_CALL) }, (_, index) => all.slice(index * IDS_A_CALL, (index + 1) * IDS_A_CALL));
    const found = (await Promise.all(groups.map((StepIds) => known(parts, cluster, StepIds)))).flat();
    return new Map(found.map((step) => [step.Id ?? "", step] as const));
  };
  return async (cluster, step) => {
    const open = waiting.get(cluster);
    if (open !== undefined) {
      open.ids.add(step);
      return (await open.answer).get(step);
    }
    const ids = new Set([step]);
    const gathering = { ids, answer: ask(cluster, ids) };
    waiting.set(cluster, gathering);
    return (await gathering.answer).get(step);
  };
}

/** One id that the service does not know makes it refuse all of them: then each is asked for alone. */
async function known(parts: EngineParts, ClusterId: string, StepIds: string[]): Promise<readonly StepSummary[]> {
  const { steps } = await listSteps(parts, { ClusterId, StepIds });
  if (steps.length > 0 || StepIds.length === 1) return steps;
  return (await Promise.all(StepIds.map((id) => listSteps(parts, { ClusterId, StepIds: [id] })))).flatMap((page) => page.steps);
}

/** SIGTERM, or SIGKILL. The service promises nothing: look afterwards. */
export async function cancelSteps({ calls, clients }: EngineParts, { cluster, steps, kill }: { readonly cluster: string; readonly steps: readonly string[]; readonly kill: boolean }): Promise<void> {
  const StepCancellationOption = kill ? "TERMINATE_PROCESS" : "SEND_INTERRUPT";
  try {
    await calls.ask("emr:CancelSteps", () => clients.emr.send(new CancelStepsCommand({ ClusterId: cluster, StepIds: [...steps], StepCancellationOption })));
  } catch (error) {
    if (!isUnknown(error)) throw error;
  }
}

export const isStepOver = (step: StepSummary): boolean => stepStanding(step.Status?.State).over;
