// vCPU quotas of the account, held against what the largest stage of a run takes. Service Quotas tells what the account
// has; where it does not, or may not be asked, what a new account has is taken and said to be that.

import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { AwsRefusal, orAbsent } from "../calls/calls.js";
import { DEFAULT_VCPU_QUOTA } from "../sizing/limits.js";
import type { Check } from "./check.js";
import { check, fine, unknown, wrong } from "./check.js";
import type { CheckParts } from "./check-parts.js";
import { startsClusters } from "./check-parts.js";
import type { Demand } from "./demand.js";
import { peakOf } from "./demand.js";

interface Quota {
  readonly id: string;
  readonly what: string;
  /** As Service Quotas calls them. */
  readonly service: string;
  readonly code: string;
  /** vCPU of a new account in a region, by the service's page of endpoints and quotas. */
  readonly initial: number;
  readonly takes: (demand: Demand) => number;
}

const WORKERS: Quota = { id: "quota", what: "vCPU quota", service: "emr-serverless", code: "L-D05C8A75", initial: DEFAULT_VCPU_QUOTA, takes: ({ on_demand_vcpu }) => on_demand_vcpu };
const ON_DEMAND: Quota = { id: "quota-on-demand", what: "on-demand vCPU quota", service: "ec2", code: "L-1216C47A", initial: 5, takes: ({ on_demand_vcpu }) => on_demand_vcpu };
const SPOT: Quota = { id: "quota-spot", what: "spot vCPU quota", service: "ec2", code: "L-34B43A08", initial: 5, takes: ({ spot_vcpu }) => spot_vcpu };

export function quotaChecks(parts: CheckParts): readonly Promise<Check>[] {
  if (parts.profile.engine === "emr-serverless") return [quotaCheck(parts, WORKERS)];
  return startsClusters(parts.profile) ? [quotaCheck(parts, ON_DEMAND), quotaCheck(parts, SPOT)] : [];
}

const quotaCheck = (parts: CheckParts, quota: Quota): Promise<Check> =>
  check({ id: quota.id, what: quota.what }, async () => {
    const { code, service, takes } = quota;
    const { vcpu, because } = await allowed(parts, quota);
    const peak = peakOf(parts.stages, takes);
    const has = `${String(vcpu)} vCPU at once${because === undefined ? "" : `, which a new account has: ${because}`}`;
    if (peak === undefined) return unknown(`${has}; no stage of the pipelines could be sized`, "carelake plan says why");
    const needed = takes(peak.demand);
    const found = `${has}; ${peak.stage} takes ${String(needed)}${fallback(quota, peak.demand, vcpu)}`;
    if (needed <= vcpu) return fine(found);
    const raise = `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${String(needed)} asks for more`;
    if (because !== undefined) return unknown(found, `look up ${code} (${service}) in Service Quotas; ${raise}`);
    const less = service === "ec2" ? "a smaller `size` of the stage" : "a smaller emr_serverless.maximum_vcpu";
    return wrong(found, `${raise}; or take ${less}: the run would wait for machines that never come`);
  });

/** Where the market has no spot instances, the fleet buys on demand. */
function fallback({ code }: Quota, { on_demand_vcpu, spot_vcpu }: Demand, vcpu: number): string {
  const all = on_demand_vcpu + spot_vcpu;
  return code === ON_DEMAND.code && spot_vcpu > 0 && all > vcpu && on_demand_vcpu <= vcpu ? `, and would take ${String(all)} where spot is not to be had` : "";
}

/** `because`: the account itself did not tell. */
async function allowed({ calls, quotas }: CheckParts, { service, code, initial }: Quota): Promise<{ readonly vcpu: number; readonly because?: string }> {
  try {
    const found = await orAbsent(calls.ask("servicequotas:GetServiceQuota", () => quotas.send(new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code }))));
    const vcpu = found?.Quota?.Value;
    return vcpu === undefined ? { vcpu: initial, because: `Service Quotas tells no value of ${code} for this one` } : { vcpu };
  } catch (error) {
    if (!(error instanceof AwsRefusal) || error.error.kind !== "denied") throw error;
    return { vcpu: initial, because: `these credentials may not ask GetServiceQuota for ${code}` };
  }
}
