// The built-in prices, and a file that goes over them. In: the text of such a file. Out: one table that every
// estimate reads, which says where its numbers come from. Never asks AWS.

import { z } from "zod";
import type { Problem, Result } from "../../driver/problems.js";
import { settle } from "../../driver/problems.js";
import type { Architecture, Instance } from "./instance-table.js";
import { INSTANCES, INSTANCES_SOURCE } from "./instance-table.js";
import { findInstance } from "./instances.js";
import type { ServerlessRate } from "./price-table.js";
import { EBS_GP3_USD_GB_MONTH, EBS_SOURCE, EMR_FEE_MOST, EMR_FEE_SHARE, PRICE_REGION, PRICES_AS_OF, SERVERLESS, SERVERLESS_SOURCE, START_SECONDS } from "./price-table.js";

export interface Prices {
  readonly region: string;
  /** The oldest date of any part. */
  readonly as_of: string;
  readonly sources: readonly string[];
  readonly serverless: Readonly<Record<Architecture, ServerlessRate>> & { readonly storage_usd_gb_hour: number };
  readonly ebs_usd_gb_month: number;
  readonly instances: readonly Instance[];
  /** Dollars an hour by type. Where none is known the on-demand price stands in, which is more. */
  readonly spot: Readonly<Record<string, number>>;
  readonly start_seconds: { readonly emr: number; readonly "emr-serverless": number };
  /** Parts whose numbers are another region's. */
  readonly stands_in: readonly string[];
}

export const BUILT_IN_PRICES: Prices = {
  region: PRICE_REGION,
  as_of: PRICES_AS_OF,
  sources: [INSTANCES_SOURCE, SERVERLESS_SOURCE, EBS_SOURCE],
  serverless: SERVERLESS,
  ebs_usd_gb_month: EBS_GP3_USD_GB_MONTH,
  instances: INSTANCES,
  spot: {},
  start_seconds: START_SECONDS,
  stands_in: [],
};

const usd = z.number().nonnegative();
const rate = z.strictObject({ vcpu_usd_hour: usd, gb_usd_hour: usd });

/** prices.json as a refresh writes it and a user may write it. Every part may be left out: the built-in one then counts. */
export const priceFile = z.strictObject({
  format: z.literal(1),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region such as eu-west-1"),
  as_of: z.iso.date(),
  source: z.string().min(1),
  serverless: z.strictObject({ X86_64: rate.optional(), ARM64: rate.optional(), storage_usd_gb_hour: usd.optional() }).optional(),
  ebs: z.strictObject({ gp3_usd_gb_month: usd }).optional(),
  /** By type. The size is needed only for types whose name does not tell it. */
  instances: z
    .record(
      z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, "a type such as m7g.xlarge"),
      z.strictObject({
        ec2_usd_hour: usd,
        /** Left out: a quarter of the EC2 price, at most $0.27 on the 4th and 5th generation. */
        emr_usd_hour: usd.optional(),
        spot_usd_hour: usd.optional(),
        vcpu: z.number().int().positive().optional(),
        gib: z.number().positive().optional(),
        yarn_mb: z.number().int().positive().optional(),
        architecture: z.enum(["X86_64", "ARM64"]).optional(),
      }),
    )
    .optional(),
  start: z.strictObject({ emr_seconds: z.number().nonnegative().optional(), serverless_seconds: z.number().nonnegative().optional() }).optional(),
});
export type PriceFile = z.infer<typeof priceFile>;

/** `file` is named in what is wrong with it. */
export function parsePrices(text: string, file: string): Result<PriceFile> {
  const wrong = (key: string, message: string): Problem => ({ code: "price-file-unfit", file, key, message });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [wrong("", `it is no JSON: ${error instanceof Error ? error.message : String(error)}`)] };
  }
  const parsed = priceFile.safeParse(value);
  if (parsed.success) {
    const unknown = Object.entries(parsed.data.instances ?? {}).filter(([type, told]) => instanceOf(type, told) === undefined);
    return settle(unknown.map(([type]) => wrong(`instances.${type}`, "its name does not tell its size: vcpu, gib, yarn_mb and architecture are needed")), () => parsed.data);
  }
  return settle(parsed.error.issues.map((issue) => wrong(issue.path.join("."), issue.message)), () => priceFile.parse(value));
}

/** Prices of the file's region, where the file has them; what it leaves out is told in `stands_in` when the region differs. */
export function overlay(file: PriceFile, base: Prices = BUILT_IN_PRICES): Prices {
  const isOther = file.region !== base.region;
  const told = Object.entries(file.instances ?? {}).flatMap(([type, each]) => instanceOf(type, each) ?? []);
  const rest = base.instances.filter(({ type }) => file.instances?.[type] === undefined);
  const spot = Object.entries(file.instances ?? {}).flatMap(([type, { spot_usd_hour }]) => (spot_usd_hour === undefined ? [] : [[type, spot_usd_hour] as const]));
  const { X86_64, ARM64, storage_usd_gb_hour } = file.serverless ?? {};
  const missing = [
    ...(X86_64 === undefined || ARM64 === undefined || storage_usd_gb_hour === undefined ? ["serverless"] : []),
    ...(file.ebs === undefined ? ["ebs"] : []),
    ...(rest.length > 0 ? ["instances"] : []),
  ];
  const isWhole = missing.length === 0;
  return {
    region: file.region,
    as_of: isWhole || file.as_of < base.as_of ? file.as_of : base.as_of,
    sources: isWhole ? [file.source] : [file.source, ...base.sources],
    serverless: {
      X86_64: X86_64 ?? base.serverless.X86_64,
      ARM64: ARM64 ?? base.serverless.ARM64,
      storage_usd_gb_hour: storage_usd_gb_hour ?? base.serverless.storage_usd_gb_hour,
    },
    ebs_usd_gb_month: file.ebs?.gp3_usd_gb_month ?? base.ebs_usd_gb_month,
    instances: [...rest, ...told],
    spot: { ...(isOther ? {} : base.spot), ...Object.fromEntries(spot) },
    start_seconds: { emr: file.start?.emr_seconds ?? base.start_seconds.emr, "emr-serverless": file.start?.serverless_seconds ?? base.start_seconds["emr-serverless"] },
    stands_in: isOther ? missing : base.stands_in.filter((part) => missing.includes(part)),
  };
}

function instanceOf(type: string, told: NonNullable<PriceFile["instances"]>[string]): Instance | undefined {
  const known = findInstance(type);
  const { vcpu = known?.vcpu, gib = known?.gib, yarn_mb = known?.yarn_mb, architecture = known?.architecture, ec2_usd_hour, emr_usd_hour } = told;
  if (vcpu === undefined || gib === undefined || yarn_mb === undefined || architecture === undefined) return undefined;
  const inferred: Instance["inferred"] = [...(told.yarn_mb === undefined && known?.inferred.includes("yarn_mb") === true ? ["yarn_mb" as const] : []), ...(emr_usd_hour === undefined ? ["emr_usd_hour" as const] : [])];
  return { type, vcpu, gib, yarn_mb, architecture, ec2_usd_hour, emr_usd_hour: emr_usd_hour ?? emrFee(type, ec2_usd_hour), inferred };
}

/** EMR's fee in dollars an hour by the rule, for a type whose fee nobody told. */
export function emrFee(type: string, ec2UsdHour: number): number {
  const fee = ec2UsdHour * EMR_FEE_SHARE;
  return /^[a-z]+[45][a-z]*\./.test(type) ? Math.min(fee, EMR_FEE_MOST) : fee;
}
