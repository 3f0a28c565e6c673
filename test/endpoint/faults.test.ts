// What can go wrong with calls, clusters, steps and runs on order: each seen through an SDK client.

import { AddJobFlowStepsCommand, CancelStepsCommand, DescribeClusterCommand, DescribeStepCommand, ListClustersCommand, ListInstancesCommand, ListStepsCommand, RunJobFlowCommand } from "@aws-sdk/client-emr";
import { CreateApplicationCommand, GetJobRunCommand, ListJobRunsCommand, StartJobRunCommand } from "@aws-sdk/client-emr-serverless";
import { afterEach, describe, expect, it } from "vitest";
import { APPLICATION, CLUSTER, errorOf, fakePlace, jobRun, logTexts, statesOf, step, type Place, type PlaceOptions } from "./place.js";
import { isLegal } from "./states.js";

let place: Place;
afterEach(async () => {
  const { traces } = place.endpoint;
  for (const { kind, id, steps } of traces) steps.slice(1).forEach(({ state }, index) => expect(isLegal(kind, steps[index]?.state ?? "", state), `${kind} ${id}`).toBe(true));
  await place.stop();
});

async function cluster(options: PlaceOptions = {}): Promise<string> {
  place = await fakePlace({ limits: false, ...options });
  return (await place.emr.send(new RunJobFlowCommand(CLUSTER))).JobFlowId ?? "";
}

async function upCluster(options: PlaceOptions = {}): Promise<string> {
  const id = await cluster(options);
  await place.clock.advance(1_000);
  return id;
}

const add = async (id: string, ...names: string[]) => (await place.emr.send(new AddJobFlowStepsCommand({ JobFlowId: id, Steps: names.map((name) => step(name)) }))).StepIds ?? [];
const status = async (ClusterId: string) => (await place.emr.send(new DescribeClusterCommand({ ClusterId }))).Cluster?.Status;

async function application(options: PlaceOptions = {}): Promise<string> {
  place = await fakePlace({ limits: false, ...options });
  return (await place.serverless.send(new CreateApplicationCommand(APPLICATION))).applicationId ?? "";
}

describe("a call", () => {
  it("whose reply is lost has been done", async () => {
    const id = await upCluster();
    place.endpoint.faults.order({ fault: "lost-reply", operation: "AddJobFlowSteps" });
    expect(await errorOf(add(id, "once"))).toBeDefined();
    expect((await place.emr.send(new ListStepsCommand({ ClusterId: id }))).Steps?.map(({ Name }) => Name)).toEqual(["once"]);
    expect(place.endpoint.calls.find(({ fault }) => fault === "lost-reply")).toMatchObject({ operation: "AddJobFlowSteps", status: 200, replied: false });
  });

  it("whose connection is reset before, or that ends in an error, has not been done", async () => {
    const id = await upCluster();
    place.endpoint.faults.order({ fault: "reset", operation: "AddJobFlowSteps" });
    place.endpoint.faults.order({ fault: "internal-error", operation: "AddJobFlowSteps" });
    place.endpoint.faults.order({ fault: "throttled", operation: "AddJobFlowSteps" });
    const errors = [await errorOf(add(id, "a")), await errorOf(add(id, "b")), await errorOf(add(id, "c"))];
    expect(errors[1]).toContain("InternalServerException");
    expect(errors[2]).toBe("ThrottlingException: Rate exceeded");
    expect((await place.emr.send(new ListStepsCommand({ ClusterId: id }))).Steps).toEqual([]);
  });

  it("is a second cluster when a client repeats it after a lost reply", async () => {
    place = await fakePlace({ tries: 3 });
    place.endpoint.faults.order({ fault: "lost-reply", operation: "RunJobFlow" });
    await place.emr.send(new RunJobFlowCommand(CLUSTER));
    expect((await place.emr.send(new ListClustersCommand({}))).Clusters).toHaveLength(2);
  });

  it("is the same run when a client repeats it with its token, whatever is lost", async () => {
    const id = await application({ tries: 20, vcpuQuota: 10_000 });
    place.endpoint.faults.order({ fault: "lost-reply", operation: "StartJobRun", share: 0.2, seed: 3 });
    place.endpoint.faults.order({ fault: "throttled", operation: "StartJobRun", share: 0.2, seed: 4 });
    const runs = await Promise.all(Array.from({ length: 40 }, async (_, index) => (await place.serverless.send(new StartJobRunCommand(jobRun(id, `token-${index}`)))).jobRunId));
    expect(new Set(runs).size).toBe(40);
    expect(place.endpoint.calls.filter(({ fault }) => fault === "lost-reply").length).toBeGreaterThan(2);
    expect((await place.serverless.send(new ListJobRunsCommand({ applicationId: id, maxResults: 50 }))).jobRuns).toHaveLength(40);
  });

  it("that is slow is answered when its time has passed", async () => {
    const id = await cluster();
    place.endpoint.faults.order({ fault: "slow", operation: "DescribeCluster", ms: 30_000 });
    let answered = false;
    const waiting = status(id).then(() => (answered = true));
    while (!place.endpoint.calls.some(({ fault }) => fault === "slow")) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(answered).toBe(false);
    await place.clock.advance(30_001);
    await waiting;
  });

  it("for a list may miss what is young", async () => {
    const id = await upCluster();
    await add(id, "young");
    place.endpoint.faults.order({ fault: "stale-list", operation: "ListSteps", ms: 60_000 });
    place.endpoint.faults.order({ fault: "stale-list", operation: "ListClusters", ms: 60_000 });
    expect((await place.emr.send(new ListStepsCommand({ ClusterId: id }))).Steps).toEqual([]);
    expect((await place.emr.send(new ListClustersCommand({}))).Clusters).toEqual([]);
    expect((await place.emr.send(new ListStepsCommand({ ClusterId: id }))).Steps).toHaveLength(1);
  });

  it("may be let pass some times before a fault, and all orders can be taken back", async () => {
    const id = await cluster();
    place.endpoint.faults.order({ fault: "throttled", operation: "*", after: 2, count: 5 });
    expect([await errorOf(status(id)), await errorOf(status(id))]).toEqual([undefined, undefined]);
    expect(await errorOf(status(id))).toContain("ThrottlingException");
    place.endpoint.faults.clear();
    expect(await errorOf(status(id))).toBeUndefined();
  });
});

describe("a cluster", () => {
  it.each([
    ["bootstrap-failure", "BOOTSTRAP_FAILURE", ["STARTING", "BOOTSTRAPPING", "TERMINATING", "TERMINATED_WITH_ERRORS"]],
    ["fleet-timeout", "INSTANCE_FLEET_TIMEOUT", ["STARTING", "TERMINATING", "TERMINATED_WITH_ERRORS"]],
  ] as const)("may die of %s, and its steps are CANCELLED", async (fault, code, states) => {
    const id = await cluster();
    place.endpoint.faults.order({ fault });
    const [one = ""] = await add(id, "one");
    await place.clock.advance(5_000);
    await place.endpoint.settled();
    expect(statesOf(place, id)).toEqual(states);
    expect(await status(id)).toMatchObject({ StateChangeReason: { Code: code }, ErrorDetails: [{ ErrorMessage: expect.any(String) }] });
    expect(statesOf(place, one)).toEqual(["PENDING", "CANCELLED"]);
    expect(Object.keys(logTexts(place)).some((uri) => /node\/i-[0-9a-f]+\/bootstrap-actions\/1\/stderr\.gz$/.test(uri))).toBe(fault === "bootstrap-failure");
  });

  it("without spot instances takes on-demand ones where its fleets say so", async () => {
    const id = await cluster();
    place.endpoint.faults.order({ fault: "no-spot" });
    await place.clock.advance(1_000);
    expect((await place.emr.send(new ListInstancesCommand({ ClusterId: id }))).Instances?.map(({ Market }) => Market)).toEqual(["ON_DEMAND", "ON_DEMAND", "ON_DEMAND"]);
  });

  it("that loses a spot instance loses what runs on it, and gets another", async () => {
    const id = await upCluster({ end: () => ({}) });
    const [one = ""] = await add(id, "one");
    await place.clock.advance(1_000);
    place.endpoint.loseSpot(id);
    await place.clock.advance(1_000);
    const { Instances = [] } = await place.emr.send(new ListInstancesCommand({ ClusterId: id }));
    expect(Instances.filter(({ Market }) => Market === "SPOT").map(({ Status }) => [Status?.State, Status?.StateChangeReason?.Code])).toEqual([["TERMINATED", "INSTANCE_FAILURE"], ["RUNNING", undefined]]);
    expect(place.endpoint.submissions[0]?.exit).toMatchObject({ signal: "SIGKILL" });
    expect(statesOf(place, one).at(-1)).toBe("FAILED");
  });
});

describe("a step or run", () => {
  it("may be stuck until it is cancelled", async () => {
    const id = await upCluster();
    place.endpoint.faults.order({ fault: "stuck" });
    const [one = ""] = await add(id, "one");
    await place.clock.advance(3_600_000);
    expect(statesOf(place, one).at(-1)).toBe("RUNNING");
    await place.emr.send(new CancelStepsCommand({ ClusterId: id, StepIds: [one] }));
    await place.clock.advance(1_000);
    expect(statesOf(place, one).at(-1)).toBe("CANCELLED");
  });

  it("may be INTERRUPTED", async () => {
    const id = await upCluster();
    place.endpoint.faults.order({ fault: "interrupted" });
    const [one = ""] = await add(id, "one");
    await place.clock.advance(1_000);
    expect(statesOf(place, one)).toEqual(["PENDING", "RUNNING", "INTERRUPTED"]);
  });

  it("in cluster mode may leave its application running after it was CANCELLED", async () => {
    const id = await upCluster({ end: () => ({ ms: 60_000 }) });
    place.endpoint.faults.order({ fault: "detached" });
    const detached = step("one", { HadoopJarStep: { Jar: "command-runner.jar", Args: ["spark-submit", "--deploy-mode", "cluster", "s3://lake/x.py"] } });
    const [one = ""] = (await place.emr.send(new AddJobFlowStepsCommand({ JobFlowId: id, Steps: [detached] }))).StepIds ?? [];
    await place.clock.advance(1_000);
    await place.emr.send(new CancelStepsCommand({ ClusterId: id, StepIds: [one] }));
    await place.clock.advance(1_000);
    expect(statesOf(place, one).at(-1)).toBe("CANCELLED");
    expect(place.endpoint.submissions[0]).toMatchObject({ outlived: true });
    expect(place.endpoint.submissions[0]?.exit).toBeUndefined();
    await place.clock.advance(60_000);
    expect(place.endpoint.submissions[0]?.exit).toMatchObject({ code: 0 });
  });

  it("may ask for more than there is", async () => {
    const id = await application();
    place.endpoint.faults.order({ fault: "capacity-exceeded" });
    const { jobRunId } = await place.serverless.send(new StartJobRunCommand(jobRun(id, "t")));
    await place.clock.advance(1_000);
    expect((await place.serverless.send(new GetJobRunCommand({ applicationId: id, jobRunId }))).jobRun).toMatchObject({ state: "FAILED", stateDetails: expect.stringContaining("MaxCapacityExceeded") });
  });

  it("that failed may tell the details later", async () => {
    const id = await upCluster({ end: () => ({ ms: 1, code: 1, stderr: "org.apache.spark.SparkException: no\n" }) });
    place.endpoint.faults.order({ fault: "failure-details-late", ms: 200_000 });
    const [StepId = ""] = await add(id, "one");
    await place.clock.advance(1_000);
    const details = async () => (await place.emr.send(new DescribeStepCommand({ ClusterId: id, StepId }))).Step?.Status?.FailureDetails;
    expect(await details()).toBeUndefined();
    await place.clock.advance(200_000);
    expect(await details()).toMatchObject({ Message: "org.apache.spark.SparkException: no" });
  });
});
