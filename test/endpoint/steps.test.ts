// Steps of EMR on EC2 as its clients see them, by the AWS SDK; processes are fakes and time is moved.

import { AddJobFlowStepsCommand, CancelStepsCommand, DescribeClusterCommand, DescribeStepCommand, ListStepsCommand, ModifyClusterCommand, RunJobFlowCommand, paginateListSteps, type RunJobFlowCommandInput, type StepConfig } from "@aws-sdk/client-emr";
import { afterEach, describe, expect, it } from "vitest";
import { CLUSTER, errorOf, fakePlace, logTexts, statesOf, step, type Place, type PlaceOptions } from "./place.js";

let place: Place;
let cluster: string;
afterEach(() => place.stop());

async function up(options: PlaceOptions = {}, more: Partial<RunJobFlowCommandInput> = {}): Promise<void> {
  place = await fakePlace({ limits: false, ...options });
  cluster = (await place.emr.send(new RunJobFlowCommand({ ...CLUSTER, ...more }))).JobFlowId ?? "";
  await place.clock.advance(1_000);
}

const add = async (...Steps: StepConfig[]): Promise<string[]> => (await place.emr.send(new AddJobFlowStepsCommand({ JobFlowId: cluster, Steps }))).StepIds ?? [];
const look = async (StepId = "") => (await place.emr.send(new DescribeStepCommand({ ClusterId: cluster, StepId }))).Step;
const states = (ids: readonly string[]) => ids.map((id) => statesOf(place, id).at(-1));
const clusterState = async () => (await place.emr.send(new DescribeClusterCommand({ ClusterId: cluster }))).Cluster?.Status;
const args = (...Args: string[]): Partial<StepConfig> => ({ HadoopJarStep: { Jar: "command-runner.jar", Args } });

describe("a step", () => {
  it("waits for its turn, runs, completes, and leaves its logs", async () => {
    await up({ end: () => ({ ms: 1_000, stdout: "out", stderr: "err\n" }) });
    const [first = "", second = ""] = await add(step("one"), step("two"));
    await place.clock.advance(500);
    expect(states([first, second])).toEqual(["RUNNING", "PENDING"]);
    expect((await clusterState())?.State).toBe("RUNNING");
    await place.clock.advance(5_000);
    await place.endpoint.settled();
    expect(statesOf(place, second)).toEqual(["PENDING", "RUNNING", "COMPLETED"]);
    const { Status, Config } = (await look(first)) ?? {};
    expect(Config?.Args?.slice(0, 3)).toEqual(["spark-submit", "--conf", "spark.executor.cores=4"]);
    expect((Status?.Timeline?.EndDateTime?.getTime() ?? 0) - (Status?.Timeline?.StartDateTime?.getTime() ?? 0)).toBe(1_000);
    const logs = logTexts(place);
    const at = `s3://lake/logs/${cluster}/steps/${first}/`;
    expect(logs[`${at}stdout.gz`]).toBe("out");
    expect(logs[`${at}stderr.gz`]).toMatch(/Submitted application application_\d+_0001\nerr\n$/);
    expect(logs[`${at}controller.gz`]).toMatch(/INFO startExec 'hadoop jar .*command-runner\.jar spark-submit[^]*Step succeeded with exitCode 0 and took 1 seconds/);
  });

  it("in cluster mode has the driver's log in its first container", async () => {
    await up({ end: () => ({ ms: 10, code: 1, stderr: "Traceback\nValueError: no\n" }) });
    const [id = ""] = await add(step("one", args("spark-submit", "--deploy-mode", "cluster", "s3://lake/x.py")));
    await place.clock.advance(5_000);
    await place.endpoint.settled();
    const logs = logTexts(place);
    expect(logs[`s3://lake/logs/${cluster}/steps/${id}/stderr.gz`]).toMatch(/finished with failed status/);
    expect(logs[`s3://lake/logs/${cluster}/steps/${id}/stderr.gz`]).not.toContain("ValueError");
    expect(Object.entries(logs).find(([uri]) => /containers\/application_\d+_0001\/container_\d+_0001_01_000001\/stderr\.gz$/.test(uri))?.[1]).toContain("ValueError");
    expect(await look(id)).toMatchObject({ Status: { State: "FAILED", FailureDetails: { Message: "ValueError: no", LogFile: `s3://lake/logs/${cluster}/steps/${id}/stderr.gz` } } });
  });

  it.each([
    ["a command that is not there", args("spark-submitt", "x.py"), /Cannot run program "spark-submitt"/],
    ["a JAR that is not there", { HadoopJarStep: { Jar: "s3://lake/gone.jar" } }, /Error fetching jar file/],
  ])("of %s fails with nothing but its controller log", async (_, more, told) => {
    await up();
    const [id = ""] = await add(step("bad", more));
    await place.clock.advance(5_000);
    await place.endpoint.settled();
    expect(states([id])).toEqual(["FAILED"]);
    expect(Object.keys(logTexts(place))).toEqual([`s3://lake/logs/${cluster}/steps/${id}/controller.gz`]);
    expect(Object.values(logTexts(place))[0]).toMatch(told);
  });

  it.each([
    ["CONTINUE", ["FAILED", "COMPLETED"], "WAITING"],
    ["CANCEL_AND_WAIT", ["FAILED", "CANCELLED"], "WAITING"],
    ["TERMINATE_CLUSTER", ["FAILED", "CANCELLED"], "TERMINATED_WITH_ERRORS"],
  ] as const)("that fails with %s leaves the others %s and the cluster %s", async (ActionOnFailure, wanted, state) => {
    await up({ end: ({ id }) => ({ ms: 10, code: id === place.endpoint.traces.find(({ kind }) => kind === "step")?.id ? 1 : 0 }) });
    const ids = await add(step("bad", { ActionOnFailure }), step("good"));
    await place.clock.advance(5_000);
    expect(states(ids)).toEqual(wanted);
    expect(await clusterState()).toMatchObject({ State: state, ...(state === "WAITING" ? {} : { StateChangeReason: { Code: "STEP_FAILURE" }, ErrorDetails: [{ ErrorCode: "STEP_FAILURE" }] }) });
  });

  it("runs beside others up to StepConcurrencyLevel, which takes CONTINUE only", async () => {
    await up({ end: () => ({ ms: 10_000 }) });
    await place.emr.send(new ModifyClusterCommand({ ClusterId: cluster, StepConcurrencyLevel: 2 }));
    expect(await errorOf(add(step("no", { ActionOnFailure: "TERMINATE_CLUSTER" })))).toContain("must be CONTINUE");
    const ids = await add(step("a"), step("b"), step("c"));
    await place.clock.advance(1_000);
    expect(states(ids)).toEqual(["RUNNING", "RUNNING", "PENDING"]);
  });
});

describe("cancelling", () => {
  it("ends waiting steps at once and running ones by SIGTERM; over is over", async () => {
    await up({ end: () => ({}) });
    const ids = await add(step("a"), step("b"));
    await place.clock.advance(1_000);
    const { CancelStepsInfoList } = await place.emr.send(new CancelStepsCommand({ ClusterId: cluster, StepIds: [...ids, "s-NONE"] }));
    expect(CancelStepsInfoList?.map(({ Status }) => Status)).toEqual(["SUBMITTED", "SUBMITTED", "FAILED"]);
    await place.clock.advance(1_000);
    expect(statesOf(place, ids[0] ?? "")).toEqual(["PENDING", "RUNNING", "CANCEL_PENDING", "CANCELLED"]);
    expect(statesOf(place, ids[1] ?? "")).toEqual(["PENDING", "CANCELLED"]);
    const again = await place.emr.send(new CancelStepsCommand({ ClusterId: cluster, StepIds: ids }));
    expect(again.CancelStepsInfoList).toMatchObject([{ Status: "FAILED", Reason: expect.stringContaining("CANCELLED") }, { Status: "FAILED" }]);
  });

  it("promises nothing of a process that does not care for SIGTERM, until it is to be killed", async () => {
    await up({ end: () => ({ isStubborn: true }) });
    const ids = await add(step("a"));
    await place.clock.advance(1_000);
    await place.emr.send(new CancelStepsCommand({ ClusterId: cluster, StepIds: ids }));
    await place.clock.advance(600_000);
    expect(states(ids)).toEqual(["CANCEL_PENDING"]);
    await place.emr.send(new CancelStepsCommand({ ClusterId: cluster, StepIds: ids, StepCancellationOption: "TERMINATE_PROCESS" }));
    await place.clock.advance(1_000);
    expect(states(ids)).toEqual(["CANCELLED"]);
  });
});

describe("lists of steps", () => {
  it("have 50 a page, newest first, and filters by state and by ten ids", async () => {
    await up({ end: () => ({ ms: 10 }) });
    const ids = await add(...Array.from({ length: 60 }, (_, index) => step(`step ${index}`)));
    const pages: string[][] = [];
    for await (const { Steps = [] } of paginateListSteps({ client: place.emr }, { ClusterId: cluster })) pages.push(Steps.map(({ Id = "" }) => Id));
    expect(pages.map((each) => each.length)).toEqual([50, 10]);
    expect(pages.flat()).toEqual([...ids].reverse());
    const list = async (more: object) => (await place.emr.send(new ListStepsCommand({ ClusterId: cluster, ...more }))).Steps?.map(({ Id }) => Id);
    expect(new Set(await list({ StepIds: ids.slice(3, 13) }))).toEqual(new Set(ids.slice(3, 13)));
    expect(await list({ StepStates: ["COMPLETED"] })).toEqual([]);
    expect(await errorOf(list({ StepIds: ids.slice(0, 11) }))).toContain("At most 10 step ids");
    expect(await errorOf(look("s-NONE"))).toBe("InvalidRequestException: Step id 's-NONE' is not valid.");
  });
});

describe("limits of steps", () => {
  it("are 10,240 characters, 100 a request and 256 active", async () => {
    await up({ end: () => ({}) });
    const sized = (length: number) => step("sized", args("spark-submit", "x".repeat(length - "command-runner.jar".length - "spark-submit".length)));
    expect(await errorOf(add(sized(10_241)))).toContain("10241 characters together, at most 10240");
    expect(await errorOf(add(sized(10_240)))).toBeUndefined();
    expect(await errorOf(add(...Array.from({ length: 101 }, () => step("many"))))).toContain("At most 100 steps");
    await add(...Array.from({ length: 100 }, () => step("many")));
    await add(...Array.from({ length: 100 }, () => step("many")));
    expect(await errorOf(add(...Array.from({ length: 56 }, () => step("many"))))).toContain("Maximum number of active steps");
    expect(await errorOf(add(...Array.from({ length: 55 }, () => step("many"))))).toBeUndefined();
  });

  it("are 256 a request before emr-7.14", async () => {
    await up({ end: () => ({}) }, { ReleaseLabel: "emr-7.13.0" });
    expect(await errorOf(add(...Array.from({ length: 256 }, () => step("many"))))).toBeUndefined();
  });

  it("are what this machine has: no spark-sql", async () => {
    await up();
    expect(await errorOf(add(step("sql", args("spark-sql", "-f", "s3://lake/x.sql"))))).toContain("it has no spark-sql");
  });
});
