// The least that a profile needs of IAM, as documents to attach. Asks nobody: account and partition stand in the job role.

import type { Policies } from "../../emr/access/policies.js";
import type { Pipeline } from "../job.js";
import { tableOf } from "../names.js";
import type { Result } from "../problems.js";
import { fail } from "../problems.js";
import type { Profile } from "../profile.js";

export async function policiesOf(profile: Profile, pipelines: readonly Pipeline[]): Promise<Result<Policies>> {
  const [, partition, account] = /^arn:(aws[a-z-]*):iam::(\d{12}):/.exec(profile.job_role ?? "") ?? [];
  if (profile.engine === "local") return fail({ code: "config-invalid", key: "engine", message: "this computer needs no policies", help: "name a profile whose engine is emr or emr-serverless" });
  if (partition === undefined || account === undefined) return fail({ code: "config-missing", what: "role of the jobs, whose ARN names the account", looked: ["`job_role` of the profile"], help: "job_role: arn:aws:iam::123456789012:role/NAME" });
  if (profile.region === undefined) return fail({ code: "config-missing", what: "AWS region", looked: ["`region` of the profile"], help: "region: us-east-1" });
  const databases = [...new Set(pipelines.flatMap(({ jobs }) => jobs.map((job) => tableOf(job.name).split(".")[1] ?? "")))];
  const { policiesFor } = await import("../../emr/access/policies.js");
  const secretsIn = (reference: { readonly secret?: string | undefined } | undefined): readonly string[] => (reference?.secret === undefined ? [] : [reference.secret]);
  return policiesFor({ profile, arns: { partition, region: profile.region, account }, databases, secrets: { driver: [...secretsIn(profile.mysql?.password), ...secretsIn(profile.mysql?.data_api)], job: secretsIn(profile.postgres?.password) } });
}

export function policiesText({ wildcards, ...documents }: Policies): string {
  const blocks = Object.entries(documents).map(([name, made]) => `${name}\n${JSON.stringify(made, null, 2)}`);
  return [...blocks, ...wildcards.map(({ sid, why }) => `${sid} stands on every resource: ${why}`)].join("\n\n");
}
