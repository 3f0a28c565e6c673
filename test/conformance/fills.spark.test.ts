// The same small pipeline on every engine, by the command, with real Spark: what a user sees and what stands in the lake.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carelake } from "../carelake.js";
import { awsProject, startAws, type AwsPlace } from "./aws-project.js";

const folder = mkdtempSync(join(tmpdir(), "conformance-"));
let aws: AwsPlace;
let project: string;
const RUN = ["run", "fills", "--year", "2023", "--json"];

beforeAll(async () => {
  aws = await startAws(join(folder, "aws"));
  project = awsProject(join(folder, "project"), {
    serverless: { engine: "emr-serverless", lake: `s3://${aws.s3.bucket}/serverless` },
    cluster: { engine: "emr", lake: `s3://${aws.s3.bucket}/cluster`, more: { emr: { subnets: ["subnet-1"] } } },
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
    });
  }
});
