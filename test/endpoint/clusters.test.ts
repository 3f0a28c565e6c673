// EMR on EC2 as its clients see it, by the AWS SDK: clusters, fleets, tags, policies. Processes are fakes and time is moved.

import {
  AddJobFlowStepsCommand, AddTagsCommand, DescribeClusterCommand, DescribeReleaseLabelCommand, ListClustersCommand, ListInstanceFleetsCommand, ListInstancesCommand, ListReleaseLabelsCommand, ModifyInstanceFleetCommand,
  PutAutoTerminationPolicyCommand, PutManagedScalingPolicyCommand, RunJobFlowCommand, SetTerminationProtectionCommand, TerminateJobFlowsCommand, paginateListClusters, paginateListSupportedInstanceTypes, type RunJobFlowCommandInput,
} from "@aws-sdk/client-emr";
import { afterEach, describe, expect, it } from "vitest";
import { CLUSTER, errorOf, fakePlace, logTexts, statesOf, step, type Place, type PlaceOptions } from "./place.js";

let place: Place;
afterEach(() => place.stop());

const launch = async (more: Partial<RunJobFlowCommandInput> = {}): Promise<string> => (await place.emr.send(new RunJobFlowCommand({ ...CLUSTER, ...more }))).JobFlowId ?? "";
const look = async (ClusterId: string) => (await place.emr.send(new DescribeClusterCommand({ ClusterId }))).Cluster;

async function up(options: PlaceOptions = {}, more: Partial<RunJobFlowCommandInput> = {}): Promise<string> {
  place = await fakePlace(options);
  const id = await launch(more);
  await place.clock.advance(1_000);
  return id;
}

describe("a cluster", () => {
  it("comes up, is described, runs its steps and waits", async () => {
    place = await fakePlace({ limits: false });
    const id = await launch();
    expect(await look(id)).toMatchObject({ Status: { State: "STARTING" }, LogUri: "s3n://lake/logs/", ReleaseLabel: "emr-spark-8.1.0", Tags: [{ Key: "carelake-key", Value: "0123" }], Applications: [{ Name: "Spark", Version: "4.1.1" }], AutoTerminate: false, InstanceCollectionType: "INSTANCE_FLEET" });
    await place.emr.send(new AddJobFlowStepsCommand({ JobFlowId: id, Steps: [step("one")] }));
    await place.clock.advance(1_000);
    const cluster = await look(id);
    expect(statesOf(place, id)).toEqual(["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]);
    expect(cluster?.Status?.Timeline?.ReadyDateTime).toBeInstanceOf(Date);
    // 1 m7g.xlarge, 1 r7g.xlarge on demand, 1 r7g.xlarge spot: 8 m1.small hours each, the first hour begun.
    expect(cluster?.NormalizedInstanceHours).toBe(24);
  });

  it("without steps and not kept alive ends by itself", async () => {
    const id = await up({}, { Instances: { ...CLUSTER.Instances, KeepJobFlowAliveWhenNoSteps: false }, Steps: [step("only")] });
    expect(await look(id)).toMatchObject({ Status: { State: "TERMINATED", StateChangeReason: { Code: "ALL_STEPS_COMPLETED" } }, AutoTerminate: true });
  });

  it("that idles ends after its time, which a step puts off", async () => {
    const id = await up({ end: () => ({ ms: 500_000 }) });
    await place.clock.advance(500_000);
    await place.emr.send(new AddJobFlowStepsCommand({ JobFlowId: id, Steps: [step("late")] }));
    await place.clock.advance(900_000);
    expect((await look(id))?.Status?.State).toBe("WAITING");
    await place.emr.send(new PutAutoTerminationPolicyCommand({ ClusterId: id, AutoTerminationPolicy: { IdleTimeout: 60 } }));
    await place.clock.advance(61_000);
    expect((await look(id))?.Status?.State).toBe("TERMINATED");
    expect(await errorOf(place.emr.send(new PutAutoTerminationPolicyCommand({ ClusterId: id })))).toContain("InvalidRequestException");
  });

  it("is terminated on request, unless it is protected", async () => {
    const id = await up({ end: () => ({}) }, { Steps: [step("endless"), step("next")] });
    await place.emr.send(new SetTerminationProtectionCommand({ JobFlowIds: [id], TerminationProtected: true }));
    expect(await errorOf(place.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] })))).toContain("termination protected");
    await place.emr.send(new SetTerminationProtectionCommand({ JobFlowIds: [id], TerminationProtected: false }));
    await place.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
    expect((await look(id))?.Status?.State).toBe("TERMINATING");
    await place.clock.advance(1_000);
    await place.endpoint.settled();
    expect(await look(id)).toMatchObject({ Status: { State: "TERMINATED", StateChangeReason: { Code: "USER_REQUEST", Message: "Terminated by user request" } } });
    expect(place.endpoint.submissions).toMatchObject([{ exit: { signal: "SIGKILL" } }]);
    expect(Object.keys(logTexts(place)).filter((uri) => uri.endsWith("controller.gz"))).toHaveLength(1);
    expect((await place.emr.send(new ListInstancesCommand({ ClusterId: id }))).Instances?.map(({ Status }) => Status?.State)).toEqual(["TERMINATED", "TERMINATED", "TERMINATED"]);
    expect(await errorOf(place.emr.send(new AddJobFlowStepsCommand({ JobFlowId: id, Steps: [step("x")] })))).toContain("shutting down, terminating, or finished");
  });

  const groups: RunJobFlowCommandInput["Instances"] = { InstanceGroups: [{ InstanceRole: "MASTER", InstanceType: "m5.xlarge", InstanceCount: 1 }] };
  const fleet = (more: object) => ({ Instances: { InstanceFleets: [{ InstanceFleetType: "MASTER" as const, TargetOnDemandCapacity: 1, InstanceTypeConfigs: [{ InstanceType: "m7g.xlarge" }], ...more }] } });
  it.each<[string, Partial<RunJobFlowCommandInput>, string]>([
    ["an unknown release", { ReleaseLabel: "emr-99.9.9" }, "release label is invalid"],
    ["an application that the release has not", { Applications: [{ Name: "Hive" }] }, "Application 'Hive' is not supported by emr-spark-8.1.0"],
    ["fleets and groups together", { Instances: { ...CLUSTER.Instances, ...groups } }, "mutually exclusive"],
    ["an unknown instance type", fleet({ InstanceTypeConfigs: [{ InstanceType: "nope" }] }), "Instance type 'nope' is not supported"],
    ["two primary nodes", fleet({ TargetOnDemandCapacity: 2 }), "exactly 1"],
    ["a weight of 0", fleet({ InstanceTypeConfigs: [{ InstanceType: "m7g.xlarge", WeightedCapacity: 0 }] }), "cannot be 0"],
    ["a service role that is not there", { ServiceRole: "Nobody" }, "Service role Nobody"],
    ["a subnet that is not there", { Instances: { ...CLUSTER.Instances, Ec2SubnetIds: ["subnet-9"] } }, "The subnet ID 'subnet-9' does not exist"],
    ["logs to nowhere", { LogUri: "/var/log" }, "LogUri must be an S3 address"],
    ["an idle time of seconds", { AutoTerminationPolicy: { IdleTimeout: 5 } }, "from 60 to 604800"],
    ["a name that is too long", { Name: "x".repeat(257) }, "257 characters, at most 256"],
    ["a control character", { Name: "a\u0001b" }, "does not match"],
  ])("of %s is refused", async (_, more, told) => {
    place = await fakePlace({ roles: ["EMR_DefaultRole_V2", "EMR_EC2_DefaultRole"], subnets: ["subnet-1", "subnet-2"] });
    expect(await errorOf(launch(more))).toMatch(new RegExp(`ValidationException: .*${told}`));
    expect((await place.emr.send(new ListClustersCommand({}))).Clusters).toEqual([]);
  });

  it("that nobody knows is an InvalidRequestException to some calls and a ValidationException to others", async () => {
    place = await fakePlace();
    expect(await errorOf(look("j-NONE"))).toBe("InvalidRequestException: Cluster id 'j-NONE' is not valid.");
    expect(await errorOf(place.emr.send(new AddJobFlowStepsCommand({ JobFlowId: "j-NONE", Steps: [] })))).toBe("ValidationException: Specified job flow ID does not exist.");
  });
});

describe("lists of clusters", () => {
  it("have 50 a page, no tags, and filters of state and time", async () => {
    place = await fakePlace({ limits: false });
    const made: string[] = [];
    for (let index = 0; index < 60; index++) made.push(await launch({ Name: `cluster ${index}` }));
    const pages: string[][] = [];
    for await (const { Clusters = [] } of paginateListClusters({ client: place.emr }, {})) pages.push(Clusters.map(({ Id = "" }) => Id));
    expect(pages.map((each) => each.length)).toEqual([50, 10]);
    expect(new Set(pages.flat())).toEqual(new Set(made));
    const { Clusters = [] } = await place.emr.send(new ListClustersCommand({ ClusterStates: ["STARTING"], CreatedAfter: new Date(place.clock.now() - 1000) }));
    expect(Clusters).toHaveLength(50);
    expect(Clusters[0]).not.toHaveProperty("Tags");
    expect((await place.emr.send(new ListClustersCommand({ CreatedBefore: new Date(place.clock.now() - 1000) }))).Clusters).toEqual([]);
  });
});

describe("fleets", () => {
  it("hold instances by weight and market, and follow new targets", async () => {
    const id = await up();
    const fleets = async () => (await place.emr.send(new ListInstanceFleetsCommand({ ClusterId: id }))).InstanceFleets ?? [];
    const core = (await fleets()).find(({ InstanceFleetType }) => InstanceFleetType === "CORE");
    expect(core).toMatchObject({ Status: { State: "RUNNING" }, TargetOnDemandCapacity: 4, ProvisionedOnDemandCapacity: 4, ProvisionedSpotCapacity: 4 });
    const instances = async () => (await place.emr.send(new ListInstancesCommand({ ClusterId: id, InstanceFleetType: "CORE", InstanceStates: ["RUNNING"] }))).Instances ?? [];
    expect((await instances()).map(({ Market, InstanceType }) => [Market, InstanceType])).toEqual([["ON_DEMAND", "r7g.xlarge"], ["SPOT", "r7g.xlarge"]]);
    await place.emr.send(new ModifyInstanceFleetCommand({ ClusterId: id, InstanceFleet: { InstanceFleetId: core?.Id, TargetOnDemandCapacity: 4, TargetSpotCapacity: 16 } }));
    expect((await fleets()).find(({ Id }) => Id === core?.Id)?.Status?.State).toBe("RESIZING");
    await place.clock.advance(1_000);
    expect(await instances()).toHaveLength(5);
    await place.emr.send(new ModifyInstanceFleetCommand({ ClusterId: id, InstanceFleet: { InstanceFleetId: core?.Id, TargetOnDemandCapacity: 4, TargetSpotCapacity: 0 } }));
    await place.clock.advance(1_000);
    expect((await instances()).map(({ Market }) => Market)).toEqual(["ON_DEMAND"]);
  });

  it("of the primary node cannot be resized", async () => {
    const id = await up();
    const { InstanceFleets } = await place.emr.send(new ListInstanceFleetsCommand({ ClusterId: id }));
    expect(await errorOf(place.emr.send(new ModifyInstanceFleetCommand({ ClusterId: id, InstanceFleet: { InstanceFleetId: InstanceFleets?.[0]?.Id, TargetOnDemandCapacity: 2 } })))).toContain("cannot be resized");
  });

  it("scale between limits in fleet units only", async () => {
    const id = await up();
    const put = (limits: object) => errorOf(place.emr.send(new PutManagedScalingPolicyCommand({ ClusterId: id, ManagedScalingPolicy: { ComputeLimits: { UnitType: "InstanceFleetUnits", MinimumCapacityUnits: 4, MaximumCapacityUnits: 8, ...limits } } })));
    expect(await put({})).toBeUndefined();
    expect(await put({ UnitType: "VCPU" })).toContain("InstanceFleetUnits");
    expect(await put({ MaximumCapacityUnits: 2 })).toContain("must not exceed");
  });
});

describe("what EMR knows", () => {
  it("are releases, their applications and instance types", async () => {
    place = await fakePlace();
    const { ReleaseLabels } = await place.emr.send(new ListReleaseLabelsCommand({ Filters: { Application: "spark@4" } }));
    expect(ReleaseLabels).toEqual(["emr-spark-8.1.0", "emr-spark-8.0.0"]);
    expect((await place.emr.send(new DescribeReleaseLabelCommand({ ReleaseLabel: "emr-7.13.0" }))).Applications).toContainEqual({ Name: "Spark", Version: "3.5.6-amzn-2" });
    const types: string[] = [];
    for await (const { SupportedInstanceTypes = [] } of paginateListSupportedInstanceTypes({ client: place.emr }, { ReleaseLabel: "emr-spark-8.1.0" })) types.push(...SupportedInstanceTypes.map(({ Type = "" }) => Type));
    expect(types).toContain("r7g.4xlarge");
    expect(new Set(types).size).toBe(types.length);
  });

  it("are tags that were added", async () => {
    const id = await up();
    await place.emr.send(new AddTagsCommand({ ResourceId: id, Tags: [{ Key: "run", Value: "r1" }] }));
    expect((await look(id))?.Tags).toEqual([{ Key: "carelake-key", Value: "0123" }, { Key: "run", Value: "r1" }]);
  });
});
