// EMR Serverless: what can be asked of applications.

import type {
  ApplicationSummary, CreateApplicationRequest, CreateApplicationResponse, DeleteApplicationRequest, GetApplicationRequest, GetApplicationResponse, ListApplicationsRequest, ListApplicationsResponse,
  ListTagsForResourceRequest, ListTagsForResourceResponse, StartApplicationRequest, StopApplicationRequest, TagResourceRequest, UntagResourceRequest, UpdateApplicationRequest, UpdateApplicationResponse,
  Application as WireApplication,
} from "@aws-sdk/client-emr-serverless";
import { page } from "./page.js";
import { findRelease } from "./releases.js";
import type { CallContext, Handler } from "./server.js";
import { pump, startApplication, stopApplication } from "./serverless-flow.js";
import { findApplication, moveApplication, type Application, type ApplicationSettings, type JobRun, type Serverless } from "./serverless-state.js";
import { amount, checkWorker } from "./serverless-workers.js";
import { conflict, notFound, validation } from "./service-error.js";
import { isOver } from "./states.js";
import { later } from "./world.js";

const PAGE = 50;

export function applicationHandlers(state: Serverless): Readonly<Record<string, Handler>> {
  return {
    CreateApplication: (input: CreateApplicationRequest): CreateApplicationResponse => {
      const made = once(state, input, () => create(state, input));
      if (!("settings" in made)) throw conflict("the client token was used for another kind of request");
      return { applicationId: made.id, arn: made.arn, name: made.name };
    },
    GetApplication: (input: GetApplicationRequest): GetApplicationResponse => ({ application: told(findApplication(state, input.applicationId)) }),
    ListApplications: (input: ListApplicationsRequest, { staleMs }: CallContext): ListApplicationsResponse => {
      const youngest = state.world.clock.now() - staleMs;
      const found = [...state.applications.values()].filter(({ life }) => (input.states?.includes(life.state) ?? true) && (life.steps[0]?.at ?? 0) <= youngest);
      const { items, next } = page(found, { token: input.nextToken, size: input.maxResults ?? PAGE });
      return { applications: items.map(summary), nextToken: next };
    },
    UpdateApplication: (input: UpdateApplicationRequest): UpdateApplicationResponse => {
      const application = findApplication(state, input.applicationId);
      wanted(application, ["CREATED", "STOPPED"], "updated");
      const { applicationId: _, clientToken: __, ...changes } = input;
      const settings: ApplicationSettings = { ...application.settings, ...changes };
      checkSettings(settings);
      application.settings = settings;
      application.updatedAt = state.world.clock.now();
      return { application: told(application) };
    },
    StartApplication: (input: StartApplicationRequest): object => {
      const application = findApplication(state, input.applicationId);
      if (["STARTED", "STARTING"].includes(application.life.state)) return {};
      wanted(application, ["CREATED", "STOPPED"], "started");
      startApplication(state, application);
      return {};
    },
    StopApplication: (input: StopApplicationRequest): object => {
      const application = findApplication(state, input.applicationId);
      if (["STOPPED", "STOPPING"].includes(application.life.state)) return {};
      const active = application.runs.filter((run) => !isOver(run.life));
      if (active.length > 0) throw validation(`Application ${application.id} has ${active.length} job runs that are not over; cancel them or wait for them first`);
      wanted(application, ["STARTED", "STARTING"], "stopped");
      stopApplication(state, application);
      return {};
    },
    DeleteApplication: (input: DeleteApplicationRequest): object => {
      const application = findApplication(state, input.applicationId);
      wanted(application, ["CREATED", "STOPPED"], "deleted");
      moveApplication(state.world.lives, application, "TERMINATED");
      return {};
    },
    TagResource: (input: TagResourceRequest): object => {
      Object.assign(tagged(state, input.resourceArn).tags, input.tags);
      return {};
    },
    UntagResource: (input: UntagResourceRequest): object => {
      const { tags } = tagged(state, input.resourceArn);
      (input.tagKeys ?? []).forEach((key) => Reflect.deleteProperty(tags, key));
      return {};
    },
    ListTagsForResource: (input: ListTagsForResourceRequest): ListTagsForResourceResponse => ({ tags: { ...tagged(state, input.resourceArn).tags } }),
  };
}

/** A client token makes one thing: the same request gets it again, another request is refused. */
export function once(state: Serverless, input: { readonly clientToken?: string | undefined; readonly applicationId?: string | undefined }, make: () => Application | JobRun): Application | JobRun {
  const key = `${input.applicationId ?? ""}/${input.clientToken ?? ""}`;
  const request = JSON.stringify(input);
  const known = state.tokens.get(key);
  if (known !== undefined && known.request !== request) throw conflict("The client token was already used with other parameters");
  const made = known?.made ?? make();
  state.tokens.set(key, { request, made });
  return made;
}

function create(state: Serverless, input: CreateApplicationRequest): Application {
  const { world } = state;
  const { clientToken: _, type, name, ...settings } = input;
  if (!/^spark$/i.test(type ?? "")) throw validation(`Application type ${type} is not supported for ${input.releaseLabel}`);
  checkSettings(settings);
  const id = world.id("application");
  const application: Application = {
    id,
    arn: `arn:aws:emr-serverless:${world.region}:${world.account}:/applications/${id}`,
    name,
    life: world.lives.begin("application", id, "CREATING"),
    settings,
    tags: { ...input.tags },
    updatedAt: world.clock.now(),
    runs: [],
    keepAwake: undefined,
  };
  state.applications.set(id, application);
  later(world, application.life, {
    ms: world.delays.applicationCreate,
    then: () => {
      moveApplication(world.lives, application, "CREATED");
      pump(state, application);
    },
  });
  return application;
}

function checkSettings(settings: ApplicationSettings): void {
  if (findRelease(settings.releaseLabel ?? "") === undefined) throw validation(`Release label ${settings.releaseLabel} is not supported`);
  const { maximumCapacity, schedulerConfiguration } = settings;
  const warm = Object.entries(settings.initialCapacity ?? {}).map(([who, { workerCount, workerConfiguration }]) => {
    const { cpu = "4 vCPU", memory = "16 GB" } = workerConfiguration ?? {};
    return { count: workerCount ?? 0, size: checkWorker(who, { cpu, memory }) };
  });
  const total = { vcpu: warm.reduce((all, { count, size }) => all + count * size.vcpu, 0), memory: warm.reduce((all, { count, size }) => all + count * size.memoryGb, 0) };
  if (maximumCapacity !== undefined && (total.vcpu > amount(maximumCapacity.cpu ?? "0") || total.memory > amount(maximumCapacity.memory ?? "0"))) throw validation("initialCapacity must not exceed maximumCapacity");
  within("maxConcurrentRuns", schedulerConfiguration?.maxConcurrentRuns, [1, 1000]);
  within("queueTimeoutMinutes", schedulerConfiguration?.queueTimeoutMinutes, [15, 720]);
}

function within(name: string, value: number | undefined, [least, most]: readonly [number, number]): void {
  if (value !== undefined && (value < least || value > most)) throw validation(`${name} must be from ${least} to ${most}, got ${value}`);
}

function wanted(application: Application, states: readonly string[], done: string): void {
  if (!states.includes(application.life.state)) throw validation(`Application ${application.id} is in state ${application.life.state} and can be ${done} only in ${states.join(" or ")}`);
}

function tagged(state: Serverless, arn: string | undefined): { tags: Record<string, string> } {
  const all = [...state.applications.values()];
  const found = all.find((each) => each.arn === arn) ?? all.flatMap((each) => each.runs).find((each) => each.arn === arn);
  if (found === undefined) throw notFound(`Resource ${arn} does not exist`);
  return found;
}

function summary(application: Application): ApplicationSummary {
  const { id, arn, name, life, settings, updatedAt } = application;
  return { id, arn, name, releaseLabel: settings.releaseLabel, type: "Spark", state: life.state, createdAt: new Date(life.steps[0]?.at ?? 0), updatedAt: new Date(updatedAt), architecture: settings.architecture ?? "X86_64" };
}

function told(application: Application): WireApplication {
  const { imageConfiguration: _, workerTypeSpecifications: __, tags: ___, identityCenterConfiguration: ____, ...settings } = application.settings;
  const { id: applicationId, ...shown } = summary(application);
  return {
    ...settings,
    ...shown,
    applicationId,
    tags: { ...application.tags },
    autoStartConfiguration: settings.autoStartConfiguration ?? { enabled: true },
    autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 15, ...settings.autoStopConfiguration },
  };
}
