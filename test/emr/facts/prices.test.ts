// A price file over the built-in prices: what it brings, what stays, what is another region's.

import { describe, expect, it } from "vitest";
import { findInstance } from "../../../emr/facts/instances.js";
import { BUILT_IN_PRICES, overlay, parsePrices, type PriceFile } from "../../../emr/facts/prices.js";

const file = (rest: Partial<PriceFile>): PriceFile => ({ format: 1, region: "us-east-1", as_of: "2026-11-01", source: "a refresh", ...rest });
const parse = (value: unknown) => parsePrices(typeof value === "string" ? value : JSON.stringify(value), "prices.json");

describe("a price file", () => {
  it("goes over the prices it names and leaves the others", () => {
    const prices = overlay(file({ instances: { "m7g.xlarge": { ec2_usd_hour: 0.2, spot_usd_hour: 0.05 } } }));
    expect(findInstance("m7g.xlarge", prices.instances)).toMatchObject({ ec2_usd_hour: 0.2, emr_usd_hour: 0.05, vcpu: 4 });
    expect(findInstance("m6g.xlarge", prices.instances)).toEqual(findInstance("m6g.xlarge"));
    expect(prices.spot).toEqual({ "m7g.xlarge": 0.05 });
    expect(prices.instances).toHaveLength(BUILT_IN_PRICES.instances.length);
    expect(prices.stands_in).toEqual([]);
  });

  it("adds a type that the built-in table lacks", () => {
    const prices = overlay(file({ instances: { "m7i.2xlarge": { ec2_usd_hour: 0.4032, emr_usd_hour: 0.1008 } } }));
    expect(findInstance("m7i.2xlarge", prices.instances)).toMatchObject({ vcpu: 8, yarn_mb: 24576, ec2_usd_hour: 0.4032 });
  });

  it("of another region says what it leaves to us-east-1", () => {
    const prices = overlay(file({ region: "eu-west-1", ebs: { gp3_usd_gb_month: 0.088 } }));
    expect(prices).toMatchObject({ region: "eu-west-1", ebs_usd_gb_month: 0.088, stands_in: ["serverless", "instances"] });
  });

  it("keeps the older date while built-in prices are in use", () => expect(overlay(file({})).as_of).toBe(BUILT_IN_PRICES.as_of));

  it.each([
    ["it is no JSON", "{", ""],
    ["a later format", { ...file({}), format: 2 }, "format"],
    ["a region that is none", file({ region: "Dublin" }), "region"],
    ["a negative price", file({ ebs: { gp3_usd_gb_month: -1 } }), "ebs.gp3_usd_gb_month"],
    ["an unknown key", { ...file({}), price: 1 }, ""],
    ["a type whose size its name does not tell", file({ instances: { "x8g.metal": { ec2_usd_hour: 1 } } }), "instances.x8g.metal"],
  ])("is refused for %s", (_what, value, key) => {
    const parsed = parse(value);
    expect(parsed).toMatchObject({ ok: false, problems: [{ code: "price-file-unfit", key, file: "prices.json" }] });
  });

  it("is accepted as a refresh writes it", () => expect(parse(file({ serverless: { ARM64: { vcpu_usd_hour: 0.04, gb_usd_hour: 0.004 } } })).ok).toBe(true));
});
