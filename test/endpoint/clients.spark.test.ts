// Two clients that share nothing with the AWS SDK for JavaScript drive the endpoint: boto3 with its waiters and
// paginators, and aws-cli. Both come with the stand-ins of `carelake setup --for test`, as does the model's source.

import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findStandIns } from "../../driver/local/stand-ins.js";
import { testMachine } from "../servers/machine.js";
import { startEndpoint, type Endpoint } from "./endpoint.js";
import { MODELS } from "./model.js";
import { fakeRun } from "./workplace.js";

const run = promisify(execFile);
const found = findStandIns(testMachine());
const reason = found.ok ? "" : " (skipped: carelake setup --for test brings boto3 and aws-cli)";
const home = mkdtempSync(join(tmpdir(), "aws-clients-"));

describe.skipIf(!found.ok)(`other clients${reason}`, () => {
  let endpoint: Endpoint;
  const env = () => ({ PATH: process.env["PATH"], HOME: home, AWS_ACCESS_KEY_ID: "AKIDTEST", AWS_SECRET_ACCESS_KEY: "secret", AWS_DEFAULT_REGION: "us-east-1", AWS_ENDPOINT_URL: endpoint.url, AWS_PAGER: "" });
  beforeAll(async () => {
    endpoint = await startEndpoint({ limits: false, run: (clock) => fakeRun(clock, ({ argv }) => ({ ms: 100, code: argv.some((each) => each.endsWith("/bad.py")) ? 1 : 0 })) });
  });
  afterAll(() => endpoint.stop());

  it("boto3 waits, pages and reads errors", async () => {
    if (!found.ok) return;
    const { stdout } = await run(found.value.python, [join(import.meta.dirname, "clients.py"), endpoint.url], { env: env() });
    expect(JSON.parse(stdout)).toEqual({
      bad: "FAILED", pages: [50, 12], newest_first: true, created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), fleets: ["MASTER", "CORE"], unknown_cluster: "InvalidRequestException",
      same_token: true, runs: [2, 1], conflict: "ConflictException", unknown_application: "ResourceNotFoundException",
    });
  });

  it("aws-cli creates, adds, lists and waits", async () => {
    if (!found.ok) return;
    const aws = async (...args: string[]): Promise<unknown> => {
      const { stdout } = await run(found.value.aws, [...args, "--output", "json"], { env: env() });
      return stdout === "" ? undefined : JSON.parse(stdout);
    };
    const fleets = JSON.stringify([{ InstanceFleetType: "MASTER", TargetOnDemandCapacity: 1, InstanceTypeConfigs: [{ InstanceType: "m7g.xlarge" }] }]);
    const made = (await aws("emr", "create-cluster", "--name", "cli", "--release-label", "emr-spark-8.1.0", "--service-role", "EMR_DefaultRole_V2", "--ec2-attributes", "InstanceProfile=EMR_EC2_DefaultRole,SubnetId=subnet-1", "--applications", "Name=Spark", "--instance-fleets", fleets, "--log-uri", "s3://lake/logs", "--no-auto-terminate", "--auto-termination-policy", "IdleTimeout=600")) as { ClusterId: string };
    await aws("emr", "wait", "cluster-running", "--cluster-id", made.ClusterId);
    const steps = JSON.stringify([{ Name: "one", Jar: "command-runner.jar", Type: "CUSTOM_JAR", ActionOnFailure: "CONTINUE", Args: ["spark-submit", "s3://lake/good.py"] }]);
    const added = (await aws("emr", "add-steps", "--cluster-id", made.ClusterId, "--steps", steps)) as { StepIds: string[] };
    await aws("emr", "wait", "step-complete", "--cluster-id", made.ClusterId, "--step-id", added.StepIds[0] ?? "");
    expect(await aws("emr", "list-steps", "--cluster-id", made.ClusterId)).toMatchObject({ Steps: [{ Name: "one", Status: { State: "COMPLETED" } }] });
    const application = (await aws("emr-serverless", "create-application", "--release-label", "emr-spark-8.1.0", "--type", "SPARK")) as { applicationId: string };
    const started = (await aws("emr-serverless", "start-job-run", "--application-id", application.applicationId, "--execution-role-arn", "arn:aws:iam::123456789012:role/job", "--job-driver", '{"sparkSubmit":{"entryPoint":"s3://lake/good.py"}}')) as { jobRunId: string };
    expect(await aws("emr-serverless", "get-job-run", "--application-id", application.applicationId, "--job-run-id", started.jobRunId)).toMatchObject({ jobRun: { jobRunId: started.jobRunId, releaseLabel: "emr-spark-8.1.0" } });
  });

  it("and the models are those that botocore has", () => {
    if (!found.ok) return;
    const lib = join(found.value.folder, "lib");
    const botocore = join(lib, readdirSync(lib)[0] ?? "", "site-packages", "botocore");
    if (!readFileSync(join(botocore, "__init__.py"), "utf8").includes(`__version__ = '${MODELS.emr.source.version}'`)) throw new Error(`test/endpoint/models is of botocore ${MODELS.emr.source.version}: generate it again`);
    for (const { source, operations, shapes } of Object.values(MODELS)) {
      const file = join(botocore, "..", `${source.file}.gz`);
      expect(existsSync(file)).toBe(true);
      const model = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as { operations: Record<string, { errors?: { shape: string }[] }>; shapes: Record<string, Record<string, unknown>> };
      for (const [name, { errors }] of Object.entries(operations)) expect((model.operations[name]?.errors ?? []).map(({ shape }) => shape), name).toEqual(errors);
      for (const [name, shape] of Object.entries(shapes)) expect({ name, ...pick(model.shapes[name] ?? {}) }).toEqual({ name, ...pick(shape) });
    }
  });
});

const pick = ({ type, required, enum: values, pattern, min, max }: Record<string, unknown>) => ({ type, required, values, pattern, min, max });
