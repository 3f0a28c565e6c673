// What the checks of a profile ask with. The clients of STS, IAM, EC2 and Service Quotas are made here: nothing but the
// checks needs them, and only the doctor loads them.

import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { STSClient } from "@aws-sdk/client-sts";
import type { Profile } from "../../driver/profile.js";
import type { AwsClients } from "../calls/clients.js";
import type { Calls } from "../calls/calls.js";
import type { Objects } from "../s3/objects.js";
import type { ExpectedStage } from "./demand.js";

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
  readonly stages: readonly ExpectedStage[];
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly ec2: EC2Client;
  readonly quotas: ServiceQuotasClient;
}

export function checkClients(region: string | undefined): Pick<CheckParts, "sts" | "iam" | "ec2" | "quotas"> {
  const asked = { ...(region === undefined ? {} : { region }), maxAttempts: 1 };
  return { sts: new STSClient(asked), iam: new IAMClient(asked), ec2: new EC2Client(asked), quotas: new ServiceQuotasClient(asked) };
}

/** Steps on a cluster that is there take no machines, subnets or security configuration of the profile's. */
export const startsClusters = ({ engine, emr }: Profile): boolean => engine === "emr" && emr?.cluster.startsWith("j-") !== true;
