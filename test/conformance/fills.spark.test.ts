// The same small pipeline on every engine, by the command, with real Spark: what a user sees and what stands in the lake.

import { CancelJobRunCommand, EMRServerlessClient } from "@aws-sdk/client-emr-serverless";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carelake, startCarelake } from "../carelake.js";
import { awsProject, startAws, type AwsPlace } from "./aws-project.js";

const folder = mkdtempSync(join(tmpdir(), "conformance-"));
let aws: AwsPlace;
let project: string;
const RUN = ["run", "fills", "--year", "2023", "--json"];

beforeAll(async () => {
  aws = await startAws(join(folder, "aws"));
  project = awsProject(join(folder, "project"), {
    serverless: { engine: "emr-serverless", lake: `s3://${aws.s3.bucket}/serverless` },
    dear: { engine: "emr-serverless", lake: `s3://${aws.s3.bucket}/serverless`, more: { budget_usd: 0.001 } },
    cluster: { engine: "emr", lake: `s3://${aws.s3.bucket}/cluster`, more: { emr: { subnets: ["subnet-1"], security_configuration: "carelake-roles" } } },
  });
});
afterAll(async () => {
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Step {
  readonly id: string;
  readonly rows: number;
  readonly quarantined: number | null;
}

const ran = (stdout: string): readonly Step[] => (JSON.parse(stdout) as { steps: readonly Step[] }).steps.map(({ id, rows, quarantined }) => ({ id, rows, quarantined }));

const ran1 = (stdout: string): string => (JSON.parse(stdout) as { run: string }).run;

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < 1200 && !condition(); waited++) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(condition()).toBe(true);
}

describe("a run", () => {
  let here: readonly Step[] = [];
  it("on this computer", async () => {
    const done = await carelake({ args: RUN, cwd: project });
    expect(done.code, done.stderr).toBe(0);
    here = ran(done.stdout);
  });

  for (const profile of ["serverless", "cluster"]) {
    it(`on ${profile} makes the same tables`, async () => {
      const done = await carelake({ args: [...RUN, "--profile", profile], cwd: project, env: aws.env });
      expect(done.code, done.stderr).toBe(0);
      expect(ran(done.stdout)).toEqual(here);
      const again = await carelake({ args: [...RUN, "--profile", profile], cwd: project, env: aws.env });
      expect(JSON.parse(again.stdout)).toMatchObject({ nothing_to_do: true });
      const cost = await carelake({ args: ["cost", "--profile", profile], cwd: project, env: aws.env });
      expect(cost.code, cost.stderr).toBe(0);
      expect(cost.stdout).toMatch(/\$0\.\d+/);
      const over = await carelake({ args: ["cancel", ran1(done.stdout), "--profile", profile], cwd: project, env: aws.env });
      expect([over.code, over.stderr]).toEqual([2, expect.stringContaining("error[run-over]")]);
    });
  }

  it("above its budget is refused before anything is submitted, and one of another engine is told", async () => {
    const before = aws.endpoint.calls.length;
    const dear = await carelake({ args: [...RUN, "--profile", "dear", "--force"], cwd: project, env: aws.env });
    expect([dear.code, JSON.stringify(JSON.parse(dear.stdout))]).toEqual([2, expect.stringContaining("limits-exceeded")]);
    expect(aws.endpoint.calls.length).toBe(before);
    const mixed = await carelake({ args: ["status", "--profile", "cluster", "--lake", `s3://${aws.s3.bucket}/serverless`], cwd: project, env: aws.env });
    expect(mixed.stdout).toContain("succeeded");
    const logs = await carelake({ args: ["logs", "--profile", "cluster", "--lake", `s3://${aws.s3.bucket}/serverless`], cwd: project, env: aws.env });
    expect([logs.code, logs.stderr]).toEqual([2, expect.stringContaining("error[engine-mismatch]")]);
  });

  it("that is left by its driver goes on, and another one takes it to its end; a stage that the service ends is told so", async () => {
    const driver = startCarelake({ args: ["run", "fills", "--year", "2023", "--profile", "serverless", "--force"], cwd: project, env: aws.env });
    await until(() => driver.stderr().includes("starting Spark"));
    driver.child.kill("SIGINT");
    const left = await driver.ended;
    const run = /run (\S+):/.exec(left.stderr)?.[1] ?? "";
    expect(left.stderr).toContain("error[run-detached]");
    const started = aws.endpoint.submissions.length;
    const resumed = await carelake({ args: ["resume", run, "--profile", "serverless"], cwd: project, env: aws.env });
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(aws.endpoint.submissions.length - started).toBeLessThanOrEqual(1);

    const before = aws.endpoint.submissions.length;
    const second = startCarelake({ args: ["run", "fills", "--year", "2023", "--profile", "serverless", "--force"], cwd: project, env: aws.env });
    await until(() => aws.endpoint.submissions.length > before);
    const start = aws.endpoint.calls.findLast(({ operation }) => operation === "StartJobRun");
    const somebody = new EMRServerlessClient({ endpoint: aws.endpoint.url, region: "us-east-1", credentials: { accessKeyId: "AKIDOTHER", secretAccessKey: "secret" } });
    await somebody.send(new CancelJobRunCommand({ applicationId: String(start?.input["applicationId"]), jobRunId: aws.endpoint.submissions.at(-1)?.id }));
    const stopped = await second.ended;
    expect([stopped.code, stopped.stderr]).toEqual([3, expect.stringContaining("error[stage-ended]: the stage was cancelled from outside this run")]);
  });
});
