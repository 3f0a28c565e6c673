// A price table as people read it: where and when first, since every dollar rests on that.

import type { Prices } from "../../emr/facts/prices.js";
import { table } from "./present.js";

export function pricesText(prices: Prices): string {
  const { region, as_of, sources, serverless, ebs_usd_gb_month, instances, spot, stands_in } = prices;
  const rates = (["ARM64", "X86_64"] as const).map((each) => [each, usd(serverless[each].vcpu_usd_hour), usd(serverless[each].gb_usd_hour), usd(serverless.storage_usd_gb_hour)]);
  const rows = instances.map(({ type, vcpu, gib, architecture, ec2_usd_hour, emr_usd_hour, inferred }) => [type, String(vcpu), String(gib), architecture, usd(ec2_usd_hour), usd(emr_usd_hour), usd(spot[type] ?? null), inferred.join(", ")]);
  return [
    [`prices of ${region}, ${as_of}, in US dollars`, ...sources.map((each) => `  ${each}`), ...(stands_in.length === 0 ? [] : [`  of another region: ${stands_in.join(", ")}`])].join("\n"),
    table(["EMR Serverless", "vCPU hour", "GB hour", "storage GB hour"], rates, [1, 2, 3]),
    `EBS gp3: ${usd(ebs_usd_gb_month)} a GB and month`,
    table(["instance", "vCPU", "GiB", "architecture", "EC2 hour", "EMR hour", "spot hour", "inferred"], rows, [1, 2, 4, 5, 6]),
  ].join("\n\n");
}

const usd = (value: number | null): string => (value === null ? "–" : String(value));
