// npm run test:aws itself: without an account it says what it wants and skips, and with one it plays its cases. The
// account is the endpoint of these tests, found as every other one is, by AWS_ENDPOINT_URL*.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import { PACKAGE } from "../carelake.js";
import { ROLE, startAws } from "./aws-project.js";

const folder = mkdtempSync(join(tmpdir(), "account-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const results = z.object({ numPassedTests: z.number(), numFailedTests: z.number(), numTotalTests: z.number() });

/** The script's last command; `cases`: a part of their names. */
async function testAws(env: Readonly<Record<string, string>>, cases = ""): Promise<z.infer<typeof results> & { readonly code: number | null; readonly said: string }> {
  const file = join(folder, "results.json");
  const { PATH = "", HOME = "", CARELAKE_CACHE } = process.env;
  const child = spawn(process.execPath, [join(PACKAGE, "node_modules/vitest/vitest.mjs"), "run", "--project", "aws", "--reporter=default", "--reporter=json", `--outputFile=${file}`, "-t", cases], {
    cwd: PACKAGE,
    env: { PATH, HOME, CI: "1", NO_COLOR: "1", ...(CARELAKE_CACHE === undefined ? {} : { CARELAKE_CACHE }), ...env },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, said, ...results.parse(JSON.parse(readFileSync(file, "utf8"))) };
}

it("is skipped, with the names of what it lacks, where no account is named", async () => {
  const told = await testAws({});
  expect([told.code, told.numPassedTests, told.numFailedTests], told.said).toEqual([0, 0, 0]);
  expect(told.said).toMatch(/skipped: no AWS account is named: set CARELAKE_TEST_LAKE \(.+\), CARELAKE_TEST_JOB_ROLE \(.+\), CARELAKE_TEST_SUBNETS \(.+\)/);
});

it("plays its cases where one is", async () => {
  const aws = await startAws({ folder: join(folder, "aws"), warm: true });
  try {
    const account = { ...aws.env, CARELAKE_TEST_LAKE: `${aws.root}/cases`, CARELAKE_TEST_JOB_ROLE: ROLE, CARELAKE_TEST_SUBNETS: "subnet-1" };
    const told = await testAws(account, "on emr-serverless\\W+(makes the same tables|tells what a run cost)");
    expect([told.code, told.numPassedTests, told.numFailedTests], told.said).toEqual([0, 2, 0]);
  } finally {
    await aws.stop();
  }
});
