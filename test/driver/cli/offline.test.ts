// carelake plan --offline of a profile whose lake is on S3: nobody is asked, and it says so.

import { beforeAll, expect, it } from "vitest";
import { join } from "node:path";
import { carelake } from "../../carelake.js";
import { awsProject } from "../../conformance/aws-project.js";
import { newFolder } from "../local/fakes.js";

/** Nobody listens there, and there is nobody to be. */
const NOWHERE = { AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_ACCESS_KEY_ID: null, AWS_SECRET_ACCESS_KEY: null, AWS_PROFILE: null, AWS_EC2_METADATA_DISABLED: "true", AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };

let project: (name: string) => string;
beforeAll(() => {
  project = (name) => awsProject(join(newFolder(), name), { prod: { engine: "emr-serverless", lake: "s3://nobody/lake" }, clusters: { engine: "emr", lake: "s3://nobody/lake", more: { emr: { security_configuration: "roles" } } } });
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

it("without it says what kept it from the ledger, and the way out", async () => {
  const told = await carelake({ args: ["plan", "fills", "--year", "2023", "--profile", "prod"], cwd: project("prod"), env: NOWHERE });
  expect([told.code, told.stderr]).toEqual([3, expect.stringMatching(/^error\[aws-credentials\][\s\S]*\n {2}note: the ledger of the lake was not read; --offline plans without it\n$/)]);
});
