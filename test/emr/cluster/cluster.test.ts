// The EMR engine against an endpoint that is held to the service's model. The processes are made up; what is asked,
// answered, lost and found again is real.

import { afterEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../driver/engine.js";
import { ProblemError } from "../../../driver/problems.js";
import { emrEngine } from "../../../emr/cluster/cluster.js";
import type { FakeEnd, Work } from "../../endpoint/workplace.js";
import type { AwsPlace, MemoryObjects } from "../aws-place.js";
import { awsPlace, LAKE, settingsOf, stageAt } from "../aws-place.js";

let place: AwsPlace | undefined;
afterEach(async () => {
  await place?.stop();
  place = undefined;
});

const started = async (end: (work: Work, objects: MemoryObjects) => FakeEnd = () => ({ ms: 5000 })): Promise<AwsPlace> => (place = await awsPlace(end));
const handleOf = (attempt: number, stage = "raw") => ({ engine: "emr" as const, ref: `${LAKE}/ledger/stages/0a1b2c3d-1/${stage}-${attempt}` });
const inputs = ({ endpoint }: AwsPlace, operation: string) => endpoint.calls.filter((call) => call.operation === operation).map(({ input }) => input);
const lives = ({ endpoint }: AwsPlace, kind: string) => endpoint.traces.filter((trace) => trace.kind === kind);

async function ended(engine: Engine, { endpoint }: AwsPlace, handle = handleOf(1)) {
  for (let looks = 0; looks < 500; looks++) {
    const state = await engine.describe(handle);
    if (state.state !== "running") return state;
    await endpoint.clock.advance(2000);
  }
  throw new Error("it never ended");
}

/** A cluster that somebody else has started. */
async function standing(aws: AwsPlace, emr: Readonly<Record<string, unknown>> = { security_configuration: "carelake-roles" }): Promise<string> {
  const engine = emrEngine(aws.options({ emr }));
  expect((await engine.prepare?.({ engine: "emr", ref: `${LAKE}/ledger/stages/other/raw-1` }, settingsOf()))?.ok).toBe(true);
  await aws.endpoint.clock.advance(60_000);
  return lives(aws, "cluster")[0]?.id ?? "";
}

describe("a stage on EMR", () => {
  it("is one step on a cluster of its own, which ends with it", async () => {
    const aws = await started();
    const engine = emrEngine(aws.options({ emr: { subnets: ["subnet-0a", "subnet-0b"], idle_minutes: 7 } }));
    expect(await engine.submit(stageAt(1), settingsOf({ "spark.driver.extraJavaOptions": "-Da=1 -Db='x y'" }))).toEqual({ ok: true, value: handleOf(1) });
    const [cluster] = inputs(aws, "RunJobFlow");
    expect(cluster).toMatchObject({
      ReleaseLabel: "emr-spark-8.1.0",
      LogUri: `${LAKE}/logs/`,
      AutoTerminationPolicy: { IdleTimeout: 420 },
      StepConcurrencyLevel: 1,
      Instances: { KeepJobFlowAliveWhenNoSteps: true, Ec2SubnetIds: ["subnet-0a", "subnet-0b"] },
    });
    expect(cluster).not.toHaveProperty("BootstrapActions");
    expect(cluster?.["Tags"]).toContainEqual({ Key: "team", Value: "claims" });
    expect(cluster?.["Instances"]).toMatchObject({
      InstanceFleets: [
        { InstanceFleetType: "MASTER", TargetOnDemandCapacity: 1, TargetSpotCapacity: 0 },
        { InstanceFleetType: "CORE", TargetOnDemandCapacity: 2, InstanceTypeConfigs: [{ InstanceType: "m7g.xlarge", WeightedCapacity: 1 }, { InstanceType: "m7g.2xlarge", WeightedCapacity: 2 }] },
        { InstanceFleetType: "TASK", TargetSpotCapacity: 4, LaunchSpecifications: { SpotSpecification: { TimeoutAction: "SWITCH_TO_ON_DEMAND" } } },
      ],
    });
    const [added] = inputs(aws, "AddJobFlowSteps");
    expect(added?.["Steps"]).toMatchObject([{ Name: expect.stringMatching(/^carelake 0a1b2c3d-1 raw-1 [0-9a-f]{32}$/), ActionOnFailure: "CONTINUE", HadoopJarStep: { Jar: "command-runner.jar" } }]);
    expect(await ended(engine, aws)).toEqual({ state: "finished", exitCode: 0 });
    await aws.endpoint.clock.advance(1000);
    expect(lives(aws, "cluster")[0]?.steps.at(-1)?.state).toBe("TERMINATED");
    // One word stays one word.
    expect(aws.endpoint.submissions[0]?.argv).toContainEqual(expect.stringMatching(/^spark\.driver\.extraJavaOptions=-Da=1 -Db='x y' /));
    expect(aws.endpoint.submissions[0]?.given.at(-1)).toBe(`${handleOf(1).ref}/stage.json`);
  });

  it("is refused where the plan does not say what it runs on", async () => {
    const aws = await started();
    const submitted = await emrEngine(aws.options()).submit(stageAt(1), { conf: {}, env: [] });
    expect(submitted.ok ? [] : submitted.problems).toMatchObject([{ code: "shape-missing" }]);
  });

  it("buys everything on demand where the profile wants no spot", async () => {
    const aws = await started();
    await emrEngine(aws.options({ emr: { spot: false } })).submit(stageAt(1), settingsOf());
    expect(inputs(aws, "RunJobFlow")[0]?.["Instances"]).toMatchObject({ InstanceFleets: [{}, {}, { InstanceFleetType: "TASK", TargetOnDemandCapacity: 4, TargetSpotCapacity: 0 }] });
  });

  it("works under the job's role, or under the cluster's where the profile names none", async () => {
    const aws = await started();
    await emrEngine(aws.options({ emr: { security_configuration: "carelake-roles" } })).submit(stageAt(1), settingsOf());
    await emrEngine(aws.options({ job_role: undefined })).submit(stageAt(2), settingsOf());
    expect(inputs(aws, "RunJobFlow").map((input) => input["SecurityConfiguration"])).toEqual(["carelake-roles", undefined]);
    expect(inputs(aws, "AddJobFlowSteps").map((input) => input["ExecutionRoleArn"])).toEqual(["arn:aws:iam::123456789012:role/carelake-job", undefined]);
  });

  it("is refused by a cluster that cannot give it the job's role", async () => {
    const aws = await started();
    const id = await standing(aws, {});
    expect(await emrEngine(aws.options({ emr: { cluster: id } })).submit(stageAt(1), settingsOf())).toMatchObject({ ok: false, problems: [{ code: "cluster-unfit", cluster: id }] });
    expect(inputs(aws, "AddJobFlowSteps")).toEqual([]);
  });

  it("is submitted once, on one cluster, whatever becomes of the answers", async () => {
    const aws = await started();
    for (const operation of ["RunJobFlow", "AddJobFlowSteps"]) {
      aws.endpoint.faults.order({ fault: "lost-reply", operation });
      aws.endpoint.faults.order({ fault: "stale-list", operation: operation === "RunJobFlow" ? "ListClusters" : "ListSteps", ms: 6000, count: 3 });
    }
    aws.endpoint.faults.order({ fault: "throttled", operation: "*", share: 0.2 });
    const engine = emrEngine(aws.options());
    expect((await engine.submit(stageAt(1), settingsOf())).ok).toBe(true);
    expect(await ended(engine, aws)).toEqual({ state: "finished", exitCode: 0 });
    expect(lives(aws, "cluster")).toHaveLength(1);
    expect(lives(aws, "step")).toHaveLength(1);
  });

  it("is asked for again when the first request came to nothing", async () => {
    const aws = await started();
    aws.endpoint.faults.order({ fault: "reset", operation: "RunJobFlow" });
    aws.endpoint.faults.order({ fault: "internal-error", operation: "AddJobFlowSteps" });
    const engine = emrEngine(aws.options());
    expect((await engine.submit(stageAt(1), settingsOf())).ok).toBe(true);
    expect(lives(aws, "cluster")).toHaveLength(1);
    expect(lives(aws, "step")).toHaveLength(1);
  });

  it("is told as lost when nothing stands under its key, and the same attempt goes on from there", async () => {
    const aws = await started();
    aws.endpoint.faults.order({ fault: "reset", operation: "AddJobFlowSteps", count: 100 });
    expect(await emrEngine(aws.options()).submit(stageAt(1), settingsOf())).toMatchObject({ ok: false, problems: [{ code: "aws-unreachable", operation: "AddJobFlowSteps" }] });
    aws.endpoint.faults.clear();
    const second = emrEngine(aws.options());
    expect(await second.describe(handleOf(1))).toEqual({ state: "lost" });
    expect((await second.submit(stageAt(1), settingsOf())).ok).toBe(true);
    expect(await ended(second, aws)).toEqual({ state: "finished", exitCode: 0 });
    expect(lives(aws, "step")).toHaveLength(1);
  });

  it.each(["submission.json", "target.json and submission.json"])("is found by another driver without %s of the first", async (missing) => {
    const aws = await started();
    await emrEngine(aws.options()).submit(stageAt(1), settingsOf());
    const ref = handleOf(1).ref;
    aws.objects.all.delete(`${ref}/submission.json`);
    if (missing.includes("target")) {
      // As it stood before RunJobFlow had answered.
      const target = JSON.parse(aws.objects.all.get(`${ref}/target.json`)?.toString() ?? "");
      await aws.objects.put(`${ref}/target.json`, JSON.stringify({ ...target, cluster: null }));
    }
    const second = emrEngine(aws.options());
    expect(await second.describe(handleOf(1))).toMatchObject({ state: "running" });
    expect((await second.submit(stageAt(1), settingsOf())).ok).toBe(true);
    expect(await ended(second, aws)).toEqual({ state: "finished", exitCode: 0 });
    expect([lives(aws, "cluster").length, lives(aws, "step").length]).toEqual([1, 1]);
    const before = aws.endpoint.calls.length;
    expect(await emrEngine(aws.options()).describe(handleOf(1))).toEqual({ state: "finished", exitCode: 0 });
    expect(aws.endpoint.calls).toHaveLength(before);
  });

  it("takes the cluster that was started ahead for it", async () => {
    const aws = await started();
    const engine = emrEngine(aws.options());
    expect(await engine.prepare?.(handleOf(1), settingsOf())).toEqual({ ok: true, value: undefined });
    await aws.endpoint.clock.advance(10_000);
    await emrEngine(aws.options()).submit(stageAt(1), settingsOf());
    expect(lives(aws, "cluster")).toHaveLength(1);
  });

  it("that failed is judged by its step, and says why as soon as the service does", async () => {
    const aws = await started(() => ({ ms: 1000, code: 1, stderr: "pyspark.errors.AnalysisException: no such table\n" }));
    aws.endpoint.faults.order({ fault: "failure-details-late", ms: 180_000 });
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    const early = await ended(engine, aws);
    expect(early).toEqual({ state: "finished", exitCode: null });
    await aws.endpoint.clock.advance(180_000);
    expect(await emrEngine(aws.options()).describe(handleOf(1))).toMatchObject({ state: "finished", exitCode: null, reason: expect.stringContaining("AnalysisException") });
  });

  it.each([
    ["bootstrap-failure", "bootstrap"],
    ["fleet-timeout", "capacity"],
    ["interrupted", "instance-loss"],
  ] as const)("that met %s is never a success and names the cause", async (fault, cause) => {
    const aws = await started();
    aws.endpoint.faults.order({ fault });
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    expect(await ended(engine, aws)).toMatchObject({ state: "finished", exitCode: null, cause });
  });

  it("that died of a lost spot instance says so", async () => {
    const aws = await started(() => ({}));
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await aws.endpoint.clock.advance(10_000);
    aws.endpoint.loseSpot(lives(aws, "cluster")[0]?.id ?? "");
    expect(await ended(engine, aws)).toMatchObject({ state: "finished", cause: "instance-loss", reason: expect.stringMatching(/^1 spot instance was taken away while it ran: i-/) });
  });

  it("is held to its time limit by whoever looks", async () => {
    const aws = await started(() => ({ isStubborn: true }));
    const engine = emrEngine(aws.options({ time_limit_minutes: 5 }));
    await engine.submit(stageAt(1), settingsOf());
    expect(await ended(engine, aws)).toEqual({ state: "finished", exitCode: null, cause: "time-limit", reason: "it reached its time limit of 5 minutes" });
  });

  it("waits in words for its cluster and for its turn", async () => {
    const aws = await started(() => ({}));
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    expect(await engine.describe(handleOf(1))).toMatchObject({ state: "running", detail: expect.stringMatching(/^waits for the cluster j-.*STARTING/) });
    await aws.endpoint.clock.advance(10_000);
    expect(await engine.describe(handleOf(1))).toEqual({ state: "running", detail: "running" });
  });

  it("keeps to three calls a minute at its own pace", async () => {
    const aws = await started(() => ({}));
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    const before = aws.endpoint.calls.length;
    for (let passed = 0; passed < 1_200_000; passed += engine.pace ?? 0) {
      await engine.describe(handleOf(1));
      await aws.endpoint.clock.advance(engine.pace ?? 0);
    }
    expect(aws.endpoint.calls.length - before).toBeLessThanOrEqual(60);
  });

  it("is billed instance by instance", async () => {
    const aws = await started(() => ({ ms: 60_000 }));
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await ended(engine, aws);
    await aws.endpoint.clock.advance(60_000);
    const usage = await engine.usage?.(handleOf(1));
    expect(usage).toMatchObject({ engine: "emr", final: true, shared: false });
    const instances = usage?.engine === "emr" ? usage.instances : [];
    expect(instances.filter(({ market }) => market === "SPOT")).toEqual([expect.objectContaining({ type: "m7g.2xlarge" }), expect.objectContaining({ type: "m7g.2xlarge" })]);
    expect(Math.min(...instances.map(({ seconds }) => seconds))).toBeGreaterThanOrEqual(60);
  });

  it("whose arguments are too long for a step is refused before anything is started for it", async () => {
    const aws = await started();
    const answer = await emrEngine(aws.options()).submit(stageAt(1), settingsOf({ "spark.app.note": "x".repeat(11_000) }));
    expect(answer).toMatchObject({ ok: false, problems: [{ code: "step-too-long", limit: 10_240 }] });
    expect(lives(aws, "cluster")).toEqual([]);
  });
});

describe("cancelling a stage on EMR", () => {
  it("ends step and cluster, and names who did it", async () => {
    const aws = await started(() => ({}));
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await aws.endpoint.clock.advance(10_000);
    await engine.cancel(handleOf(1));
    expect(await emrEngine(aws.options()).describe(handleOf(1))).toMatchObject({ state: "finished", cause: "cancelled", reason: expect.stringMatching(/^cancelled by ada@laptop at/) });
    await aws.endpoint.clock.advance(10_000);
    expect(lives(aws, "cluster")[0]?.steps.at(-1)?.state).toBe("TERMINATED");
  });

  it("reaches a step whose cluster is not up yet", async () => {
    const aws = await started(() => ({}));
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await engine.cancel(handleOf(1));
    expect(await engine.describe(handleOf(1))).toMatchObject({ state: "finished", cause: "cancelled" });
    await aws.endpoint.clock.advance(10_000);
    expect(lives(aws, "cluster")[0]?.steps.at(-1)?.state).toBe("TERMINATED");
    expect(aws.endpoint.submissions).toEqual([]);
  });

  it("kills what does not end when told", async () => {
    const aws = await started(() => ({ isStubborn: true }));
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await aws.endpoint.clock.advance(10_000);
    await engine.cancel(handleOf(1));
    expect(inputs(aws, "CancelSteps").map((input) => input["StepCancellationOption"])).toEqual(["SEND_INTERRUPT", "TERMINATE_PROCESS"]);
    expect(await engine.describe(handleOf(1))).toMatchObject({ state: "finished", cause: "cancelled" });
  });

  it("ends a cluster that was started ahead", async () => {
    const aws = await started();
    const engine = emrEngine(aws.options());
    await engine.prepare?.(handleOf(1), settingsOf());
    await engine.cancel(handleOf(1));
    await aws.endpoint.clock.advance(10_000);
    expect(lives(aws, "cluster")[0]?.steps.at(-1)?.state).toBe("TERMINATED");
  });
});

describe("a cluster for the run", () => {
  it("serves stage after stage with task nodes for each, and ends when the run is over", async () => {
    const aws = await started();
    const engine = emrEngine(aws.options({ emr: { cluster: "per-run" } }));
    const { shape } = settingsOf();
    await engine.submit(stageAt(1), settingsOf());
    expect(await ended(engine, aws)).toEqual({ state: "finished", exitCode: 0 });
    expect(lives(aws, "cluster")[0]?.steps.at(-1)?.state).toBe("WAITING");
    const task = { types: shape?.cluster?.task?.types ?? [], on_demand_units: 0, spot_units: 8 };
    const cluster = { primary: shape!.cluster!.primary, core: shape!.cluster!.core, task };
    const second = emrEngine(aws.options({ emr: { cluster: "per-run" } }));
    await second.submit(stageAt(1, "0a1b2c3d-1", "curated"), settingsOf({}, cluster));
    expect(inputs(aws, "ModifyInstanceFleet")).toMatchObject([{ InstanceFleet: { TargetOnDemandCapacity: 0, TargetSpotCapacity: 8 } }]);
    expect(await ended(second, aws, handleOf(1, "curated"))).toEqual({ state: "finished", exitCode: 0 });
    expect(lives(aws, "cluster")).toHaveLength(1);
    await second.release?.("0a1b2c3d-1");
    await aws.endpoint.clock.advance(10_000);
    expect(lives(aws, "cluster")[0]?.steps.at(-1)?.state).toBe("TERMINATED");
  });
});

describe("a cluster that is there already", () => {
  it("gets a step and is left as it is", async () => {
    const aws = await started();
    const id = await standing(aws);
    const engine = emrEngine(aws.options({ emr: { cluster: id } }));
    await engine.submit(stageAt(1), settingsOf());
    expect(await ended(engine, aws)).toEqual({ state: "finished", exitCode: 0 });
    await aws.endpoint.clock.advance(30_000);
    expect(lives(aws, "cluster")).toHaveLength(1);
    expect(inputs(aws, "TerminateJobFlows")).toEqual([]);
    const error = await engine.cancel(handleOf(1)).catch((thrown: unknown) => thrown);
    expect(error).toBeUndefined();
  });

  it("that is gone is told with its state", async () => {
    const aws = await started();
    const answer = await emrEngine(aws.options({ emr: { cluster: "j-1K48XXXXXXHCB" } })).submit(stageAt(1), settingsOf());
    expect(answer).toMatchObject({ ok: false, problems: [{ code: "cluster-gone", cluster: "j-1K48XXXXXXHCB", state: "it is not in this account and region" }] });
  });

  it("is looked at once for ten stages", async () => {
    const aws = await started(() => ({}));
    const id = await standing(aws);
    const engine = emrEngine(aws.options({ emr: { cluster: id } }));
    const stages = Array.from({ length: 10 }, (_, index) => `s${index}`);
    for (const stage of stages) await engine.submit(stageAt(1, "0a1b2c3d-1", stage), settingsOf());
    await Promise.all(stages.map((stage) => engine.describe(handleOf(1, stage))));
    const before = inputs(aws, "ListSteps").length;
    const states = await Promise.all(stages.map((stage) => engine.describe(handleOf(1, stage))));
    expect(states.map(({ state }) => state)).toEqual(stages.map(() => "running"));
    expect(inputs(aws, "ListSteps").length - before).toBe(1);
  });
});

describe("the logs of a step", () => {
  const failing = (): FakeEnd => ({ ms: 1000, code: 1, stderr: `${Array.from({ length: 900 }, (_, line) => `line ${line}`).join("\n")}\njava.lang.OutOfMemoryError: Java heap space\n`, stdout: "hello\n" });

  it("come when its cluster ends, controller first and the driver's words last", async () => {
    const aws = await started(failing);
    aws.endpoint.faults.order({ fault: "logs-late", ms: 600_000 });
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await ended(engine, aws);
    const early = await engine.logs(handleOf(1));
    expect(early).toMatchObject({ complete: false, tail: [], place: expect.stringMatching(/^s3:\/\/lake\/medicare\/logs\/j-.+\/steps\/s-.+\/$/) });
    expect(early.parts?.map(({ is }) => is)).toEqual(["not there yet", "not there yet"]);
    await aws.endpoint.clock.advance(600_000);
    await aws.endpoint.settled();
    const late = await engine.logs(handleOf(1));
    expect(late).toMatchObject({ complete: true });
    expect(late.parts?.map(({ place: where, is }) => [where.split("/").at(-1), is])).toEqual([["controller.gz", "read"], ["stderr.gz", "read"], ["stdout.gz", "read"]]);
    expect(late.tail).toHaveLength(400);
    expect(late.tail.at(-1)).toBe("java.lang.OutOfMemoryError: Java heap space");
    expect(late.tail.some((line) => line.includes("Step failed with exitCode 1"))).toBe(true);
  });

  it.each(["logs-txt", "logs-rotated"] as const)("are read as they are named (%s)", async (fault) => {
    const aws = await started(failing);
    aws.endpoint.faults.order({ fault });
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await ended(engine, aws);
    await aws.endpoint.clock.advance(60_000);
    await aws.endpoint.settled();
    const { tail, complete } = await engine.logs(handleOf(1));
    expect([complete, tail.at(-1), tail.at(-2)]).toEqual([true, "java.lang.OutOfMemoryError: Java heap space", "line 899"]);
  });

  it("in cluster mode are those of the first container", async () => {
    const aws = await started(failing);
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf({ "spark.submit.deployMode": "cluster" }));
    await ended(engine, aws);
    await aws.endpoint.clock.advance(60_000);
    await aws.endpoint.settled();
    const { tail, parts } = await engine.logs(handleOf(1));
    expect(parts?.map(({ place: where }) => where)).toContainEqual(expect.stringMatching(/containers\/application_\d+_0001\/container_.+_000001\/stderr\.gz$/));
    expect(tail.join("\n")).toContain("java.lang.OutOfMemoryError: Java heap space");
  });
});

describe("the logs of a cluster that did not come up", () => {
  it("are those of the machine whose bootstrap action failed, and the stage is over once they have come", async () => {
    const aws = await started();
    aws.endpoint.faults.order({ fault: "bootstrap-failure" });
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    const state = await ended(engine, aws);
    await aws.endpoint.settled();
    const [, node = ""] = /\((i-[0-9a-f]+)\)/.exec(state.state === "finished" ? (state.reason ?? "") : "") ?? [];
    // Another driver, which has nothing but the records.
    const { place: folder, tail, parts, complete } = await emrEngine(aws.options()).logs(handleOf(1));
    expect(folder).toMatch(/^s3:\/\/lake\/medicare\/logs\/j-[^/]+\/node\/$/);
    expect(parts.map(({ place: where, process, is }) => [where.slice(folder.length), process, is])).toEqual([
      [`${node}/bootstrap-actions/1/stderr.gz`, "node", "read"],
      [`${node}/bootstrap-actions/1/stdout.gz`, "node", "read"],
      [`${node}/bootstrap-actions/1/controller.gz`, "controller", "read"],
    ]);
    expect([complete, tail.at(-2)]).toEqual([true, "curl: (6) Could not resolve host: packages.example.com"]);
  });

  it("are named as not there yet while they are late", async () => {
    const aws = await started();
    aws.endpoint.faults.order({ fault: "bootstrap-failure" });
    aws.endpoint.faults.order({ fault: "logs-late", ms: 600_000 });
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await ended(engine, aws);
    expect(await engine.logs(handleOf(1))).toMatchObject({ tail: [], complete: false, parts: [{ place: expect.stringMatching(/\/node\/$/), is: "not there yet" }] });
  });
});

describe("a service that does not answer", () => {
  it("has ended nothing", async () => {
    const aws = await started(() => ({}));
    const engine = emrEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    aws.endpoint.faults.order({ fault: "reset", operation: "*", count: 1000 });
    expect(await engine.describe(handleOf(1))).toEqual({ state: "running", detail: expect.stringContaining("AWS does not answer DescribeCluster") });
  });

  it("that refuses the credentials is a problem of its own", async () => {
    const aws = await started();
    const options = aws.options();
    options.clients.emr.middlewareStack.add(() => async () => Promise.reject(Object.assign(new Error("The security token included in the request is expired"), { name: "ExpiredTokenException", $metadata: { httpStatusCode: 400 } })), { step: "initialize" });
    const answer = await emrEngine(options).submit(stageAt(1), settingsOf());
    expect(answer).toMatchObject({ ok: false, problems: [{ code: "aws-credentials" }] });
    const error = await emrEngine(options).describe(handleOf(1)).catch((thrown: unknown) => thrown);
    expect(error instanceof ProblemError && error.problem.code).toBe("aws-credentials");
  });
});
