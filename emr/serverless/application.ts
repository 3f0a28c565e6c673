// The EMR Serverless application that jobs run in: the one that the profile names, or the one whose name holds the hash
// of what it is made of, created when there is none. In: profile and shape. Out: an application id that takes jobs.

import type { CreateApplicationRequest } from "@aws-sdk/client-emr-serverless";
import { CreateApplicationCommand, GetApplicationCommand, ListApplicationsCommand } from "@aws-sdk/client-emr-serverless";
import { createHash } from "node:crypto";
import type { Profile } from "../../driver/profile.js";
import { emrServerless } from "../../driver/profile.js";
import { ProblemError } from "../../driver/problems.js";
import type { StageShape, WorkerSize } from "../../driver/shape.js";
import { orAbsent } from "../calls/calls.js";
import type { EngineParts } from "../submission/engine-parts.js";
import { OPEN_APPLICATIONS } from "../submission/states.js";
import { keyOf } from "../submission/submission.js";

const IDLE_MINUTES = 15;
/** The grid has at most so much for a vCPU. */
const GB_PER_VCPU = 8;
const CREATION_SECONDS = 300;
const LOOK_MILLISECONDS = 2000;

/** What an application is made of. Another value is another application. */
export function applicationRequest(profile: Profile, shape: StageShape | undefined): CreateApplicationRequest & { readonly name: string } {
  const asked = profile.emr_serverless ?? emrServerless.parse({});
  const network = asked.subnets.length === 0 ? {} : { networkConfiguration: { subnetIds: asked.subnets, ...(asked.security_groups.length === 0 ? {} : { securityGroupIds: asked.security_groups }) } };
  const warm = asked.pre_initialized && shape !== undefined ? { initialCapacity: { DRIVER: capacity(shape.driver, 1), EXECUTOR: capacity(shape.executor, shape.executors) } } : {};
  const made = {
    releaseLabel: profile.release,
    type: "SPARK",
    architecture: asked.architecture,
    autoStartConfiguration: { enabled: true },
    autoStopConfiguration: { enabled: true, idleTimeoutMinutes: IDLE_MINUTES },
    maximumCapacity: { cpu: `${asked.maximum_vcpu} vCPU`, memory: `${asked.maximum_vcpu * GB_PER_VCPU} GB` },
    ...network,
    ...warm,
  };
  const hash = createHash("sha256").update(JSON.stringify(made)).digest("hex").slice(0, 12);
  return { ...made, name: `carelake-${profile.release}-${hash}`.slice(-64), tags: { ...profile.tags, "carelake-application": hash } };
}

function capacity({ vcpu, memory_gb, disk_gb }: WorkerSize, workerCount: number) {
  return { workerCount, workerConfiguration: { cpu: `${vcpu} vCPU`, memory: `${memory_gb} GB`, disk: `${disk_gb} GB` } };
}

/** Id of an application that takes jobs. Throws ProblemError. */
export async function applicationFor(parts: EngineParts, shape: StageShape | undefined): Promise<string> {
  const named = parts.profile.emr_serverless?.application;
  if (named !== undefined) {
    await untilMade(parts, named);
    return named;
  }
  const request = applicationRequest(parts.profile, shape);
  const { open, closed } = await byName(parts, request.name);
  const [found] = open;
  if (found !== undefined) {
    await untilMade(parts, found);
    return found;
  }
  // Two drivers that create at once get the same one; one that was deleted is not given back for ever.
  const clientToken = keyOf([request.name, ...closed].join("/"));
  const made = await parts.calls.ask("serverless:CreateApplication", () => parts.clients.serverless.send(new CreateApplicationCommand({ ...request, clientToken })));
  const id = made.applicationId ?? "";
  await untilMade(parts, id);
  return id;
}

async function byName({ calls, clients }: EngineParts, name: string): Promise<{ readonly open: readonly string[]; readonly closed: readonly string[] }> {
  const found: { id: string; isOpen: boolean }[] = [];
  let nextToken: string | undefined;
  do {
    const page = await calls.ask("serverless:ListApplications", () => clients.serverless.send(new ListApplicationsCommand({ maxResults: 50, nextToken })));
    for (const each of page.applications ?? []) {
      if (each.name === name && each.id !== undefined) found.push({ id: each.id, isOpen: OPEN_APPLICATIONS.some((state) => state === each.state) });
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  const ids = (isOpen: boolean): readonly string[] => found.filter((each) => each.isOpen === isOpen).map(({ id }) => id).sort();
  return { open: ids(true), closed: ids(false) };
}

/** Jobs are taken from CREATED on; one that stops is waited for, and the job starts it again. */
export async function untilMade({ calls, clients }: EngineParts, applicationId: string): Promise<void> {
  const end = calls.clock.now().getTime() + CREATION_SECONDS * 1000;
  for (;;) {
    const found = await orAbsent(calls.ask("serverless:GetApplication", () => clients.serverless.send(new GetApplicationCommand({ applicationId }))));
    const state = found?.application?.state;
    if (state === "CREATED" || state === "STARTING" || state === "STARTED" || state === "STOPPED") return;
    const isPassing = state === "CREATING" || state === "STOPPING";
    if (!isPassing || calls.clock.now().getTime() > end) throw new ProblemError({ code: "application-gone", application: applicationId, state: state ?? "it is not in this account and region" });
    await calls.clock.sleep(LOOK_MILLISECONDS);
  }
}
