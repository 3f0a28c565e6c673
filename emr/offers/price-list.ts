// The public offer files of the AWS Price List → a price file as emr/facts/prices.ts reads it. In: a region, and where
// the files are. Out: on-demand prices of Linux instances that EMR takes, EMR's fee for them, EMR Serverless, gp3.
// Needs no credentials. Spot prices are in no offer file.

import type { Problem, Result } from "../../driver/problems.js";
import { fail, ok } from "../../driver/problems.js";
import { findInstance } from "../facts/instances.js";
import type { PriceFile } from "../facts/prices.js";
import { csvRecords } from "./csv.js";

export const PRICE_LIST = "https://pricing.us-east-1.amazonaws.com";

export interface PriceListRequest {
  readonly region: string;
  /** Without a slash at its end. */
  readonly base: string;
  readonly signal: AbortSignal;
  /** Gets the bytes of an offer read so far, now and then. */
  readonly progress?: (offer: string, bytes: number) => void;
}

/** Columns of a row by their names in small letters, without blanks: the files write "usageType" and "Instance Type". */
type Row = (column: string) => string;

interface Offer {
  readonly url: string;
  /** ISO date of its publication. */
  readonly as_of: string;
}

export async function readPriceList(request: PriceListRequest): Promise<Result<PriceFile>> {
  const [ec2, emr] = [new Map<string, number>(), new Map<string, number>()];
  const serverless: Partial<Record<ServerlessPart, number>> = {};
  let gp3: number | undefined;
  const machines = await readOffer("AmazonEC2", request, (row) => {
    if (isPlainLinux(row)) ec2.set(row("instancetype"), usdOf(row));
    if (/EBS:VolumeUsage\.gp3$/.test(row("usagetype"))) gp3 = usdOf(row);
  });
  if (!machines.ok) return machines;
  const fees = await readOffer("ElasticMapReduce", request, (row) => {
    if (row("productfamily") === "Elastic Map Reduce Instance" && row("softwaretype") === "EMR") emr.set(row("instancetype"), usdOf(row));
    const part = serverlessPart(row("usagetype"));
    if (part !== undefined) serverless[part] = usdOf(row);
  });
  if (!fees.ok) return fees;
  const instances = [...emr].flatMap(([type, emr_usd_hour]) => {
    const ec2_usd_hour = ec2.get(type);
    return ec2_usd_hour === undefined || findInstance(type) === undefined ? [] : [[type, { ec2_usd_hour, emr_usd_hour }] as const];
  });
  if (instances.length === 0) return fail(unfit(fees.value.url, `it names no instances for ${request.region} that EMR takes`));
  const as_of = [machines.value.as_of, fees.value.as_of].sort()[0] ?? "";
  return ok({
    format: 1,
    region: request.region,
    as_of,
    source: `AWS Price List, offer files of AmazonEC2 (${machines.value.as_of}) and ElasticMapReduce (${fees.value.as_of}) for ${request.region}`,
    ...serverlessFile(serverless),
    ...(gp3 === undefined ? {} : { ebs: { gp3_usd_gb_month: gp3 } }),
    instances: Object.fromEntries(instances.sort(([a], [b]) => (a < b ? -1 : 1))),
  });
}

const isPlainLinux = (row: Row): boolean =>
  row("operatingsystem") === "Linux" && row("tenancy") === "Shared" && row("preinstalleds/w") === "NA" && row("capacitystatus") === "Used" && /BoxUsage:/.test(row("usagetype"));

const usdOf = (row: Row): number => Number(row("priceperunit"));

type ServerlessPart = "vcpu" | "gb" | "arm-vcpu" | "arm-gb" | "storage";

/** "EUW1-EMR-SERVERLESS-ARM-vCPUHours": the region's prefix is missing in us-east-1. */
function serverlessPart(usage: string): ServerlessPart | undefined {
  const [, arm, unit] = /(?:^|-)EMR-SERVERLESS-(ARM-)?(vCPU|MemoryGB|StorageGB)Hours$/.exec(usage) ?? [];
  if (unit === "StorageGB") return "storage";
  if (unit === undefined) return undefined;
  const part = unit === "vCPU" ? "vcpu" : "gb";
  return arm === undefined ? part : `arm-${part}`;
}

/** A rate with one half missing is none. */
function serverlessFile(found: Partial<Record<ServerlessPart, number>>): Pick<PriceFile, "serverless"> {
  const rate = (vcpu: number | undefined, gb: number | undefined) => (vcpu === undefined || gb === undefined ? undefined : { vcpu_usd_hour: vcpu, gb_usd_hour: gb });
  const [X86_64, ARM64, storage] = [rate(found.vcpu, found.gb), rate(found["arm-vcpu"], found["arm-gb"]), found.storage];
  if (X86_64 === undefined && ARM64 === undefined && storage === undefined) return {};
  return { serverless: { ...(X86_64 === undefined ? {} : { X86_64 }), ...(ARM64 === undefined ? {} : { ARM64 }), ...(storage === undefined ? {} : { storage_usd_gb_hour: storage }) } };
}

/** Rows of one offer that are an hour's or a month's dollars on demand. */
async function readOffer(offer: string, { region, base, signal, progress }: PriceListRequest, take: (row: Row) => void): Promise<Result<Offer>> {
  const url = `${base}/offers/v1.0/aws/${offer}/current/${region}/index.csv`;
  try {
    const answer = await fetch(url, { signal });
    if (!answer.ok || answer.body === null) return fail(unfit(url, `it answered ${String(answer.status)} ${answer.statusText}${answer.status === 403 || answer.status === 404 ? `: there are no offers for region ${region}` : ""}`));
    let columns: ReadonlyMap<string, number> | undefined;
    let published = "";
    for await (const fields of csvRecords(counted(answer.body, (bytes) => progress?.(offer, bytes)))) {
      // Some lines about the file come before the line of column names.
      if (fields[0] === "Publication Date") published = fields[1] ?? "";
      else if (fields[0] === "SKU") columns = new Map(fields.map((name, index) => [name.toLowerCase().replaceAll(" ", ""), index]));
      else if (columns !== undefined) {
        const named = columns;
        const row: Row = (column) => fields[named.get(column) ?? -1] ?? "";
        if (row("termtype") === "OnDemand" && row("currency") === "USD" && Number.isFinite(usdOf(row))) take(row);
      }
    }
    const as_of = /^\d{4}-\d\d-\d\d/.exec(published)?.[0];
    return as_of === undefined || columns === undefined ? fail(unfit(url, "it is no offer file: its publication date or its columns are missing")) : ok({ url, as_of });
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    const cause = error.cause instanceof Error ? error.cause.message : "";
    return fail(unfit(url, cause === "" ? error.message : cause));
  }
}

const TOLD_BYTES = 8 << 20;

async function* counted(body: AsyncIterable<Uint8Array>, tell: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let [all, told] = [0, 0];
  for await (const chunk of body) {
    all += chunk.length;
    if (all - told >= TOLD_BYTES) tell((told = all));
    yield chunk;
  }
}

const unfit = (url: string, message: string): Problem => ({ code: "price-list-unreadable", url, message });
