// AWS's price list by a server of this computer. Its files have the structure of the real ones (the lines about the file,
// then column names, then a row a price; usage types with the region's prefix), written from knowledge of that format and
// cut to a few columns and rows: none of them was downloaded.

import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { overlay, parsePrices } from "../../../emr/facts/prices.js";
import { csvRecords } from "../../../emr/offers/csv.js";
import { carelake } from "../../carelake.js";
import { newFolder } from "../../driver/local/fakes.js";

const HEAD = (offer: string, published: string): string => [`"FormatVersion","v1.0"`, `"Disclaimer","This pricing list is for informational purposes only, ""as is"".\nAll prices are subject to the terms."`, `"Publication Date","${published}"`, `"Version","20261101000000"`, `"OfferCode","${offer}"`].join("\n");
const row = (...fields: readonly string[]): string => fields.map((field) => `"${field}"`).join(",");
const EC2_COLUMNS = row("SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency", "Product Family", "serviceCode", "Location", "Instance Type", "Tenancy", "Operating System", "usageType", "operation", "CapacityStatus", "Pre Installed S/W", "Region Code");
const ec2 = (type: string, usd: string, more: { readonly term?: string; readonly tenancy?: string; readonly os?: string; readonly status?: string; readonly software?: string } = {}): string =>
  row("SKU1", "JRTCKXETXF", "SKU1.JRTCKXETXF.6YS6EN2CT7", more.term ?? "OnDemand", `$${usd} per On Demand Linux ${type}, per hour`, "2026-11-01", "0", "Inf", "Hrs", usd, "USD", "Compute Instance", "AmazonEC2", "EU (Ireland)", type, more.tenancy ?? "Shared", more.os ?? "Linux", `EU-${more.status === undefined ? "" : "Unused"}BoxUsage:${type}`, "RunInstances", more.status ?? "Used", more.software ?? "NA", "eu-west-1");
const EC2 = [
  HEAD("AmazonEC2", "2026-11-20T18:00:00Z"),
  EC2_COLUMNS,
  ec2("m7g.xlarge", "0.1822000000"),
  ec2("m7g.xlarge", "0.1000000000", { term: "Reserved" }),
  ec2("m7g.xlarge", "9.0000000000", { tenancy: "Dedicated" }),
  ec2("m7g.xlarge", "9.0000000000", { os: "Windows" }),
  ec2("m7g.xlarge", "0.0000000000", { status: "UnusedCapacityReservation" }),
  ec2("m7g.xlarge", "9.0000000000", { software: "SQL Std" }),
  ec2("r7g.2xlarge", "0.4788000000"),
  ec2("t3.nano", "0.0057000000"),
  row("SKU2", "JRTCKXETXF", "SKU2.JRTCKXETXF.6YS6EN2CT7", "OnDemand", "$0.088 per GB-month of General Purpose (gp3) provisioned storage - EU (Ireland)", "2026-11-01", "0", "Inf", "GB-Mo", "0.0880000000", "USD", "Storage", "AmazonEC2", "EU (Ireland)", "", "", "", "EU-EBS:VolumeUsage.gp3", "", "", "", "eu-west-1"),
  "",
].join("\r\n");
const EMR_COLUMNS = row("SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate", "StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency", "Product Family", "serviceCode", "Location", "Instance Type", "usageType", "operation", "Region Code", "Software Type");
const emr = (type: string, usd: string, software = "EMR"): string => row("SKU3", "JRTCKXETXF", "SKU3.JRTCKXETXF.6YS6EN2CT7", "OnDemand", `$${usd} per hour for EMR ${type}`, "2026-10-01", "0", "Inf", "Hrs", usd, "USD", "Elastic Map Reduce Instance", "ElasticMapReduce", "EU (Ireland)", type, `EU-BoxUsage:${type}`, "", "eu-west-1", software);
const serverless = (usage: string, usd: string): string => row("SKU4", "JRTCKXETXF", "SKU4.JRTCKXETXF.6YS6EN2CT7", "OnDemand", `$${usd} per hour`, "2026-10-01", "0", "Inf", "Hrs", usd, "USD", "EMR Serverless", "ElasticMapReduce", "EU (Ireland)", "", usage, "", "eu-west-1", "");
const EMR = [
  HEAD("ElasticMapReduce", "2026-10-15T09:30:00Z"),
  EMR_COLUMNS,
  emr("m7g.xlarge", "0.0408000000"),
  emr("m7g.xlarge", "7.0000000000", "MapR M5"),
  emr("r7g.2xlarge", "0.1071000000"),
  serverless("EU-EMR-SERVERLESS-vCPUHours", "0.0590000000"),
  serverless("EU-EMR-SERVERLESS-MemoryGBHours", "0.0064000000"),
  serverless("EU-EMR-SERVERLESS-ARM-vCPUHours", "0.0472000000"),
  serverless("EU-EMR-SERVERLESS-ARM-MemoryGBHours", "0.0051000000"),
  serverless("EU-EMR-SERVERLESS-StorageGBHours", "0.0001220000"),
].join("\n");

let server: Server;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  const files: Readonly<Record<string, string>> = {
    "/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv": EC2,
    "/offers/v1.0/aws/ElasticMapReduce/current/eu-west-1/index.csv": EMR,
    "/offers/v1.0/aws/AmazonEC2/current/eu-west-3/index.csv": "<html>maintenance</html>",
  };
  server = createServer((request, response) => {
    const text = files[request.url ?? ""];
    if (text === undefined) return response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
    // In small pieces: a record may begin in one and end in another.
    for (let at = 0; at < text.length; at += 700) response.write(text.slice(at, at + 700));
    return response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  env = { AWS_ENDPOINT_URL_PRICING: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
});
afterAll(() => server.close());

describe("carelake prices", () => {
  it("--refresh writes a file that estimates read, with date and source", async () => {
    const folder = newFolder();
    const done = await carelake({ args: ["prices", "--refresh", "--region", "eu-west-1", "--out", "ireland.json", "--json"], cwd: folder, env });
    expect([done.code, done.stderr]).toEqual([0, ""]);
    expect(JSON.parse(done.stdout)).toMatchObject({ file: join(folder, "ireland.json"), region: "eu-west-1", as_of: "2026-10-15", instances: 2 });
    const parsed = parsePrices(readFileSync(join(folder, "ireland.json"), "utf8"), "ireland.json");
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(parsed.value).toEqual({
      format: 1,
      region: "eu-west-1",
      as_of: "2026-10-15",
      source: "AWS Price List, offer files of AmazonEC2 (2026-11-20) and ElasticMapReduce (2026-10-15) for eu-west-1",
      serverless: { X86_64: { vcpu_usd_hour: 0.059, gb_usd_hour: 0.0064 }, ARM64: { vcpu_usd_hour: 0.0472, gb_usd_hour: 0.0051 }, storage_usd_gb_hour: 0.000122 },
      ebs: { gp3_usd_gb_month: 0.088 },
      instances: { "m7g.xlarge": { ec2_usd_hour: 0.1822, emr_usd_hour: 0.0408 }, "r7g.2xlarge": { ec2_usd_hour: 0.4788, emr_usd_hour: 0.1071 } },
    });
    expect(overlay(parsed.value)).toMatchObject({ region: "eu-west-1", stands_in: ["instances"] });
  });

  it("shows the table in use with region and date: the built-in one, and that of a profile's file", async () => {
    const folder = newFolder();
    const builtIn = await carelake({ args: ["prices"], cwd: folder });
    expect([builtIn.code, builtIn.stdout]).toEqual([0, expect.stringMatching(/^prices of us-east-1, \d{4}-\d\d-\d\d, in US dollars\n[\s\S]*\nm5\.xlarge +4 +16 +X86_64 +0\.192 +0\.048/)]);
    writeFileSync(join(folder, "carelake.yaml"), "profiles: { prod: { region: eu-west-1, prices: mine.json } }\n");
    expect((await carelake({ args: ["prices", "--refresh", "--profile", "prod"], cwd: folder, env })).code).toBe(0);
    const mine = await carelake({ args: ["prices", "--profile", "prod", "--json"], cwd: folder });
    expect(JSON.parse(mine.stdout)).toMatchObject({ region: "eu-west-1", ebs_usd_gb_month: 0.088, stands_in: ["instances"] });
  });

  it.each([
    ["no region", ["--refresh"], 2, /^error\[config-missing\]: no region whose prices are meant/],
    ["a region that is none", ["--refresh", "--region", "Dublin"], 2, /^error\[param-invalid\]: `Dublin` is no value for `--region`/],
    ["a region without offers", ["--refresh", "--region", "eu-west-9"], 3, /^error\[price-list-unreadable\]: .*it answered 403.*there are no offers for region eu-west-9\n {2}note: http:\/\/127\.0\.0\.1:\d+\/offers\/v1\.0\/aws\/AmazonEC2\/current\/eu-west-9\/index\.csv/],
    ["a file that is no offer", ["--refresh", "--region", "eu-west-3"], 3, /^error\[price-list-unreadable\]: .*it is no offer file/],
    ["a file that cannot be written", ["--refresh", "--region", "eu-west-1", "--out", "no/such/prices.json"], 2, /^error\[file-unwritable\]: no\/such\/prices\.json cannot be written: no such file or directory/],
  ])("told of %s, leaves everything as it is", async (_what, args, code, message) => {
    const told = await carelake({ args: ["prices", ...args], cwd: newFolder(), env });
    expect([told.code, told.stderr]).toEqual([code, expect.stringMatching(message)]);
  });

  it("told that nobody answers, says where it asked", async () => {
    const told = await carelake({ args: ["prices", "--refresh", "--region", "eu-west-1"], cwd: newFolder(), env: { AWS_ENDPOINT_URL_PRICING: "http://127.0.0.1:9" } });
    expect([told.code, told.stderr]).toEqual([3, expect.stringContaining("http://127.0.0.1:9/offers")]);
  });
});

it("CSV comes apart whatever its quotes hold and wherever its pieces end", async () => {
  const text = 'a,"b ""c"", d",\r\n"one\ntwo",,é\n"last"';
  for (const size of [1, 2, 3, 7, 100]) {
    const bytes = new TextEncoder().encode(text);
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
    };
    const records: (readonly string[])[] = [];
    for await (const record of csvRecords(pieces())) records.push(record);
    expect(records).toEqual([["a", 'b "c", d', ""], ["one\ntwo", "", "é"], ["last"]]);
  }
});
