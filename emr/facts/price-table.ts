// Prices that are no instance's own, us-east-1, as data with their dates and sources. `carelake prices --refresh`
// writes a file that goes over them (prices.ts).

import type { Architecture } from "./instance-table.js";

export interface ServerlessRate {
  readonly vcpu_usd_hour: number;
  readonly gb_usd_hour: number;
}

export const PRICE_REGION = "us-east-1";
/** The oldest of the dates below. */
export const PRICES_AS_OF = "2026-04-30";

export const SERVERLESS: Readonly<Record<Architecture, ServerlessRate>> & { readonly storage_usd_gb_hour: number } = {
  X86_64: { vcpu_usd_hour: 0.052624, gb_usd_hour: 0.0057785 },
  ARM64: { vcpu_usd_hour: 0.042094, gb_usd_hour: 0.004628 },
  /** Over the 20 GB of each worker that are free. */
  storage_usd_gb_hour: 0.000111,
};
export const SERVERLESS_SOURCE = "aws-emr-utilities, April 2026";

/** gp3 without extra throughput. AWS counts a month as 30 days. */
export const EBS_GP3_USD_GB_MONTH = 0.08;
export const EBS_SOURCE = "Amazon EBS price page, gp3; not confirmed for this date";
export const HOURS_A_MONTH = 720;

/** GB of EBS that EMR attaches when nothing is asked for, by the size in a type's name. */
export const DEFAULT_EBS_GB: Readonly<Record<string, number>> = {
  xlarge: 2 * 32,
  "2xlarge": 4 * 32,
  "4xlarge": 4 * 64,
  "8xlarge": 4 * 128,
  "12xlarge": 4 * 192,
  "16xlarge": 4 * 256,
};

/** From the request to the first task. EC2: the assumption of aws-emr-advisor. Serverless: ours, without warm workers. */
export const START_SECONDS = { emr: 210, "emr-serverless": 60 } as const;

/** EMR's fee where the table has none: a quarter of the EC2 price, with this most on the 4th and 5th generation. */
export const EMR_FEE_SHARE = 0.25;
export const EMR_FEE_MOST = 0.27;
