// carelake plan --offline of a profile whose lake is on S3: nobody is asked, and it says so.

import { beforeAll, expect, it } from "vitest";
import { join } from "node:path";
import { z } from "zod";
import { carelake } from "../../carelake.js";
import { awsProject, ROLE } from "../../conformance/aws-project.js";
import { newFolder } from "../local/fakes.js";

/** Nobody listens there, and there is nobody to be. */
const NOWHERE = { AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_ACCESS_KEY_ID: null, AWS_SECRET_ACCESS_KEY: null, AWS_PROFILE: null, AWS_EC2_METADATA_DISABLED: "true", AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };

let project: (name: string) => string;
beforeAll(() => {
  project = (name) => awsProject(join(newFolder(), name), { prod: { engine: "emr-serverless", lake: "s3://nobody/lake" }, clusters: { engine: "emr", lake: "s3://nobody/lake", more: { emr: { security_configuration: "roles" } } }, asked: { engine: "emr-serverless", lake: "s3://nobody/lake", more: { region: "us-east-1", job_role: ROLE } } });
});

it.each(["prod", "clusters"])("plans every step of profile %s, with sizes and dollars, and says that nothing was asked", async (profile) => {
  const cwd = project(profile);
  const told = await carelake({ args: ["plan", "fills", "--year", "2023", "--profile", profile, "--offline"], cwd, env: NOWHERE });
  expect([told.code, told.stderr]).toEqual([0, ""]);
  expect(told.stdout).toMatch(/^planned offline: what stands in the lake is not known/);
  expect(told.stdout).toMatch(/estimate: \$\d/);
  const json = await carelake({ args: ["plan", "fills", "--year", "2023", "--profile", profile, "--offline", "--json"], cwd, env: NOWHERE });
  expect(JSON.parse(json.stdout)).toMatchObject({ offline: true, skipped: [] });
});

it("tells how long the release is supported, what is needed of IAM and where the SQL is", async () => {
  const [cwd, args] = [project("asked"), ["plan", "fills", "--year", "2023", "--profile", "asked", "--offline"]];
  const told = await carelake({ args, cwd, env: NOWHERE });
  expect(told.stdout).toMatch(/\nrelease emr-spark-8\.1\.0: Spark 4\.1\.1, standard support until 2029-09-07\n/);
  expect(told.stdout).toMatch(/\nneeds of IAM, which carelake doctor --policies --profile asked prints as policies:\n {2}driver: \d+ actions of emr-serverless, .*s3.*\n {2}job_role: \d+ actions of glue, .*\n/);
  const json = z.object({ iam: z.record(z.string(), z.array(z.string())), release: z.unknown(), stages: z.array(z.object({ steps: z.array(z.object({ statement: z.object({ sql: z.string() }) })) })) }).parse(JSON.parse((await carelake({ args: [...args, "--json"], cwd, env: NOWHERE })).stdout));
  expect(json.release).toEqual({ label: "emr-spark-8.1.0", spark: "4.1.1", support_until: "2029-09-07" });
  expect(json.iam["driver"]).toEqual(expect.arrayContaining(["emr-serverless:StartJobRun", "iam:PassRole", "s3:PutObject"]));
  expect(json.iam["job_role"]).not.toContain("emr-serverless:StartJobRun");
  expect(json.stages.flatMap(({ steps }) => steps).map(({ statement }) => /^insert overwrite table[^]*select/.test(statement.sql))).toEqual([true, true, true, true]);
});

it("without it says what kept it from the ledger, and the way out", async () => {
  const told = await carelake({ args: ["plan", "fills", "--year", "2023", "--profile", "prod"], cwd: project("prod"), env: NOWHERE });
  expect([told.code, told.stderr]).toEqual([3, expect.stringMatching(/^error\[aws-credentials\][\s\S]*\n {2}note: the ledger of the lake was not read; --offline plans without it\n$/)]);
});
