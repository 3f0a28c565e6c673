// What a user sees of a profile on AWS that cannot work, before anything is asked of AWS.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { carelake } from "../../carelake.js";
import { awsProject, CLUSTER_WORDS, ROLE } from "../../conformance/aws-project.js";

const lake = "s3://nobody/lake";
const spark = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`spark.made.up.${String(index)}`, "x".repeat(60)]));
const folder = mkdtempSync(join(tmpdir(), "aws-misuse-"));
let cwd: string;

beforeAll(() => {
  cwd = awsProject(join(folder, "project"), {
    "no-bucket": { engine: "emr-serverless", lake: "s3://" },
    "far-input": { engine: "emr-serverless", lake, more: { input: "s3://nobody/files" } },
    wordy: { engine: "emr", lake, more: { region: "us-east-1", job_role: ROLE, emr: CLUSTER_WORDS, spark } },
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const told = (...words: readonly string[]) => carelake({ args: words, cwd });
const planned = (profile: string, ...words: readonly string[]) => told("plan", "fills", "--year", "2023", "--profile", profile, "--offline", ...words);

it("a lake whose bucket cannot be one is refused at its place, with the form that it has", async () => {
  const said = (stderr: string): string => stderr.replace("s3://No_Bucket/x", "s3://");
  const [inFile, inWords] = [await planned("no-bucket"), await planned("far-input", "--lake", "s3://No_Bucket/x")];
  expect([inFile.code, said(inFile.stderr)]).toEqual([2, "error[config-invalid]: `lake` in carelake.yaml: s3:// names no bucket\n  help: lake: s3://bucket/prefix\n"]);
  expect([inWords.code, said(inWords.stderr)]).toEqual([2, "error[usage]: s3:// names no bucket\n  --> --lake\n  help: --lake s3://bucket/prefix\n"]);
});

it("a region for prices that are not read is refused, not passed over", async () => {
  const { code, stderr } = await told("prices", "--region", "eu-west-1");
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error\[usage\]: --region needs --refresh[^]*help: carelake prices --refresh --region eu-west-1/)]);
});

it.each([
  ["far-input", []],
  ["wordy", ["--input", "s3://nobody/files"]],
])("input on S3 is told to be none, with the two ways that there are (profile %s, %j)", async (profile, words) => {
  const { code, stderr } = await planned(profile, ...words);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^error\[input-missing\]: CSV files are read from a folder of this computer, not from s3:\/\/nobody\/files\n {2}help: .*--input.*postgres/)]);
});

it("settings that are too long for a step are refused by the plan", async () => {
  const { code, stdout } = await planned("wordy");
  expect([code, stdout]).toEqual([0, expect.stringMatching(/refused: stage \S+: 1\d{4} characters; the limit is 10240 characters in a step\n {2}shorten `spark:`/)]);
});

it("a command that needs a run says where runs are listed", async () => {
  expect((await told("resume")).stderr).toMatch(/carelake resume needs a name\n {2}help: carelake resume <run>; carelake runs lists them\n$/);
  expect((await told("run")).stderr).toMatch(/carelake list shows the pipelines and jobs\n$/);
});
