// The instances of a cluster: what the bill is made of, and which of them were taken away. In: a submission. Prices are
// not its business.

import type { Instance, StepSummary } from "@aws-sdk/client-emr";
import { ListInstancesCommand } from "@aws-sdk/client-emr";
import type { StageUsage } from "../../driver/engine.js";
import type { EngineParts } from "../submission/engine-parts.js";
import type { ClusterSubmission, EndRecord } from "../submission/submission.js";
import { secondsOf } from "./step-end.js";

async function instancesOf({ calls, clients }: EngineParts, ClusterId: string): Promise<readonly Instance[]> {
  const found: Instance[] = [];
  let Marker: string | undefined;
  do {
    const page = await calls.ask("emr:ListInstances", () => clients.emr.send(new ListInstancesCommand({ ClusterId, Marker })));
    found.push(...(page.Instances ?? []));
    Marker = page.Marker;
  } while (Marker !== undefined);
  return found;
}

export type InstanceLook = (cluster: string) => Promise<readonly Instance[]>;

/** Instances of a cluster, asked for again when they were seen so many milliseconds ago. */
export function instanceLooks(parts: EngineParts, milliseconds: number): InstanceLook {
  const seen = new Map<string, { readonly at: number; readonly found: readonly Instance[] }>();
  return async (cluster) => {
    const at = parts.calls.clock.now().getTime();
    const last = seen.get(cluster);
    if (last !== undefined && at - last.at < milliseconds) return last.found;
    const found = await instancesOf(parts, cluster);
    seen.set(cluster, { at, found });
    return found;
  };
}

/** Spot instances that were taken away while the step ran; undefined when none was. */
export async function spotLoss(parts: EngineParts, { cluster }: ClusterSubmission, { Status }: StepSummary): Promise<EndRecord | undefined> {
  const { StartDateTime, EndDateTime } = Status?.Timeline ?? {};
  const lost = (await instancesOf(parts, cluster)).filter(({ Market, Status: status }) => {
    const at = status?.Timeline?.EndDateTime;
    return Market === "SPOT" && at !== undefined && (StartDateTime === undefined || at >= StartDateTime) && (EndDateTime === undefined || at <= EndDateTime);
  });
  if (lost.length === 0) return undefined;
  return { exitCode: null, cause: "instance-loss", reason: `${lost.length} spot instance${lost.length === 1 ? " was" : "s were"} taken away while it ran: ${lost.map(({ Ec2InstanceId }) => Ec2InstanceId ?? "?").join(", ")}` };
}

export interface ClusterLook {
  readonly instances: readonly Instance[];
  readonly step: StepSummary | undefined;
  readonly now: Date;
}

/** Instances of the cluster from their order on: what the bill is made of. */
export function clusterUsage({ cluster, mode }: Pick<ClusterSubmission, "cluster" | "mode">, { instances: found, step, now }: ClusterLook): StageUsage {
  const instances = found.flatMap(({ InstanceType, Market, Status }) => {
    const { CreationDateTime, EndDateTime } = Status?.Timeline ?? {};
    if (InstanceType === undefined || CreationDateTime === undefined) return [];
    const market = Market === "SPOT" ? ("SPOT" as const) : ("ON_DEMAND" as const);
    return [{ type: InstanceType, market, seconds: Math.max(0, ((EndDateTime ?? now).getTime() - CreationDateTime.getTime()) / 1000) }];
  });
  // A list that does not show them yet knows nothing of an end.
  const final = found.length > 0 && found.every(({ Status }) => Status?.Timeline?.EndDateTime !== undefined);
  return { engine: "emr", final, cluster, shared: mode !== "stage", seconds: step === undefined ? 0 : secondsOf(step, now), instances };
}
