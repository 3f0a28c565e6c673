import { expect, it } from "vitest";
import { pipelines } from "../../../jobs/index.js";
import { policiesOf } from "../../../driver/cli/policies.js";
import { profile as profileShape } from "../../../driver/profile.js";

const profile = profileShape.parse({
  engine: "emr-serverless",
  region: "us-east-1",
  lake: "s3://example-lake/medicare",
  job_role: "arn:aws:iam::123456789012:role/carelake-job",
  mysql: { user: "u", database: "d", password: { secret: "carelake/mysql", key: "password" } },
});

it("prints what a profile needs: its own bucket, databases, roles and secrets, asking nobody", async () => {
  const made = await policiesOf(profile, pipelines);
  const text = JSON.stringify(made.ok ? made.value : made.problems);
  expect(made.ok).toBe(true);
  for (const word of ["example-lake/medicare", "part_d_curated", "role/carelake-job", "secret:carelake/mysql", "emr-serverless:StartJobRun"]) expect(text).toContain(word);
});

it("says what the profile lacks for them", async () => {
  const { job_role: _, ...without } = profile;
  const told = [await policiesOf(without, pipelines), await policiesOf(profileShape.parse({}), pipelines)];
  expect(told.flatMap((each) => (each.ok ? [] : each.problems.map(({ code }) => code)))).toEqual(["config-missing", "config-invalid"]);
});
