// What the checks of a profile ask with. The clients of STS and IAM are made here: nothing but the checks needs them.

import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import type { Profile } from "../../driver/profile.js";
import type { AwsClients } from "../calls/clients.js";
import type { Calls } from "../calls/calls.js";
import type { Objects } from "../s3/objects.js";

export interface CheckOptions {
  readonly clients: AwsClients;
  readonly calls: Calls;
  readonly objects: Objects;
  readonly profile: Profile;
  /** s3://bucket/prefix, without a slash at its end. */
  readonly lake: string;
  /** ISO date. */
  readonly today: string;
}

export interface CheckParts extends CheckOptions {
  readonly sts: STSClient;
  readonly iam: IAMClient;
}

export function checkParts(options: CheckOptions): CheckParts {
  const { region } = options.profile;
  const asked = { ...(region === undefined ? {} : { region }), maxAttempts: 1 };
  return { ...options, sts: new STSClient(asked), iam: new IAMClient(asked) };
}
