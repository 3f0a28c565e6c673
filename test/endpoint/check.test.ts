// The endpoint is held to the service models: the checker finds what a model forbids, and nothing else passes.

import { describe, expect, it } from "vitest";
import { check, whole } from "./check.js";
import { MODELS } from "./model.js";
import { isLegal, lives, TRANSITIONS } from "./states.js";
import { movableClock } from "./clock.js";

const START = { applicationId: "00abc", clientToken: "t-1", executionRoleArn: "arn:aws:iam::123456789012:role/job", jobDriver: { sparkSubmit: { entryPoint: "s3://b/x.py" } } };
const started = (more: object): readonly string[] => check(MODELS["emr-serverless"], "StartJobRunRequest", { ...START, ...more }).map(({ path, what }) => `${path}: ${what}`);

describe("the checker", () => {
  it("lets a right request pass", () => expect(started({})).toEqual([]));

  it.each<[string, object, string]>([
    ["an unknown member", { jobDriver: { sparkSubmit: { entryPoint: "x", args: [] } } }, "jobDriver.sparkSubmit.args: the model has no such member"],
    ["a missing member", { jobDriver: { sparkSubmit: {} } }, "jobDriver.sparkSubmit.entryPoint: required, and missing"],
    ["two members of a union", { jobDriver: { sparkSubmit: { entryPoint: "x" }, hive: { query: "q" } } }, "jobDriver: a union has one member, got 2"],
    ["a value outside its enum", { mode: "SOMETIMES" }, 'mode: "SOMETIMES" is none of BATCH, STREAMING'],
    ["a text outside its pattern", { clientToken: "a b" }, 'clientToken: "a b" does not match [A-Za-z0-9._-]+'],
    ["a text that is too long", { clientToken: "x".repeat(65) }, "clientToken: 65 characters, at most 64"],
    ["a number that is too small", { retryPolicy: { maxAttempts: 0 } }, "retryPolicy.maxAttempts: 0, at least 1"],
    ["a broken number", { executionTimeoutMinutes: 1.5 }, "executionTimeoutMinutes: expected a whole number, got 1.5"],
    ["a truth for a number", { executionTimeoutMinutes: true }, "executionTimeoutMinutes: expected a whole number, got true"],
    ["a null", { name: null }, "name: expected a string, got null"],
    ["a list that is too long", { executionIamPolicy: { policyArns: Array.from({ length: 11 }, () => START.executionRoleArn) } }, "executionIamPolicy.policyArns: 11 items, at most 10"],
    ["a value of a map", { tags: { team: "a;b" } }, 'tags.team: "a;b" does not match [A-Za-z0-9 /_.:=+@-]*'],
  ])("finds %s", (_, more, told) => expect(started(more)).toEqual([told]));

  it("finds times as text, which clients cannot read", () => {
    const timeline = (CreationDateTime: unknown) => check(MODELS.emr, "DescribeClusterOutput", { Cluster: { Status: { Timeline: { CreationDateTime } } } });
    expect(timeline(1.7e9 + 0.5)).toEqual([]);
    expect(timeline("2026-11-22T10:00:00Z")).toMatchObject([{ path: "Cluster.Status.Timeline.CreationDateTime", what: expect.stringContaining("seconds since 1970") }]);
  });

  it("compiles every pattern of the models", () => {
    const patterns = Object.values(MODELS).flatMap(({ shapes }) => Object.values(shapes).flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern])));
    expect(patterns.length).toBeGreaterThan(40);
    for (const pattern of patterns) expect(() => whole(pattern)).not.toThrow();
  });
});

describe("the states", () => {
  it("are those of the models, and every one can be reached", () => {
    const named = { application: ["emr-serverless", "ApplicationState"], run: ["emr-serverless", "JobRunState"], cluster: ["emr", "ClusterState"], step: ["emr", "StepState"], fleet: ["emr", "InstanceFleetState"], instance: ["emr", "InstanceState"] } as const;
    for (const [kind, [service, shape]] of Object.entries(named)) {
      const table: Readonly<Record<string, readonly string[]>> = TRANSITIONS[kind as keyof typeof named];
      const known = MODELS[service].shapes[shape]?.enum ?? [];
      expect(Object.keys(table).sort(), kind).toEqual(known.filter((each) => each !== "RECONFIGURING").sort());
      const [first, ...others] = Object.keys(table);
      const reachable = new Set(Object.values(table).flat());
      expect(others.filter((each) => !reachable.has(each)), `${kind} from ${first ?? ""}`).toEqual([]);
    }
  });

  it("cannot be left by a way that is not in the table", () => {
    const { begin, move, traces } = lives(movableClock({ frozen: true }));
    const step = begin("step", "s-1", "PENDING");
    move(step, "RUNNING");
    move(step, "COMPLETED");
    expect(() => move(step, "RUNNING")).toThrow("step s-1 cannot go from COMPLETED to RUNNING");
    expect(traces[0]?.steps.map(({ state }) => state)).toEqual(["PENDING", "RUNNING", "COMPLETED"]);
    expect(isLegal("run", "SUCCESS", "CANCELLED")).toBe(false);
  });
});
