// The face of the endpoint for tests: one URL that speaks Amazon EMR and EMR Serverless and runs real spark-submits.
//   const endpoint = await startEndpoint({ s3, spark });   new EMRServerlessClient({ endpoint: endpoint.url, … })

import { S3Client } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { movableClock, type MovableClock } from "./clock.js";
import { loseSpot } from "./cluster-flow.js";
import type { Emr } from "./cluster-state.js";
import { clusterHandlers } from "./clusters.js";
import { faults as noFaults, type Faults } from "./faults.js";
import { fleetHandlers } from "./fleets.js";
import { limits as publishedLimits } from "./limits.js";
import { logWriter, memoryStore, s3Store } from "./logs.js";
import { listen, type CallRecord } from "./server.js";
import { catalogHandlers } from "./release-handlers.js";
import { securityHandlers } from "./security-handlers.js";
import { applicationHandlers } from "./serverless-applications.js";
import { runHandlers } from "./serverless-runs.js";
import type { Serverless } from "./serverless-state.js";
import type { S3Place, SparkPlace } from "./spark-command.js";
import { lives as newLives, type Trace } from "./states.js";
import { stepHandlers } from "./steps.js";
import { processRun, workplace, type Run, type Submission } from "./workplace.js";
import { SHORT_DELAYS, type Delays, type World } from "./world.js";

export interface EndpointOptions {
  /** The S3 stand-in: logs go there and processes reach it. Without it logs are kept in `objects`. */
  readonly s3?: S3Place;
  /** Spark on this machine. Needed unless `run` is given. */
  readonly spark?: SparkPlace;
  /** Starts the process of a step or run; by default a real one. */
  readonly run?: (clock: MovableClock) => Run;
  readonly clock?: MovableClock;
  /** Over SHORT_DELAYS. */
  readonly delays?: Partial<Delays>;
  /** False: no token buckets. True when not said. */
  readonly limits?: boolean;
  /** Concurrent vCPU of EMR Serverless; 16, as a new account has. */
  readonly vcpuQuota?: number;
  /** Role ARNs (Serverless) and role names (EMR) that can be used; all when not said. */
  readonly roles?: readonly string[];
  /** Subnets that exist; all when not said. */
  readonly subnets?: readonly string[];
  /** Security configurations that DescribeSecurityConfiguration knows, by name: their text. None when not said. */
  readonly securityConfigurations?: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly account?: string;
  /** Where processes get their folders; a temporary one that stop() removes when not said. */
  readonly folder?: string;
}

export interface Endpoint {
  readonly url: string;
  readonly faults: Faults;
  readonly clock: MovableClock;
  /** Every call, in the order of arrival. */
  readonly calls: readonly CallRecord[];
  /** Every process that was started. */
  readonly submissions: readonly Submission[];
  /** States of everything, with times. */
  readonly traces: readonly Trace[];
  /** Logs by `s3://…` address when there is no S3. */
  readonly objects: ReadonlyMap<string, Buffer>;
  /** Takes a spot instance from a cluster: it is terminated, and what runs is killed, or one executor of it. */
  loseSpot(clusterId: string, kills?: "application" | "executor"): void;
  /** Waits until what the endpoint does behind the calls (uploads of logs that are due) is done. */
  settled(): Promise<void>;
  /** Kills what runs, closes the server. Rejects when the endpoint had a bug, such as an answer that breaks the model. */
  stop(): Promise<void>;
}

export async function startEndpoint(options: EndpointOptions = {}): Promise<Endpoint> {
  const clock = options.clock ?? movableClock();
  const root = options.folder ?? (await mkdtemp(join(tmpdir(), "emr-endpoint-")));
  const bugs: Error[] = [];
  const pending = new Set<Promise<unknown>>();
  const background = (work: Promise<unknown>): void => {
    const kept = work.catch((error: unknown) => bugs.push(error instanceof Error ? error : new Error(String(error)))).finally(() => pending.delete(kept));
    pending.add(kept);
  };
  const faults = noFaults();
  const lives = newLives(clock);
  const objects = new Map<string, Buffer>();
  const { s3 } = options;
  if (options.spark === undefined && options.run === undefined) throw new Error("give the endpoint a Spark to run, or something that runs instead");
  const spark: SparkPlace = options.spark ?? { sparkSubmit: "spark-submit", env: {}, jars: [] };
  const client = s3 === undefined ? undefined : new S3Client({ endpoint: s3.endpoint, region: s3.region, forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED", credentials: { accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey } });
  const work = workplace({ root, clock, run: options.run?.(clock) ?? processRun });
  const world: World = {
    clock,
    delays: { ...SHORT_DELAYS, ...options.delays },
    faults,
    lives,
    work,
    logs: logWriter({ clock, faults, store: client === undefined ? memoryStore(objects) : s3Store(client), background }),
    account: options.account ?? "123456789012",
    region: options.region ?? "us-east-1",
    vcpuQuota: options.vcpuQuota ?? 16,
    id: ids(root),
    background,
  };
  const serverless: Serverless = { world, spark, s3, roles: options.roles, applications: new Map(), tokens: new Map() };
  const emr: Emr = { world, spark, s3, roles: options.roles, subnets: options.subnets, clusters: new Map() };
  const calls: CallRecord[] = [];
  const handlers = { emr: { ...clusterHandlers(emr), ...stepHandlers(emr), ...fleetHandlers(emr), ...catalogHandlers, ...securityHandlers(options.securityConfigurations ?? {}) }, "emr-serverless": { ...applicationHandlers(serverless), ...runHandlers(serverless) } };
  const { url, server } = await listen({ handlers, clock, faults, limits: options.limits === false ? undefined : publishedLimits(clock), calls, bugs });

  const settled = async (): Promise<void> => {
    while (pending.size > 0) await Promise.all(pending);
  };
  const stop = async (): Promise<void> => {
    clock.stop();
    await work.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await settled();
    client?.destroy();
    if (options.folder === undefined) await rm(root, { recursive: true, force: true });
    if (bugs.length > 0) throw new AggregateError(bugs, `the endpoint had ${bugs.length} bugs; the first: ${bugs[0]?.message ?? ""}`);
  };
  return { url, faults, clock, calls, submissions: work.submissions, traces: lives.traces, objects, loseSpot: (clusterId, kills = "application") => loseSpot(emr, clusterId, kills), settled, stop };
}

/** Ids look random, are not in the order of their making, and are the same in the next run of the same test folder only. */
function ids(seed: string): World["id"] {
  let made = 0;
  return (form) => {
    const number = BigInt(`0x${createHash("sha256").update(`${seed} ${++made}`).digest("hex").slice(0, 24)}`);
    const signs = number.toString(36).padStart(18, "0");
    if (form === "application" || form === "run") return `00f${signs.slice(-13)}`;
    if (form === "i-") return `i-${number.toString(16).padStart(17, "0").slice(-17)}`;
    return `${form}${signs.slice(-13).toUpperCase()}`;
  };
}
