// Each finding by the one change to a sound plan that brings it about, and the sound plan by none.

import { describe, expect, it } from "vitest";
import { emr, emrServerless, profile, type Profile } from "../../../driver/profile.js";
import type { StageShape } from "../../../driver/shape.js";
import type { LimitRequest } from "../../../emr/sizing/limits.js";
import { limitFindings, stepCharacters } from "../../../emr/sizing/limits.js";
import { BUILT_IN_PRICES } from "../../../emr/facts/prices.js";
import { sizeStage } from "../../../emr/sizing/sizing.js";

const BOTH = { lake: "s3://carelake-lake/prod", region: "us-east-1", job_role: "arn:aws:iam::123456789012:role/carelake-job" };
const SERVERLESS: Profile = { ...profile.parse({ ...BOTH, engine: "emr-serverless" }), emr_serverless: emrServerless.parse({}) };
const EMR: Profile = { ...profile.parse({ ...BOTH, engine: "emr" }), emr: emr.parse({ security_configuration: "carelake" }) };

type Change = Partial<Omit<LimitRequest, "profile">> & { readonly profile?: Partial<Profile>; readonly conf?: Record<string, string>; readonly shape?: Partial<StageShape>; readonly step?: readonly string[]; readonly token?: string; readonly stageCount?: number };

function findings(base: Profile, change: Change = {}) {
  const { profile: profileChange, conf = {}, shape: shapeChange = {}, step, token, stageCount = 1, ...rest } = change;
  const changed = { ...base, ...profileChange };
  const sized = sizeStage({ engine: base.engine === "emr" ? "emr" : "emr-serverless", size: "small", inputBytes: 1e9, history: [], profile: base, release: base.release });
  if (!sized.ok) throw new Error("the sound stage has no size");
  const shape = { ...sized.value, ...shapeChange };
  const stage = { name: "ingest", shape, conf: { ...shape.conf, ...conf }, ...(step === undefined ? {} : { step }), ...(token === undefined ? {} : { client_token: token }) };
  return limitFindings({ profile: changed, stages: Array.from({ length: stageCount }, () => stage), session: { "spark.sql.ansi.enabled": "true" }, log_uri: `${BOTH.lake}/logs/`, today: "2026-11-22", ...rest });
}

const wide = (memory: string) => ({ "spark.executor.cores": "32", "spark.executor.memory": memory, "spark.executor.memoryOverhead": "4g" });
const broad: Partial<Profile> = { emr_serverless: emrServerless.parse({ maximum_vcpu: 1000 }) };
const widePrices = { ...BUILT_IN_PRICES, region: "eu-west-1" };

describe("a sound plan", () => {
  it.each([["Serverless", SERVERLESS], ["EC2", EMR]] as const)("on %s has no findings", (_name, base) => expect(findings(base)).toEqual([]));
  it("on this computer is not looked at", () => expect(findings({ ...SERVERLESS, engine: "local", lake: "./lake" })).toEqual([]));
});

describe("on Serverless", () => {
  it.each<[string, "error" | "warn", Change, string, string]>([
    ["lake-not-on-s3", "error", { profile: { lake: "./lake" } }, "s3://bucket/prefix", "./lake"],
    ["region-not-named", "warn", { profile: { region: undefined } }, "one region", "none"],
    ["prices-of-other-region", "warn", { prices: widePrices }, "prices of us-east-1", "prices of eu-west-1"],
    ["job-role-missing", "error", { profile: { job_role: undefined } }, "an execution role", "none"],
    ["log-uri-missing", "error", { log_uri: undefined }, "logs on S3", "none"],
    ["release-unknown", "error", { profile: { release: "8.1" } }, "a label such as", "8.1"],
    ["release-unknown", "warn", { profile: { release: "emr-spark-8.3.0" } }, "known on 2026-09-30", "none of them"],
    ["release-ended", "error", { profile: { release: "emr-6.5.0" } }, "2026-08-31", "83 days later"],
    ["release-near-its-end", "warn", { today: "2029-08-01" }, "2029-09-07", "37 days left"],
    ["release-not-tested", "warn", { profile: { release: "emr-7.13.0" } }, "Spark 4.1", "Spark 3.5.6"],
    ["ansi-not-set", "error", { session: {} }, "spark.sql.ansi.enabled=true", "the release's own is true"],
    ["ansi-not-set", "error", { conf: { "spark.sql.ansi.enabled": "false" } }, "set by us", "not set everywhere"],
    ["time-limit", "error", { profile: { time_limit_minutes: 20_000 } }, "10080 minutes", "20000 minutes"],
    ["time-limit", "error", { profile: { time_limit_minutes: 0 } }, "a time limit", "0"],
    ["serverless-storage", "error", { profile: { release: "emr-7.11.0" }, conf: { "spark.aws.serverlessStorage.enabled": "true" } }, "emr-7.12.0 or later", "emr-7.11.0"],
    ["serverless-storage", "warn", { profile: { time_limit_minutes: 2000 }, conf: { "spark.aws.serverlessStorage.enabled": "true" } }, "1440 minutes", "2000 minutes"],
    ["over-budget", "error", { profile: { budget_usd: 0.01 } }, "$0.01", "estimated"],
    ["worker-grid", "error", { conf: { "spark.executor.cores": "3" } }, "1, 2, 4, 8, 16, 32 vCPU", "3 vCPU"],
    ["worker-grid", "error", { profile: broad, conf: { "spark.executor.cores": "4", "spark.executor.memory": "40g" } }, "4 vCPU with 8 to 30 GB", "GB"],
    ["worker-grid", "error", { shape: { executor: { vcpu: 2, memory_gb: 17, disk_gb: 20 }, conf: { "spark.dynamicAllocation.maxExecutors": "4" } } }, "2 vCPU with 4 to 16 GB", "17 GB"],
    ["worker-grid", "error", { shape: { driver: { vcpu: 2, memory_gb: 8, disk_gb: 500 }, conf: { "spark.dynamicAllocation.maxExecutors": "4" } } }, "20 to 200 GB of disk", "500 GB"],
    ["worker-of-32-vcpu", "error", { profile: broad, conf: wide("200g") }, "within 8 GB of 60, 120, 244 GB", "204 GB"],
    ["max-executors", "error", { conf: { "spark.dynamicAllocation.maxExecutors": "3" } }, "at least 4", "3"],
    ["vcpu-of-application", "error", { conf: { "spark.dynamicAllocation.maxExecutors": "100" } }, "16 vCPU, maximum_vcpu", "202 vCPU"],
    ["vcpu-quota", "warn", { profile: broad, conf: { "spark.dynamicAllocation.maxExecutors": "8" } }, "16 concurrent vCPU in a new account", "18 vCPU"],
    ["client-token", "error", { token: "a b" }, "1 to 64", "3 characters"],
    ["client-token", "error", { token: "a".repeat(65) }, "1 to 64", "65 characters"],
  ])("%s (%s)", (id, severity, change, limit, found) => {
    const all = findings(SERVERLESS, change);
    const mine = all.filter((each) => each.id === id);
    expect(mine, JSON.stringify(all)).not.toEqual([]);
    expect(mine[0]).toMatchObject({ id, severity, limit: expect.stringContaining(limit), found: expect.stringContaining(found) });
    expect(mine[0]!.help).not.toBe("");
    expect(mine[0]!.what).not.toBe("");
  });

  it("takes 32 vCPU whose memory is near one of the three sizes", () => expect(findings(SERVERLESS, { profile: broad, conf: wide("236g") }).map(({ id }) => id)).toEqual(["vcpu-quota"]));
  it("takes a client token of 64 letters", () => expect(findings(SERVERLESS, { token: "a".repeat(64) })).toEqual([]));
});

describe("on EC2", () => {
  it.each<[string, "error" | "warn", Change, string, string]>([
    ["job-role-missing", "warn", { profile: { job_role: undefined } }, "a runtime role", "instance profile"],
    ["security-configuration-missing", "error", { profile: { emr: emr.parse({}) } }, "EnableApplicationScopedIAMRole", "none"],
    ["step-characters", "error", { step: ["command-runner.jar", "x".repeat(10_223)] }, "10240 characters", "10241 characters"],
    ["max-executors", "warn", { shape: { conf: {} } }, "maxExecutors set", "not set"],
    ["sizes-of-existing-cluster", "warn", { profile: { emr: emr.parse({ cluster: "j-1ABCDEFGHIJKL" }) } }, "the nodes it has", "carelake"],
    ["active-steps", "error", { stageCount: 257, profile: { emr: emr.parse({ cluster: "j-1ABCDEFGHIJKL" }) } }, "256 steps", "257 stages"],
    ["steps-per-request", "warn", { stageCount: 101, profile: { emr: emr.parse({ cluster: "j-1ABCDEFGHIJKL" }) } }, "100 steps a request", "101 stages"],
  ])("%s (%s)", (id, severity, change, limit, found) => {
    const mine = findings(EMR, change).filter((each) => each.id === id);
    expect(mine[0]).toMatchObject({ id, severity, limit: expect.stringContaining(limit), found: expect.stringContaining(found) });
  });

  it("takes a step of exactly 10,240 characters", () => {
    const step = ["command-runner.jar", "x".repeat(10_222)];
    expect(stepCharacters(step)).toBe(10_240);
    expect(findings(EMR, { step })).toEqual([]);
  });

  it("lets 200 steps go in one request under a release that takes 256", () => {
    const change = { stageCount: 200, profile: { release: "emr-7.13.0", emr: emr.parse({ cluster: "j-1ABCDEFGHIJKL" }) } };
    expect(findings(EMR, change).map(({ id }) => id)).not.toContain("steps-per-request");
  });
});
