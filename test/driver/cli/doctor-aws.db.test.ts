// carelake doctor of a profile on AWS, as a user calls it: S3 by SeaweedFS, STS, IAM and Secrets Manager by moto, EMR by
// the endpoint of these tests.

import { CreateApplicationCommand, EMRServerlessClient } from "@aws-sdk/client-emr-serverless";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { carelake } from "../../carelake.js";
import { awsProject, ROLE } from "../../conformance/aws-project.js";
import { startEndpoint, type Endpoint } from "../../endpoint/endpoint.js";
import { fakeRun } from "../../endpoint/workplace.js";
import { startMoto, type MotoServer } from "../../servers/moto.js";
import { startSeaweed, type SeaweedServer } from "../../servers/seaweedfs.js";

const folder = mkdtempSync(join(tmpdir(), "doctor-"));
let s3: SeaweedServer;
let moto: MotoServer;
let endpoint: Endpoint;
/** An IAM that permits nothing. */
let strict: Server;
let project: string;
let env: Readonly<Record<string, string | null>>;

const check = z.object({ id: z.string(), what: z.string(), verdict: z.enum(["ok", "failed", "not known"]), found: z.string(), help: z.string().optional() });
const answer = z.object({ engine: z.string(), lake: z.string(), checks: z.array(check) });

beforeAll(async () => {
  [s3, moto, endpoint] = await Promise.all([startSeaweed({ folder: join(folder, "s3") }), startMoto({ folder: join(folder, "moto") }), startEndpoint({ run: (clock) => fakeRun(clock) })]);
  strict = createServer((_request, response) => response.writeHead(403, { "content-type": "text/xml" }).end("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: iam:GetRole</Message></Error></ErrorResponse>")).listen(0, "127.0.0.1");
  const client = { endpoint: moto.endpoint, region: "us-east-1", credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" } };
  const trust = (Service: string): string => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }] });
  const iam = new IAMClient(client);
  await iam.send(new CreateRoleCommand({ RoleName: "carelake-job", AssumeRolePolicyDocument: trust("emr-serverless.amazonaws.com") }));
  await iam.send(new CreateRoleCommand({ RoleName: "of-lambda", AssumeRolePolicyDocument: trust("lambda.amazonaws.com") }));
  await new SecretsManagerClient(client).send(new CreateSecretCommand({ Name: "carelake/mysql", SecretString: JSON.stringify({ password: "pa55word-of-mysql" }) }));
  const { applicationId } = await new EMRServerlessClient({ ...client, endpoint: endpoint.url }).send(new CreateApplicationCommand({ name: "ours", releaseLabel: "emr-spark-8.1.0", type: "SPARK", architecture: "ARM64", clientToken: "token-of-ours" }));
  const lake = `s3://${s3.bucket}/medicare`;
  const mysql = { host: "localhost", port: 9, user: "carelake", database: "serving" };
  project = awsProject(join(folder, "project"), {
    good: { engine: "emr-serverless", lake, more: { job_role: ROLE, emr_serverless: { application: applicationId } } },
    clusters: { engine: "emr", lake, more: { emr: { subnets: ["subnet-1"], security_configuration: "carelake-roles" } } },
    bad: {
      engine: "emr-serverless",
      lake: "s3://no-such-bucket-of-ours/medicare",
      more: {
        job_role: "arn:aws:iam::123456789012:role/of-lambda",
        release: "emr-6.5.0",
        emr_serverless: { application: "00f0000000000000", maximum_vcpu: 64 },
        mysql: { ...mysql, password: { secret: "carelake/mysql", key: "password" } },
        postgres: { database: "cms", user: "reader", password: { env: "PGPASSWORD" } },
      },
    },
    gone: { engine: "emr", lake, more: { job_role: "arn:aws:iam::999999999999:role/elsewhere", emr: { cluster: "j-1GONE" }, mysql: { ...mysql, password: { secret: "carelake/none" } } } },
  });
  env = {
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
    AWS_REGION: s3.region,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_STS: moto.endpoint,
    AWS_ENDPOINT_URL_IAM: moto.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: moto.endpoint,
    AWS_ENDPOINT_URL_EMR: endpoint.url,
    AWS_ENDPOINT_URL_EMR_SERVERLESS: endpoint.url,
  };
});
afterAll(async () => {
  strict.close();
  await Promise.all([endpoint.stop(), moto.stop(), s3.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

async function examined(profile: string, more: Readonly<Record<string, string | null>> = {}) {
  const done = await carelake({ args: ["doctor", "--profile", profile, "--json"], cwd: project, env: { ...env, ...more } });
  expect(done.stderr).toBe("");
  const { checks } = answer.parse(JSON.parse(done.stdout));
  const verdicts = Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict]));
  return { code: done.code, verdicts, of: (id: string) => checks.find((each) => each.id === id), checks, stdout: done.stdout };
}

it("a profile whose things are all there is told so, and leaves nothing in the lake", async () => {
  const { code, verdicts, of } = await examined("good");
  expect(verdicts).toEqual({ region: "ok", caller: "ok", lake: "ok", "lake-writes": "ok", "lake-locks": "ok", "lake-cleans": "ok", logs: "ok", "job-role": "ok", release: "ok", application: "ok", quota: "ok" });
  expect([code, of("job-role")?.found, of("release")?.found]).toEqual([0, ROLE, expect.stringMatching(/^emr-spark-8\.1\.0 with Spark 4\.1\.1.*, supported until 2029-09-07$/)]);
  const text = await carelake({ args: ["doctor", "--profile", "good"], cwd: project, env });
  expect(text.stdout).toMatch(/^emr-serverless, lake s3:\/\/lake\/medicare\n[\s\S]*ok {2}conditional writes\s+a second writer is refused[\s\S]*\n11 ok, 0 failed, 0 not known\n$/);
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket, Prefix: "medicare/ledger/" }));
  expect(Contents.filter(({ Size }) => (Size ?? 0) > 0)).toEqual([]);
});

it("one failure does not hide the next: each says what was found and what to do", async () => {
  const { code, verdicts, of, checks, stdout } = await examined("bad");
  expect(code).toBe(3);
  expect(verdicts).toEqual({ region: "ok", caller: "ok", lake: "failed", "job-role": "failed", release: "failed", application: "failed", quota: "not known", "mysql-password": "ok", "postgres-password": "failed", mysql: "failed" });
  expect(of("lake")?.found).toContain("there is no bucket no-such-bucket-of-ours");
  expect(of("job-role")?.found).toBe("of-lambda does not trust emr-serverless.amazonaws.com");
  expect(of("release")?.found).toMatch(/^emr-6\.5\.0 has been out of support since \d{4}-\d\d-\d\d$/);
  expect(of("application")?.found).toContain("there is no application 00f0000000000000");
  expect(of("mysql")?.found).toContain("localhost:9");
  expect(checks.filter(({ verdict, help }) => verdict === "failed" && (help ?? "") === "")).toEqual([]);
  expect(stdout).not.toContain("pa55word-of-mysql");
});

it("roles, clusters and accounts that are not there are told; what needs further rights is not known", async () => {
  const gone = await examined("gone");
  expect([gone.code, gone.verdicts["caller"], gone.verdicts["job-role"], gone.verdicts["cluster"], gone.verdicts["mysql-password"]]).toEqual([3, "failed", "failed", "failed", "failed"]);
  expect(gone.of("cluster")?.found).toBe("there is no cluster j-1GONE in this account and region");
  const clusters = await examined("clusters");
  expect([clusters.code, clusters.of("service-role")?.found, clusters.verdicts["instance-profile"], clusters.verdicts["cluster"]]).toEqual([3, "there is no role EMR_DefaultRole_V2 in this account", "failed", "ok"]);
  expect([clusters.verdicts["subnets"], clusters.verdicts["security-configuration"]]).toEqual(["not known", "not known"]);
  const { port } = strict.address() as AddressInfo;
  const strictly = await examined("good", { AWS_ENDPOINT_URL_IAM: `http://127.0.0.1:${String(port)}` });
  expect([strictly.code, strictly.verdicts["job-role"], strictly.of("job-role")?.found]).toEqual([0, "not known", "these credentials may not ask GetRole, which a run does not need"]);
});

it("without credentials or region the rest is not asked", async () => {
  const nobody = await examined("good", { AWS_ACCESS_KEY_ID: null, AWS_SECRET_ACCESS_KEY: null, AWS_EC2_METADATA_DISABLED: "true", AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" });
  expect([nobody.code, nobody.verdicts]).toEqual([3, { region: "ok", caller: "failed", rest: "not known" }]);
  expect(nobody.of("caller")?.help).toContain("AWS_PROFILE");
});

it("a service that does not answer is told within seconds", async () => {
  const { code, of } = await examined("good", { AWS_ENDPOINT_URL_EMR_SERVERLESS: "http://127.0.0.1:9" });
  expect([code, of("application")?.found]).toEqual([3, expect.stringMatching(/^AWS did not answer GetApplication for \d+ s; /)]);
});
