// EMR Serverless as its clients see it, by the AWS SDK; processes are fakes and time is moved.

import { CancelJobRunCommand, CreateApplicationCommand, DeleteApplicationCommand, GetApplicationCommand, GetJobRunCommand, ListApplicationsCommand, ListJobRunAttemptsCommand, ListJobRunsCommand, StartApplicationCommand, StartJobRunCommand, StopApplicationCommand, UpdateApplicationCommand } from "@aws-sdk/client-emr-serverless";
import { afterEach, describe, expect, it } from "vitest";
import { APPLICATION, ROLE, errorOf, fakePlace, jobRun, logTexts, statesOf, type Place, type PlaceOptions } from "./place.js";

let place: Place;
afterEach(() => place.stop());

async function withApplication(options: PlaceOptions = {}, more: object = {}): Promise<string> {
  place = await fakePlace(options);
  const { applicationId } = await place.serverless.send(new CreateApplicationCommand({ ...APPLICATION, ...more }));
  return applicationId ?? "";
}

const start = async (application: string, token = "t1", more: Parameters<typeof jobRun>[2] = {}): Promise<string> => (await place.serverless.send(new StartJobRunCommand(jobRun(application, token, more)))).jobRunId ?? "";
const look = async (applicationId: string, jobRunId: string) => (await place.serverless.send(new GetJobRunCommand({ applicationId, jobRunId }))).jobRun;

describe("a job run", () => {
  it("walks its states, runs the command and leaves its logs", async () => {
    const application = await withApplication({ end: () => ({ ms: 65_000, stderr: "driver says\n" }) });
    const run = await start(application);
    expect((await look(application, run))?.state).toBe("SUBMITTED");
    await place.clock.advance(1_000);
    const running = await look(application, run);
    expect(running).toMatchObject({ state: "RUNNING", mode: "BATCH", executionTimeoutMinutes: 720, attempt: 1 });
    expect(running?.billedResourceUtilization).toBeUndefined();
    await place.clock.advance(70_000);
    await place.endpoint.settled();
    const done = await look(application, run);
    expect(statesOf(place, run)).toEqual(["SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "SUCCESS"]);
    // 2 vCPU and 6 GB (4 GB, a tenth more, up to the next GB) for the driver and 2 executors: 65 s.
    expect(done).toMatchObject({ state: "SUCCESS", totalExecutionDurationSeconds: 65, totalResourceUtilization: { vCPUHour: 0.108, memoryGBHour: 0.271 }, billedResourceUtilization: { storageGBHour: 0 } });
    expect(done?.endedAt?.getTime()).toBeGreaterThan(done?.startedAt?.getTime() ?? 0);
    expect(logTexts(place)[`s3://lake/logs/applications/${application}/jobs/${run}/SPARK_DRIVER/stderr.gz`]).toBe("driver says\n");
    expect(place.endpoint.submissions).toMatchObject([{ id: run, given: ["spark-submit", "--conf", "spark.driver.cores=2", expect.anything(), expect.anything(), expect.anything(), expect.anything(), expect.anything(), expect.anything(), expect.anything(), expect.anything(), expect.anything(), expect.anything(), "s3://lake/code/run_stage.py", "s3://lake/stage.json"], exit: { code: 0 } }]);
  });

  it("is one run for one client token, also after it failed, and a conflict for other parameters", async () => {
    const application = await withApplication({ end: () => ({ ms: 10, code: 1, stderr: "java.lang.OutOfMemoryError: Java heap space\n" }) });
    const run = await start(application);
    await place.clock.advance(1_000);
    expect(await look(application, run)).toMatchObject({ state: "FAILED", stateDetails: expect.stringContaining("ExitCode: 1. Last few exceptions: java.lang.OutOfMemoryError") });
    expect(await start(application)).toBe(run);
    expect(await errorOf(start(application, "t1", { name: "another" }))).toContain("ConflictException");
    expect(await start(application, "t2")).not.toBe(run);
    expect(place.endpoint.submissions).toHaveLength(1);
  });

  it("is cancelled by SIGTERM, and by SIGKILL after the grace period", async () => {
    const application = await withApplication({ end: () => ({ isStubborn: true }) });
    const run = await start(application);
    await place.clock.advance(1_000);
    await place.serverless.send(new CancelJobRunCommand({ applicationId: application, jobRunId: run, shutdownGracePeriodInSeconds: 30 }));
    await place.clock.advance(29_000);
    expect((await look(application, run))?.state).toBe("CANCELLING");
    await place.clock.advance(2_000);
    expect((await look(application, run))?.state).toBe("CANCELLED");
    expect(place.endpoint.submissions[0]?.exit?.signal).toBe("SIGKILL");
    expect(await errorOf(place.serverless.send(new CancelJobRunCommand({ applicationId: application, jobRunId: run })))).toContain("ValidationException");
  });

  it("past its time limit is CANCELLED like one that somebody cancelled", async () => {
    const application = await withApplication({ end: () => ({}) });
    const run = await start(application, "t1", { executionTimeoutMinutes: 5 });
    await place.clock.advance(5 * 60_000);
    expect(statesOf(place, run)).toEqual(["SUBMITTED", "PENDING", "SCHEDULED", "RUNNING"]);
    await place.clock.advance(1_000);
    expect(statesOf(place, run).slice(-2)).toEqual(["CANCELLING", "CANCELLED"]);
  });

  it("tries again under a retry policy, each attempt with its own logs", async () => {
    const application = await withApplication({ end: ({ attempt }) => ({ ms: 10, code: attempt === 1 ? 1 : 0, stdout: `attempt ${attempt}` }) });
    const run = await start(application, "t1", { retryPolicy: { maxAttempts: 2 } });
    await place.clock.advance(2_000);
    await place.endpoint.settled();
    const { jobRunAttempts } = await place.serverless.send(new ListJobRunAttemptsCommand({ applicationId: application, jobRunId: run }));
    expect(jobRunAttempts?.map(({ attempt, state }) => [attempt, state])).toEqual([[1, "FAILED"], [2, "SUCCESS"]]);
    expect(logTexts(place)[`s3://lake/logs/applications/${application}/jobs/${run}/attempts/2/SPARK_DRIVER/stdout.gz`]).toBe("attempt 2");
  });

  it("of a role that cannot be assumed fails and says so", async () => {
    const application = await withApplication({ roles: [] });
    const run = await start(application);
    await place.clock.advance(1_000);
    expect(await look(application, run)).toMatchObject({ state: "FAILED", stateDetails: expect.stringContaining(`Could not assume runtime role ${ROLE}`) });
  });
});

describe("capacity", () => {
  const sized = (driver: string, executor: string, more = "") => ({ jobDriver: { sparkSubmit: { entryPoint: "s3://lake/x.py", sparkSubmitParameters: `--conf spark.driver.cores=${driver} --conf spark.executor.cores=${executor} --conf spark.executor.instances=3 ${more}` } } });

  it("of the account holds runs back, and gives them what is left", async () => {
    const application = await withApplication({ end: () => ({ ms: 60_000 }) });
    // 4 + 3 × 4 = 16 vCPU: the whole quota.
    const first = await start(application, "t1", sized("4", "4"));
    await place.clock.advance(500);
    const second = await start(application, "t2", sized("4", "4"));
    await place.clock.advance(30_000);
    expect(statesOf(place, first)).toContain("RUNNING");
    expect(statesOf(place, second)).toEqual(["SUBMITTED", "PENDING", "SCHEDULED"]);
    await place.clock.advance(60_000);
    expect(statesOf(place, second)).toContain("RUNNING");
  });

  it("of the application that is too small for a driver and one executor fails the run", async () => {
    const application = await withApplication({}, { maximumCapacity: { cpu: "4 vCPU", memory: "16 GB" } });
    const run = await start(application, "t1", sized("4", "4"));
    await place.clock.advance(5_000);
    expect(await look(application, run)).toMatchObject({ state: "FAILED", stateDetails: expect.stringContaining("ApplicationMaxCapacityExceededException") });
  });

  it("of a queue is as many runs at a time as the application allows", async () => {
    const application = await withApplication({ end: () => ({ ms: 10_000 }) }, { schedulerConfiguration: { maxConcurrentRuns: 1, queueTimeoutMinutes: 15 } });
    const [first, second] = [await start(application, "t1"), await start(application, "t2")];
    await place.clock.advance(5_000);
    expect([statesOf(place, first).at(-1), statesOf(place, second).at(-1)]).toEqual(["RUNNING", "QUEUED"]);
    await place.clock.advance(15_000);
    expect((await look(application, second))?.queuedDurationMilliseconds).toBeGreaterThan(5_000);
  });

  it.each([
    ["3 vCPU", "--conf spark.driver.cores=3", "vCPU must be 1, 2, 4, 8, 16 or 32"],
    ["too much memory for its vCPU", "--conf spark.driver.memory=29g", "4 vCPU take 8 to 30 GB"],
    ["32 vCPU with memory left over", "--conf spark.executor.cores=32 --conf spark.executor.memory=70g", "32 vCPU take 60, 120 or 244 GB"],
    ["a maximum below 4 executors", "--conf spark.dynamicAllocation.maxExecutors=2", "must be at least 4"],
    ["too little disk", "--conf spark.emr-serverless.driver.disk=10g", "from 20 to 200 GB"],
    ["an open quote", "--conf 'spark.x=1", "is not closed"],
  ])("refuses %s", async (_, sparkSubmitParameters, told) => {
    const application = await withApplication();
    expect(await errorOf(start(application, "t1", { jobDriver: { sparkSubmit: { entryPoint: "s3://lake/x.py", sparkSubmitParameters } } }))).toMatch(new RegExp(`ValidationException.*${told}`));
  });
});

describe("an application", () => {
  const state = async (applicationId: string) => (await place.serverless.send(new GetApplicationCommand({ applicationId }))).application?.state;

  it("starts by a run, stops when idle and starts again", async () => {
    const application = await withApplication({}, { autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 15 } });
    await place.clock.advance(1_000);
    expect(await state(application)).toBe("CREATED");
    await start(application);
    await place.clock.advance(1_000);
    expect(await state(application)).toBe("STARTED");
    await place.clock.advance(16 * 60_000);
    expect(await state(application)).toBe("STOPPED");
    const run = await start(application, "t2");
    await place.clock.advance(1_000);
    expect(statesOf(place, run).at(-1)).toBe("SUCCESS");
  });

  it("cannot stop while a run is going on, nor be changed or deleted while it is started", async () => {
    const application = await withApplication({ end: () => ({}) });
    const run = await start(application);
    await place.clock.advance(1_000);
    const { serverless } = place;
    expect(await errorOf(serverless.send(new StopApplicationCommand({ applicationId: application })))).toContain("1 job runs that are not over");
    expect(await errorOf(serverless.send(new DeleteApplicationCommand({ applicationId: application })))).toContain("ValidationException");
    expect(await errorOf(serverless.send(new UpdateApplicationCommand({ applicationId: application, clientToken: "u1" })))).toContain("ValidationException");
    await serverless.send(new CancelJobRunCommand({ applicationId: application, jobRunId: run }));
    await place.clock.advance(1_000);
    await serverless.send(new StopApplicationCommand({ applicationId: application }));
    await place.clock.advance(1_000);
    const { application: updated } = await serverless.send(new UpdateApplicationCommand({ applicationId: application, clientToken: "u1", releaseLabel: "emr-7.13.0" }));
    expect(updated).toMatchObject({ releaseLabel: "emr-7.13.0", state: "STOPPED", type: "Spark" });
    await serverless.send(new DeleteApplicationCommand({ applicationId: application }));
    expect(await state(application)).toBe("TERMINATED");
    expect(await errorOf(start(application, "t3"))).toContain("TERMINATED");
  });

  it("that does not start by itself takes no run until it is started", async () => {
    const application = await withApplication({}, { autoStartConfiguration: { enabled: false } });
    await place.clock.advance(1_000);
    expect(await errorOf(start(application))).toContain("does not start by itself");
    await place.serverless.send(new StartApplicationCommand({ applicationId: application }));
    await start(application);
  });

  it("of an unknown release, or with a warm pool above its maximum, is refused", async () => {
    place = await fakePlace();
    const create = (more: object) => errorOf(place.serverless.send(new CreateApplicationCommand({ ...APPLICATION, ...more })));
    expect(await create({ releaseLabel: "emr-99.9.9" })).toContain("is not supported");
    expect(await create({ initialCapacity: { Driver: { workerCount: 2, workerConfiguration: { cpu: "4 vCPU", memory: "16 GB" } } }, maximumCapacity: { cpu: "4 vCPU", memory: "16 GB" } })).toContain("must not exceed");
    expect(await create({ initialCapacity: { Driver: { workerCount: 1, workerConfiguration: { cpu: "8 vCPU", memory: "17 GB" } } } })).toContain("next size up has 20 GB");
  });

  it("lists are paged, newest runs first", async () => {
    const application = await withApplication({ limits: false });
    const runs: string[] = [];
    for (let index = 0; index < 5; index++) runs.push(await start(application, `t${index}`));
    const first = await place.serverless.send(new ListJobRunsCommand({ applicationId: application, maxResults: 3 }));
    const second = await place.serverless.send(new ListJobRunsCommand({ applicationId: application, maxResults: 3, nextToken: first.nextToken }));
    expect([...(first.jobRuns ?? []), ...(second.jobRuns ?? [])].map(({ id }) => id)).toEqual([...runs].reverse());
    expect(second.nextToken).toBeUndefined();
    expect((await place.serverless.send(new ListApplicationsCommand({ states: ["TERMINATED"] }))).applications).toEqual([]);
    expect((await place.serverless.send(new ListJobRunsCommand({ applicationId: application, createdAtAfter: new Date(place.clock.now() + 1000) }))).jobRuns).toEqual([]);
  });
});
