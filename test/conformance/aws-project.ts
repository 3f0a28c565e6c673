// A project whose runs go to AWS, as far as there is AWS here: the EMR endpoint of these tests, S3 by SeaweedFS, Glue and
// Secrets Manager by moto, real Spark behind them.

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { startEndpoint, type Endpoint } from "../endpoint/endpoint.js";
import { sparkHere } from "../endpoint/spark-here.js";
import { PROBLEMS } from "../problems/case.js";
import { startSeaweed, type SeaweedServer } from "../servers/seaweedfs.js";

export interface AwsPlace {
  readonly endpoint: Endpoint;
  readonly s3: SeaweedServer;
  /** What the command needs to find all of it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const ROLE = "arn:aws:iam::123456789012:role/carelake-job";

export async function startAws(folder: string): Promise<AwsPlace> {
  mkdirSync(folder, { recursive: true });
  const s3 = await startSeaweed({ folder: join(folder, "s3") });
  const endpoint = await startEndpoint({ s3, spark: await sparkHere({ driverMemory: "1g" }), folder: join(folder, "endpoint"), vcpuQuota: 256 });
  const env = {
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
    AWS_REGION: s3.region,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_EMR: endpoint.url,
    AWS_ENDPOINT_URL_EMR_SERVERLESS: endpoint.url,
  };
  const stop = async (): Promise<void> => {
    await endpoint.stop();
    await s3.stop();
  };
  return { endpoint, s3, env, stop };
}

export interface ProfileWords {
  readonly engine: "emr" | "emr-serverless";
  readonly lake: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** The small project of the problem cases, with a profile for AWS beside its own. */
export function awsProject(folder: string, profiles: Readonly<Record<string, ProfileWords>>): string {
  mkdirSync(folder, { recursive: true });
  cpSync(join(PROBLEMS, "_project"), folder, { recursive: true });
  const made = Object.entries(profiles).map(([name, { engine, lake, more }]) => [name, { engine, lake, input: "./input", region: "us-east-1", job_role: ROLE, poll_seconds: 1, ...more }]);
  writeFileSync(join(folder, "carelake.yaml"), stringify({ pipelines: ["./pipeline.ts"], profiles: { ...Object.fromEntries(made), local: { lake: "./lake", input: "./input" } } }));
  return folder;
}
