// The subnets that a profile names: are they there, in one VPC, and has one of them the addresses that the largest
// stage takes. A cluster and a job run lie in one subnet each, which the service chooses among those that are named.

import type { Subnet } from "@aws-sdk/client-ec2";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { Profile } from "../../driver/profile.js";
import { emr as emrShape, emrServerless as serverlessShape } from "../../driver/profile.js";
import type { Answer, Check } from "./check.js";
import { check, fine, unknown, wrong } from "./check.js";
import type { CheckParts } from "./check-parts.js";
import { startsClusters } from "./check-parts.js";
import type { ExpectedStage } from "./demand.js";
import { peakOf } from "./demand.js";

const KEY = { emr: "emr.subnets", "emr-serverless": "emr_serverless.subnets", local: "subnets" } as const;

export function subnetChecks(parts: CheckParts): readonly Promise<Check>[] {
  const { profile, calls, ec2, stages } = parts;
  const named = subnetsOf(profile);
  if (named.length === 0) return [];
  return [
    check({ id: "subnets", what: "subnets", optional: true }, async () => {
      // By a filter: asked for by id, one that is not there hides the others.
      const { Subnets = [] } = await calls.ask("ec2:DescribeSubnets", () => ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [...named] }] })));
      return judged({ named, found: Subnets, key: KEY[profile.engine] }, stages);
    }),
  ];
}

function subnetsOf(profile: Profile): readonly string[] {
  if (profile.engine === "emr-serverless") return (profile.emr_serverless ?? serverlessShape.parse({})).subnets;
  return startsClusters(profile) ? (profile.emr ?? emrShape.parse({})).subnets : [];
}

interface Found {
  readonly named: readonly string[];
  readonly found: readonly Subnet[];
  /** Of the profile. */
  readonly key: string;
}

function judged({ named, found, key }: Found, stages: readonly ExpectedStage[]): Answer {
  const missing = named.filter((id) => !found.some(({ SubnetId }) => SubnetId === id));
  if (missing.length > 0) return wrong(`there is no ${missing.join(", ")} in this account and region`, `mend ${key}; aws ec2 describe-subnets lists those that are there`);
  const vpcs = [...new Set(found.map(({ VpcId = "?" }) => VpcId))].sort();
  const each = found.map(inWords).sort().join(", ");
  if (vpcs.length > 1) return wrong(`they lie in ${String(vpcs.length)} VPCs (${vpcs.join(", ")}): ${each}`, `leave subnets of one VPC in ${key}: machines of different ones do not reach each other`);
  const place = `${vpcs.join()}: ${each}`;
  const peak = peakOf(stages, ({ addresses }) => addresses);
  if (peak === undefined) return unknown(`${place}; no stage of the pipelines could be sized`, "carelake plan says why");
  const needs = `${peak.stage} takes up to ${String(peak.demand.addresses)}`;
  const isEnough = found.some(({ AvailableIpAddressCount = 0 }) => AvailableIpAddressCount >= peak.demand.addresses);
  return isEnough ? fine(`${place}; ${needs}`) : wrong(`${place}; ${needs}, which none of them has`, `name a larger subnet in ${key}, or free addresses: all machines of a stage lie in one subnet`);
}

const inWords = ({ SubnetId = "?", AvailabilityZone = "?", AvailableIpAddressCount = 0 }: Subnet): string => `${SubnetId} in ${AvailabilityZone} with ${String(AvailableIpAddressCount)} free addresses`;
