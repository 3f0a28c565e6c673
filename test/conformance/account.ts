// An AWS account, or whatever AWS_ENDPOINT_URL* points at (a licensed LocalStack), as a place for the cases. Named by the
// environment; nothing is made there but what runs make, below a prefix of its own that stays for a look.

import { S3Client } from "@aws-sdk/client-s3";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineName } from "../../driver/engine.js";
import { objectsOf } from "./aws-project.js";
import type { Place } from "./scene.js";

const VARIABLES = {
  CARELAKE_TEST_LAKE: "s3://bucket/prefix that the cases may write below",
  CARELAKE_TEST_JOB_ROLE: "ARN of the role that jobs work under",
  CARELAKE_TEST_SUBNETS: "ids of subnets, separated by commas",
} as const;

type Env = Readonly<Record<string, string | undefined>>;

/** Why the cases cannot be played there; undefined when they can. */
export function accountMissing(env: Env): string | undefined {
  const missing = Object.entries(VARIABLES).filter(([name]) => (env[name] ?? "") === "");
  return missing.length === 0 ? undefined : `no AWS account is named: set ${missing.map(([name, what]) => `${name} (${what})`).join(", ")}`;
}

/** `run`: a name for the prefix of this test run. */
export function accountPlace(env: Env, run: string): Place {
  const endpoint = env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  const words = (engine: EngineName): Readonly<Record<string, unknown>> => {
    if (engine === "local") return {};
    const subnets = (env["CARELAKE_TEST_SUBNETS"] ?? "").split(",");
    const security_configuration = env["CARELAKE_TEST_SECURITY_CONFIGURATION"];
    const common = { job_role: env["CARELAKE_TEST_JOB_ROLE"], tags: { purpose: "carelake-conformance" } };
    return engine === "emr" ? { ...common, emr: { subnets, ...(security_configuration === undefined ? {} : { security_configuration }) } } : { ...common, emr_serverless: { subnets } };
  };
  // The SDK finds region, credentials and endpoints as the command does.
  const client = new S3Client({ forcePathStyle: endpoint !== undefined });
  return { folder: mkdtempSync(join(tmpdir(), "account-")), objects: objectsOf(client), root: `${(env["CARELAKE_TEST_LAKE"] ?? "").replace(/\/+$/, "")}/${run}`, env: {}, words };
}
