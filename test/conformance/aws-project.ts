// A project whose runs go to AWS, as far as there is AWS here: the EMR endpoint of these tests, S3 by SeaweedFS, real
// Spark behind them, or a simulation of its stages where only the driver is looked at.

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { stringify } from "yaml";
import type { EngineName } from "../../driver/engine.js";
import { politeCalls } from "../../emr/calls/calls.js";
import { s3Objects, type Objects } from "../../emr/s3/objects.js";
import type { MovableClock } from "../endpoint/clock.js";
import { startEndpoint, type Endpoint } from "../endpoint/endpoint.js";
import { sparkHere } from "../endpoint/spark-here.js";
import type { SparkPlace } from "../endpoint/spark-command.js";
import { processRun, type Run } from "../endpoint/workplace.js";
import { PROBLEMS } from "../problems/case.js";
import { startSeaweed, type SeaweedServer } from "../servers/seaweedfs.js";
import { onWarmSpark, warmSubmit } from "../servers/warm-spark.js";
import { startGateway, type Gateway } from "./gateway.js";
import type { Place } from "./scene.js";

export interface AwsPlace extends Place {
  readonly endpoint: Endpoint;
  readonly s3: SeaweedServer;
  readonly sparkGateway: Gateway;
  readonly warm: Exclude<Place["warm"], undefined>;
  stop(): Promise<void>;
}

export interface AwsOptions {
  readonly folder: string;
  /** What stands for Spark. */
  readonly simulated?: (client: S3Client) => Run;
  readonly spark?: Partial<SparkPlace>;
  /** Over the environment of Spark. */
  readonly sparkEnv?: Readonly<Record<string, string>>;
  /** Stages share the Spark that stays up, until the place is told otherwise; each has one of its own when not said. */
  readonly warm?: boolean;
  /** Of the services. */
  readonly clock?: MovableClock;
  /** False: no request rates, for many drivers at once. */
  readonly limits?: boolean;
}

/** Of the profile's section `emr`. */
export const CLUSTER_WORDS = { subnets: ["subnet-1"], security_configuration: "carelake-roles" } as const;
export const ROLE = "arn:aws:iam::123456789012:role/carelake-job";

export async function startAws({ folder, simulated, spark, sparkEnv, warm: isOn = false, clock, limits = true }: AwsOptions): Promise<AwsPlace> {
  mkdirSync(folder, { recursive: true });
  const s3 = await startSeaweed({ folder: join(folder, "s3") });
  const sparkGateway = await startGateway(s3.endpoint);
  const warm = { env: isOn ? onWarmSpark() : {}, isOn };
  const runs = simulated === undefined ? { spark: await sparkWith(sparkEnv, spark), run: () => startedOn(() => warm.isOn) } : { run: () => simulated(s3.client) };
  const endpoint = await startEndpoint({ s3: { ...s3, endpoint: sparkGateway.url }, ...runs, folder: join(folder, "endpoint"), vcpuQuota: 4000, limits, ...(clock === undefined ? {} : { clock }) });
  const env = {
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
    AWS_REGION: s3.region,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_EMR: endpoint.url,
    AWS_ENDPOINT_URL_EMR_SERVERLESS: endpoint.url,
  };
  const words = (engine: EngineName): Readonly<Record<string, unknown>> =>
    engine === "local" ? {} : { region: s3.region, job_role: ROLE, poll_seconds: 1, ...(engine === "emr" ? { emr: CLUSTER_WORDS } : {}) };
  const stop = async (): Promise<void> => {
    await endpoint.stop();
    await sparkGateway.close();
    await s3.stop();
  };
  return { folder, objects: objectsOf(s3.client), root: `s3://${s3.bucket}`, endpoint, s3, sparkGateway, env, words, warm, stop };
}

async function sparkWith(env: Readonly<Record<string, string>> = {}, more: Partial<SparkPlace> = {}): Promise<SparkPlace> {
  const here = await sparkHere({ driverMemory: "1g", ...more });
  return { ...here, env: { ...here.env, ...env } };
}

/** The same spark-submit, or that of the Spark that stays up. */
const startedOn = (isWarm: () => boolean): Run => (work) => {
  const [ownSubmit = "", ...args] = work.argv;
  return processRun({ ...work, argv: [isWarm() ? warmSubmit() : ownSubmit, ...args] });
};

export function objectsOf(s3: S3Client): Objects {
  const clock = { now: () => new Date(), sleep: (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds)), random: Math.random };
  return s3Objects({ s3, s3Parts: s3, calls: politeCalls({ clock }) });
}

export interface ProfileWords {
  readonly engine: EngineName;
  readonly lake: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The small project of the problem cases, with these profiles instead of its own. */
export function awsProject(folder: string, profiles: Readonly<Record<string, ProfileWords>>): string {
  mkdirSync(folder, { recursive: true });
  cpSync(join(PROBLEMS, "_project"), folder, { recursive: true });
  const made = Object.entries(profiles).map(([name, { engine, lake, more }]) => [name, { engine, lake, input: "./input", memory: "1g", ...more }]);
  writeFileSync(join(folder, "carelake.yaml"), stringify({ pipelines: ["./pipeline.ts"], profiles: Object.fromEntries(made) }));
  return folder;
}
