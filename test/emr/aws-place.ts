// What the engines' tests share: objects in memory, clients of the endpoint, a clock that costs no time, a stage to run.

import { EMRClient } from "@aws-sdk/client-emr";
import { EMRServerlessClient } from "@aws-sdk/client-emr-serverless";
import { S3Client } from "@aws-sdk/client-s3";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { StageSettings } from "../../driver/engine.js";
import { profile as profileShape } from "../../driver/profile.js";
import type { ClusterShape, StageShape } from "../../driver/shape.js";
import type { StageFile } from "../../driver/stage.js";
import type { Clock } from "../../emr/calls/calls.js";
import { politeCalls } from "../../emr/calls/calls.js";
import type { AwsClients } from "../../emr/calls/clients.js";
import type { AwsEngineOptions } from "../../emr/submission/engine-parts.js";
import type { Objects } from "../../emr/s3/objects.js";
import type { MovableClock } from "../endpoint/clock.js";
import { movableClock } from "../endpoint/clock.js";
import type { Endpoint, EndpointOptions } from "../endpoint/endpoint.js";
import { startEndpoint } from "../endpoint/endpoint.js";
import type { FakeEnd, Work } from "../endpoint/workplace.js";
import { fakeRun } from "../endpoint/workplace.js";

export const LAKE = "s3://lake/medicare";

/** A request may itself wait for time to pass; then nobody waits for its answer any longer. */
const BUSY_MILLISECONDS = 2000;

/**
 * Sleeping lets the endpoint's time pass at once, but never past another one who sleeps shorter, and not while requests
 * are on their way.
 */
export function clockOf(clock: MovableClock, isBusy: () => boolean): Clock {
  const waiting: { readonly until: number; readonly wake: () => void }[] = [];
  let isPumping = false;
  const pump = async (): Promise<void> => {
    if (isPumping) return;
    isPumping = true;
    for (;;) {
      const since = performance.now();
      do for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
      while (isBusy() && performance.now() - since < BUSY_MILLISECONDS);
      const next = waiting.sort((a, b) => a.until - b.until).shift();
      if (next === undefined) break;
      if (clock.now() < next.until) await clock.advance(next.until - clock.now());
      next.wake();
    }
    isPumping = false;
  };
  let state = 7;
  return {
    now: () => new Date(clock.now()),
    sleep: (milliseconds) =>
      new Promise((wake) => {
        waiting.push({ until: clock.now() + milliseconds, wake });
        void pump();
      }),
    random: () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state / 2 ** 31;
    },
  };
}

export interface MemoryObjects extends Objects {
  readonly all: Map<string, Buffer>;
}

/** `others`: objects that somebody else wrote (the endpoint's logs). */
export function memoryObjects(now: () => Date, others: () => ReadonlyMap<string, Buffer> = () => new Map()): MemoryObjects {
  const all = new Map<string, Buffer>();
  const metadata = new Map<string, Readonly<Record<string, string>>>();
  const get = (uri: string): Buffer | undefined => all.get(uri) ?? others().get(uri);
  return {
    all,
    text: async (uri) => get(uri)?.toString("utf8"),
    stream: async (uri) => {
      const body = get(uri);
      return body === undefined ? undefined : Readable.from([body]);
    },
    head: async (uri) => {
      const body = get(uri);
      return body === undefined ? undefined : { bytes: body.length, metadata: metadata.get(uri) ?? {} };
    },
    put: async (uri, body, facts) => {
      all.set(uri, Buffer.from(body));
      if (facts !== undefined) metadata.set(uri, facts);
    },
    create: async (uri, body) => {
      if (all.has(uri)) return false;
      all.set(uri, Buffer.from(body));
      return true;
    },
    list: async (prefix, after = "") =>
      [...new Map([...others(), ...all])].filter(([uri]) => uri.startsWith(prefix) && uri > after).sort(([a], [b]) => (a < b ? -1 : 1)).map(([uri, body]) => ({ uri, bytes: body.length, modified: now() })),
    remove: async (uris) => {
      for (const uri of uris) all.delete(uri);
    },
    upload: async () => {
      throw new Error("nothing is uploaded from a file in these tests");
    },
  };
}

export interface AwsPlace {
  readonly endpoint: Endpoint;
  readonly objects: MemoryObjects;
  /** Another driver on another computer: nothing in common but the services. */
  options(profile?: Readonly<Record<string, unknown>>, further?: Partial<AwsEngineOptions>): AwsEngineOptions;
  stop(): Promise<void>;
}

/** `end`: what the process of a step or run does; it gets the objects to write its report to. */
export async function awsPlace(end: (work: Work, objects: MemoryObjects) => FakeEnd, endpointOptions: EndpointOptions = {}): Promise<AwsPlace> {
  const clock = movableClock({ frozen: true, start: Date.UTC(2026, 10, 22, 10) });
  let logs: ReadonlyMap<string, Buffer> = new Map();
  const objects = memoryObjects(() => new Date(clock.now()), () => logs);
  const endpoint = await startEndpoint({ clock, run: (running) => fakeRun(running, (work) => end(work, objects)), vcpuQuota: 4000, ...endpointOptions });
  logs = endpoint.objects;
  const made: AwsClients[] = [];
  const onTheWay = { requests: 0 };
  const time = clockOf(clock, () => onTheWay.requests > 0);
  return {
    endpoint,
    objects,
    options: (profile = {}, further = {}) => {
      const clients = clientsOf(endpoint.url, onTheWay);
      made.push(clients);
      const { name: _, ...said } = { name: "", ...profile };
      return {
        clients,
        calls: politeCalls({ clock: time }),
        objects,
        profile: profileShape.parse({ lake: LAKE, job_role: "arn:aws:iam::123456789012:role/carelake-job", tags: { team: "claims" }, ...said }),
        lake: LAKE,
        runtime: join(import.meta.dirname, "..", "..", "emr", "runtime"),
        who: "ada@laptop",
        ...further,
      };
    },
    stop: async () => {
      for (const each of made.flatMap((clients) => Object.values(clients))) (each as { destroy(): void }).destroy();
      await endpoint.stop();
    },
  };
}

function clientsOf(endpoint: string, onTheWay: { requests: number }): AwsClients {
  const options = { endpoint, region: "us-east-1", maxAttempts: 1, credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" } };
  const s3 = new S3Client(options);
  const clients = { emr: new EMRClient(options), serverless: new EMRServerlessClient(options), s3, s3Parts: s3 };
  around(clients, async (next) => {
    onTheWay.requests += 1;
    try {
      return await next();
    } finally {
      onTheWay.requests -= 1;
    }
  });
  return clients;
}

/** Puts something around every request to the two services. */
export function around({ emr, serverless }: Pick<AwsClients, "emr" | "serverless">, around: <T>(next: () => Promise<T>) => Promise<T>): void {
  emr.middlewareStack.add((next) => (args) => around(() => next(args)), { step: "initialize" });
  serverless.middlewareStack.add((next) => (args) => around(() => next(args)), { step: "initialize" });
}

export function stageAt(attempt: number, run = "0a1b2c3d-1", stage = "raw"): StageFile {
  const folder = `${LAKE}/ledger/stages/${run}/${stage}-${attempt}`;
  return { format: 1, run, plan: "0a1b2c3d", stage, branch: "run_0a1b2c3d4e5f", session: {}, steps: [], exports: [], events: `${folder}/events`, report: `${folder}/report.json` };
}

const CLUSTER: ClusterShape = {
  primary: { types: [{ type: "m7g.xlarge", weight: 1 }], on_demand_units: 1, spot_units: 0 },
  core: { types: [{ type: "m7g.xlarge", weight: 1 }, { type: "m7g.2xlarge", weight: 2 }], on_demand_units: 2, spot_units: 0 },
  task: { types: [{ type: "m7g.2xlarge", weight: 2 }, { type: "m6g.2xlarge", weight: 2 }], on_demand_units: 0, spot_units: 4 },
};

export function settingsOf(conf: Readonly<Record<string, string>> = {}, cluster: ClusterShape = CLUSTER): StageSettings {
  const shape: StageShape = {
    engine: "emr",
    driver: { vcpu: 2, memory_gb: 8, disk_gb: 20 },
    executor: { vcpu: 4, memory_gb: 16, disk_gb: 20 },
    executors: 3,
    reason: "",
    evidence: "rules",
    conf: { "spark.executor.cores": "4", "spark.executor.memory": "14g", "spark.driver.cores": "2", "spark.driver.memory": "7g", "spark.executor.instances": "3", "spark.dynamicAllocation.maxExecutors": "4" },
    cluster,
    estimate: { seconds: 0, usd: { emr: 0, "emr-serverless": 0 }, assumptions: [] },
  };
  return { conf, env: [], shape };
}
