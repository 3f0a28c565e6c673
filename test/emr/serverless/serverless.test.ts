// The Serverless engine against an endpoint that is held to the service's model. The processes are made up; what is
// asked, answered, lost and found again is real.

import { afterEach, describe, expect, it } from "vitest";
import type { Engine } from "../../../driver/engine.js";
import { ProblemError } from "../../../driver/problems.js";
import { serverlessEngine } from "../../../emr/serverless/serverless.js";
import type { FakeEnd, Work } from "../../endpoint/workplace.js";
import type { AwsPlace, MemoryObjects } from "../aws-place.js";
import { awsPlace, LAKE, settingsOf, stageAt } from "../aws-place.js";

let place: AwsPlace | undefined;
afterEach(async () => {
  await place?.stop();
  place = undefined;
});

const started = async (end: (work: Work, objects: MemoryObjects) => FakeEnd = () => ({ ms: 5000 })): Promise<AwsPlace> => (place = await awsPlace(end));
const handleOf = (attempt: number) => ({ engine: "emr-serverless" as const, ref: `${LAKE}/ledger/stages/0a1b2c3d-1/raw-${attempt}` });

async function ended(engine: Engine, { endpoint }: AwsPlace, attempt = 1) {
  for (let looks = 0; looks < 200; looks++) {
    const state = await engine.describe(handleOf(attempt));
    if (state.state !== "running") return state;
    await endpoint.clock.advance(2000);
  }
  throw new Error("it never ended");
}

describe("a stage on EMR Serverless", () => {
  it("is one job run with the attempt's key as its token, its limit, its role and its logs", async () => {
    const aws = await started();
    const engine = serverlessEngine(aws.options({ time_limit_minutes: 90 }));
    expect(await engine.submit(stageAt(1), settingsOf({ "spark.driver.extraJavaOptions": "-Da=1 -Db='x y'" }))).toEqual({ ok: true, value: handleOf(1) });
    const [start] = aws.endpoint.calls.filter(({ operation }) => operation === "StartJobRun");
    expect(start?.input).toMatchObject({
      executionRoleArn: "arn:aws:iam::123456789012:role/carelake-job",
      executionTimeoutMinutes: 90,
      retryPolicy: { maxAttempts: 1 },
      configurationOverrides: {
        applicationConfiguration: [{ classification: "spark-defaults", properties: { "spark.driver.extraJavaOptions": "-Da=1 -Db='x y'" } }],
        monitoringConfiguration: { s3MonitoringConfiguration: { logUri: `${LAKE}/logs/` } },
      },
      tags: { team: "claims", "carelake-run": "0a1b2c3d-1", "carelake-attempt": "raw-1" },
    });
    expect(start?.input["clientToken"]).toMatch(/^[0-9a-f]{32}$/);
    const ref = handleOf(1).ref;
    expect(JSON.parse(aws.objects.all.get(`${ref}/stage.json`)?.toString() ?? "")).toMatchObject({ run: "0a1b2c3d-1", stage: "raw" });
    expect(await ended(engine, aws)).toEqual({ state: "finished", exitCode: 0 });
    const [submission] = aws.endpoint.submissions;
    expect(submission?.given.slice(-2)).toEqual([expect.stringMatching(/^s3:\/\/lake\/medicare\/code\/[0-9a-f]{16}\/run_stage\.py$/), `${ref}/stage.json`]);
    expect(submission?.given).toContain("spark.sql.catalog.lake.type=glue");
    // What had blanks came through in one piece.
    expect(submission?.argv).toContainEqual(expect.stringMatching(/^spark\.driver\.extraJavaOptions=-Da=1 -Db='x y' /));
  });

  it("names an application that is not there, and asks for no other", async () => {
    const aws = await started();
    const submitted = await serverlessEngine(aws.options({ emr_serverless: { application: "00absent" } })).submit(stageAt(1), settingsOf());
    expect(submitted.ok ? [] : submitted.problems).toMatchObject([{ code: "application-gone", application: "00absent" }]);
    expect(aws.endpoint.calls.filter(({ operation }) => operation === "StartJobRun" || operation === "CreateApplication")).toEqual([]);
  });

  it("runs in one application by what it is made of, and in another when that changes", async () => {
    const aws = await started();
    const [one, same, other] = [aws.options(), aws.options(), aws.options({ emr_serverless: { maximum_vcpu: 32 } })];
    for (const [index, options] of [one, same, other].entries()) expect((await serverlessEngine(options).submit(stageAt(index + 1), settingsOf())).ok).toBe(true);
    const starts = aws.endpoint.calls.filter(({ operation }) => operation === "StartJobRun").map(({ input }) => input["applicationId"]);
    expect(starts[0]).toBe(starts[1]);
    expect(starts[2]).not.toBe(starts[0]);
    expect(aws.endpoint.calls.filter(({ operation }) => operation === "CreateApplication").map(({ input }) => input)).toMatchObject([
      { architecture: "ARM64", maximumCapacity: { cpu: "16 vCPU" }, autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 15 } },
      { maximumCapacity: { cpu: "32 vCPU" } },
    ]);
    expect(aws.endpoint.calls[0]?.input).not.toHaveProperty("initialCapacity");
  });

  it("is submitted once whatever becomes of the answers", async () => {
    const aws = await started();
    aws.endpoint.faults.order({ fault: "lost-reply", operation: "StartJobRun", count: 2 });
    aws.endpoint.faults.order({ fault: "internal-error", operation: "StartJobRun", after: 2 });
    aws.endpoint.faults.order({ fault: "throttled", operation: "*", share: 0.2 });
    const engine = serverlessEngine(aws.options());
    expect((await engine.submit(stageAt(1), settingsOf())).ok).toBe(true);
    expect(await ended(engine, aws)).toEqual({ state: "finished", exitCode: 0 });
    expect(aws.endpoint.submissions).toHaveLength(1);
    expect(aws.endpoint.traces.filter(({ kind }) => kind === "run")).toHaveLength(1);
  });

  it("is found by another driver although the first one died before it wrote anything down", async () => {
    const aws = await started();
    const first = serverlessEngine(aws.options());
    await first.submit(stageAt(1), settingsOf());
    aws.objects.all.delete(`${handleOf(1).ref}/submission.json`);
    const second = serverlessEngine(aws.options());
    expect(await second.describe(handleOf(1))).toMatchObject({ state: "running" });
    expect((await second.submit(stageAt(1), settingsOf())).ok).toBe(true);
    expect(await ended(second, aws)).toEqual({ state: "finished", exitCode: 0 });
    expect(aws.endpoint.submissions).toHaveLength(1);
    // A third asks the service no more: the end is in the folder.
    const before = aws.endpoint.calls.length;
    expect(await serverlessEngine(aws.options()).describe(handleOf(1))).toEqual({ state: "finished", exitCode: 0 });
    expect(aws.endpoint.calls).toHaveLength(before);
  });

  it("is lost when it was announced and never submitted, and looking starts nothing", async () => {
    const aws = await started();
    aws.endpoint.faults.order({ fault: "reset", operation: "StartJobRun", count: 100 });
    const answer = await serverlessEngine(aws.options()).submit(stageAt(1), settingsOf());
    expect(answer).toMatchObject({ ok: false, problems: [{ code: "aws-unreachable", operation: "StartJobRun" }] });
    aws.endpoint.faults.clear();
    const second = serverlessEngine(aws.options());
    expect(await second.describe(handleOf(1))).toEqual({ state: "lost" });
    expect(aws.endpoint.traces.filter(({ kind }) => kind === "run")).toHaveLength(0);
    expect((await second.submit(stageAt(1), settingsOf())).ok).toBe(true);
    expect(await ended(second, aws)).toEqual({ state: "finished", exitCode: 0 });
  });

  it("that failed says so, with what the service knows, and a new attempt is another run", async () => {
    const aws = await started(({ argv }) => (argv.at(-1)?.includes("raw-1/") === true ? { ms: 3000, code: 1, stderr: "pyspark.errors.AnalysisException: no such table\n" } : { ms: 3000 }));
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    expect(await ended(engine, aws)).toMatchObject({ state: "finished", exitCode: 1, reason: expect.stringContaining("AnalysisException") });
    await engine.submit(stageAt(2), settingsOf());
    expect(await ended(engine, aws, 2)).toEqual({ state: "finished", exitCode: 0 });
    expect(aws.endpoint.submissions).toHaveLength(2);
  });

  it("that finds no workers names capacity as the cause", async () => {
    const aws = await started();
    aws.endpoint.faults.order({ fault: "capacity-exceeded" });
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    expect(await ended(engine, aws)).toMatchObject({ state: "finished", cause: "capacity" });
  });

  it("that reaches its time limit is told as that, not as cancelled", async () => {
    const aws = await started(() => ({}));
    const engine = serverlessEngine(aws.options({ time_limit_minutes: 5 }));
    await engine.submit(stageAt(1), settingsOf());
    expect(await ended(engine, aws)).toEqual({ state: "finished", exitCode: null, cause: "time-limit", reason: "it reached its time limit of 5 minutes" });
  });

  it("is cancelled to its end and names who did it", async () => {
    const aws = await started(() => ({}));
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await aws.endpoint.clock.advance(5000);
    await engine.cancel(handleOf(1));
    const other = serverlessEngine(aws.options({}, { who: "ci@build" }));
    expect(await other.describe(handleOf(1))).toMatchObject({ state: "finished", exitCode: null, cause: "cancelled", reason: expect.stringMatching(/^cancelled by ada@laptop at 2026-11-22T/) });
    // Again is no harm.
    await other.cancel(handleOf(1));
  });

  it("that does not end when told is not called ended", async () => {
    const aws = await started(() => ({ isStubborn: true }));
    const engine = serverlessEngine(aws.options({}, { cancelSeconds: 5 }));
    await engine.submit(stageAt(1), settingsOf());
    await aws.endpoint.clock.advance(5000);
    const error = await engine.cancel(handleOf(1)).catch((thrown: unknown) => thrown);
    expect(error instanceof ProblemError && error.problem).toMatchObject({ code: "cancel-unfinished", state: expect.stringContaining("cancelled"), waited: "5 s" });
    expect(await engine.describe(handleOf(1))).toMatchObject({ state: "running" });
  });

  it("goes on for those who look while AWS does not answer", async () => {
    const aws = await started(() => ({}));
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    aws.endpoint.faults.order({ fault: "reset", operation: "GetJobRun", count: 1000 });
    expect(await engine.describe(handleOf(1))).toEqual({ state: "running", detail: expect.stringContaining("AWS does not answer GetJobRun") });
  });

  it("that the service has forgotten is gone, not lost: it is not submitted again under the same key", async () => {
    const aws = await started();
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    const ref = handleOf(1).ref;
    const submission = JSON.parse(aws.objects.all.get(`${ref}/submission.json`)?.toString() ?? "");
    await aws.objects.put(`${ref}/submission.json`, JSON.stringify({ ...submission, job_run: "00f0000000000000" }));
    expect(await serverlessEngine(aws.options()).describe(handleOf(1))).toMatchObject({ state: "running", detail: expect.stringContaining("yet") });
    await aws.endpoint.clock.advance(600_000);
    expect(await serverlessEngine(aws.options()).describe(handleOf(1))).toMatchObject({ state: "finished", exitCode: null, cause: "gone" });
  });

  it("keeps to six calls a minute at its own pace", async () => {
    const aws = await started(() => ({}));
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    const before = aws.endpoint.calls.length;
    for (let passed = 0; passed < 600_000; passed += engine.pace ?? 0) {
      await engine.describe(handleOf(1));
      await aws.endpoint.clock.advance(engine.pace ?? 0);
    }
    expect(aws.endpoint.calls.length - before).toBeLessThanOrEqual(60);
  });

  it("is billed as the service says", async () => {
    const aws = await started(() => ({ ms: 120_000 }));
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    expect(await engine.usage?.(handleOf(1))).toMatchObject({ engine: "emr-serverless", final: false });
    await ended(engine, aws);
    const usage = await engine.usage?.(handleOf(1));
    expect(usage).toMatchObject({ engine: "emr-serverless", final: true });
    expect(usage?.engine === "emr-serverless" && usage.billed.vCPUHour).toBeGreaterThan(0);
  });

  it("has its password fetched where it is used, never sent", async () => {
    const aws = await started();
    const answer = await serverlessEngine(aws.options()).submit(stageAt(1), { ...settingsOf(), env: ["PGPASSWORD"] });
    expect(answer).toMatchObject({ ok: false, problems: [{ code: "secret-not-sent", names: ["PGPASSWORD"] }] });
    expect(aws.endpoint.calls).toHaveLength(0);
  });
});

describe("the logs of a run on EMR Serverless", () => {
  const failing = (): FakeEnd => ({ ms: 1000, code: 1, stderr: `${Array.from({ length: 900 }, (_, line) => `line ${line}`).join("\n")}\njava.lang.OutOfMemoryError: Java heap space\n`, stdout: "hello\n" });

  it("are said to be missing while they are, and found when they have come", async () => {
    const aws = await started(failing);
    aws.endpoint.faults.order({ fault: "logs-late", ms: 600_000 });
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await ended(engine, aws);
    const early = await engine.logs(handleOf(1));
    expect(early).toMatchObject({ complete: false, tail: [] });
    expect(early.parts?.[0]).toMatchObject({ is: "not there yet", place: expect.stringMatching(/^s3:\/\/lake\/medicare\/logs\/applications\/.+\/SPARK_DRIVER\/stderr$/) });
    await aws.endpoint.clock.advance(600_000);
    await aws.endpoint.settled();
    const late = await engine.logs(handleOf(1));
    expect(late.complete).toBe(true);
    expect(late.tail).toHaveLength(400);
    expect(late.tail.at(-1)).toBe("java.lang.OutOfMemoryError: Java heap space");
    expect(late.parts?.find(({ place: where }) => where.includes("stdout"))).toMatchObject({ is: "read", lines: [{ number: 1, text: "hello" }] });
  });

  it.each(["logs-txt", "logs-rotated"] as const)("are read as they are named (%s)", async (fault) => {
    const aws = await started(failing);
    aws.endpoint.faults.order({ fault });
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    await ended(engine, aws);
    await aws.endpoint.clock.advance(60_000);
    await aws.endpoint.settled();
    const { tail } = await engine.logs(handleOf(1));
    expect(tail.at(-1)).toBe("java.lang.OutOfMemoryError: Java heap space");
    expect(tail.at(-2)).toBe("line 899");
  });

  it("that cannot be read are told as such and change nothing", async () => {
    const aws = await started(failing);
    aws.endpoint.faults.order({ fault: "logs-unreadable" });
    const engine = serverlessEngine(aws.options());
    await engine.submit(stageAt(1), settingsOf());
    const state = await ended(engine, aws);
    await aws.endpoint.clock.advance(60_000);
    await aws.endpoint.settled();
    expect((await engine.logs(handleOf(1))).parts?.[0]?.is).toBe("unreadable");
    expect(await engine.describe(handleOf(1))).toEqual(state);
  });
});
