// Labels, support on a day, and what EMR Serverless allows under a label. The clock is an argument.

import { describe, expect, it } from "vitest";
import { RELEASES } from "../../../emr/facts/release-table.js";
import { lookUpRelease, parseLabel, serverlessRules, supportOn } from "../../../emr/facts/releases.js";

describe("the release table", () => {
  it("is well formed: grammar, dates, and support that ends after the release", () => {
    for (const { label, line, released, standard_support_until, end_of_life } of RELEASES) {
      expect(parseLabel(label)?.line, label).toBe(line);
      expect(standard_support_until, label).toMatch(/^20\d\d-\d\d-\d\d$/);
      if (released !== null) expect(Date.parse(released), label).toBeLessThan(Date.parse(standard_support_until));
      if (end_of_life !== null) expect(Date.parse(end_of_life), label).toBeGreaterThanOrEqual(Date.parse(standard_support_until));
    }
    expect(new Set(RELEASES.map(({ label }) => label)).size).toBe(RELEASES.length);
  });

  it("has ANSI on by default from Spark 4 on, and S3A from 7.10 on", () => {
    expect(RELEASES.filter(({ ansi_default }) => ansi_default).map(({ line }) => line)).toEqual(["emr-spark-8", "emr-spark-8"]);
    expect(RELEASES.filter(({ s3_client }) => s3_client === "EMRFS").map(({ label }) => label)).not.toContain("emr-7.10.0");
  });
});

describe("a label", () => {
  it.each([
    ["emr-spark-8.1.0", { known: true }],
    ["emr-7.14.0", { known: true }],
    ["emr-spark-8.2.0", { known: false, wellFormed: true, nearest: "emr-spark-8.1.0" }],
    ["emr-7.10.1", { known: false, wellFormed: true, nearest: "emr-7.10.0" }],
    ["emr-8.0.0", { known: false, wellFormed: true, nearest: "emr-spark-8.0.0" }],
    ["7.14.0", { known: false, wellFormed: false, nearest: "emr-7.14.0" }],
    ["emr-spark-8.1", { known: false, wellFormed: false, nearest: "emr-spark-8.1.0" }],
    ["latest", { known: false, wellFormed: false, nearest: "emr-spark-8.1.0" }],
  ])("%s is looked up as %o", (label, answer) => expect(lookUpRelease(label)).toMatchObject(answer));

  it.each([
    ["emr-spark-8.1.0", "2026-11-22", { state: "supported", until: "2029-09-07" }],
    ["emr-spark-8.0.0", "2026-11-21", { state: "near-end", days: 180 }],
    ["emr-spark-8.0.0", "2026-11-20", { state: "supported", days: 181 }],
    ["emr-spark-8.0.0", "2027-05-20", { state: "near-end", days: 0 }],
    ["emr-spark-8.0.0", "2027-05-21", { state: "ended", days: -1 }],
    ["emr-6.5.0", "2026-11-22", { state: "ended", until: "2026-08-31" }],
    ["emr-5.36.0", "2026-11-22", undefined],
    ["emr-5.30.0", "2026-11-22", { state: "ended" }],
    ["emr-spark-9.0.0", "2026-11-22", undefined],
  ])("%s on %s: %o", (label, today, support) => {
    if (support === undefined) expect(supportOn(label, today)).toBeUndefined();
    else expect(supportOn(label, today)).toMatchObject(support);
  });

  it.each([
    ["emr-7.10.0", { most_minutes: null, zero_allowed: true, configurations: "replaced", serverless_storage_gb: 0 }],
    ["emr-7.11.0", { most_minutes: 10_080, zero_allowed: false, serverless_storage_gb: 0 }],
    ["emr-7.12.0", { serverless_storage_gb: 200 }],
    ["emr-7.14.0", { serverless_storage_gb: 1000, configurations: "replaced" }],
    ["emr-spark-8.0.0", { most_minutes: 10_080, zero_allowed: false, configurations: "replaced", serverless_storage_gb: 200 }],
    ["emr-spark-8.1.0", { configurations: "merged", serverless_storage_gb: 1000, retry_policy: true, job_queue: true }],
    ["emr-6.15.0", { retry_policy: false, job_queue: false }],
  ])("%s on Serverless: %o", (label, rules) => expect(serverlessRules(label)).toMatchObject(rules));
});
