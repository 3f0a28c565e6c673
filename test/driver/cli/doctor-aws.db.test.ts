// carelake doctor of a profile on AWS, as a user calls it: S3 by SeaweedFS, STS, IAM, EC2 and Secrets Manager by moto, EMR
// by the endpoint of these tests, the quotas that moto does not know by a server of this file.

import { CreateNetworkInterfaceCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateApplicationCommand, EMRServerlessClient } from "@aws-sdk/client-emr-serverless";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
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
/** Services that permit nothing: those that answer in XML, and in JSON. */
let strict: Server;
let strictJson: Server;
/** Quotas of an account that had them raised, by code. */
let quotas: Server;
const QUOTAS: Record<string, number> = { "L-D05C8A75": 32, "L-1216C47A": 7, "L-34B43A08": 640 };
const SCOPED = JSON.stringify({ AuthorizationConfiguration: { IAMConfiguration: { EnableApplicationScopedIAMRole: true } } });
const ENCRYPTED = JSON.stringify({ EncryptionConfiguration: { EnableInTransitEncryption: false, EnableAtRestEncryption: false } });
let project: string;
let env: Readonly<Record<string, string | null>>;

const check = z.object({ id: z.string(), what: z.string(), verdict: z.enum(["ok", "failed", "not known"]), found: z.string(), help: z.string().optional() });
const answer = z.object({ engine: z.string(), lake: z.string(), checks: z.array(check) });

beforeAll(async () => {
  [s3, moto, endpoint] = await Promise.all([startSeaweed({ folder: join(folder, "s3") }), startMoto({ folder: join(folder, "moto") }), startEndpoint({ run: (clock) => fakeRun(clock), securityConfigurations: { "carelake-roles": SCOPED, "carelake-encryption": ENCRYPTED } })]);
  strict = createServer((_request, response) => response.writeHead(403, { "content-type": "text/xml" }).end("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: iam:GetRole</Message></Error></ErrorResponse>")).listen(0, "127.0.0.1");
  strictJson = createServer((_request, response) => response.writeHead(400, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify({ __type: "AccessDeniedException", message: "not authorized to perform: servicequotas:GetServiceQuota" }))).listen(0, "127.0.0.1");
  quotas = createServer((request, response) => void answerQuota(request, response)).listen(0, "127.0.0.1");
  const client = { endpoint: moto.endpoint, region: "us-east-1", credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" } };
  const trust = (Service: string): string => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }] });
  const iam = new IAMClient(client);
  await iam.send(new CreateRoleCommand({ RoleName: "carelake-job", AssumeRolePolicyDocument: trust("emr-serverless.amazonaws.com") }));
  await iam.send(new CreateRoleCommand({ RoleName: "of-lambda", AssumeRolePolicyDocument: trust("lambda.amazonaws.com") }));
  await new SecretsManagerClient(client).send(new CreateSecretCommand({ Name: "carelake/mysql", SecretString: JSON.stringify({ password: "pa55word-of-mysql" }) }));
  const { applicationId } = await new EMRServerlessClient({ ...client, endpoint: endpoint.url }).send(new CreateApplicationCommand({ name: "ours", releaseLabel: "emr-spark-8.1.0", type: "SPARK", architecture: "ARM64", clientToken: "token-of-ours" }));
  const ec2 = new EC2Client(client);
  const inVpc = async (CidrBlock: string, cidrs: readonly string[]): Promise<readonly string[]> => {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock }));
    const made = await Promise.all(cidrs.map((each, index) => ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: each, AvailabilityZone: `us-east-1${index === 0 ? "a" : "b"}` }))));
    return made.map(({ Subnet }) => Subnet?.SubnetId ?? "");
  };
  const [[wide = "", narrow = ""], [elsewhere = ""]] = await Promise.all([inVpc("10.0.0.0/16", ["10.0.0.0/24", "10.0.1.0/28"]), inVpc("10.1.0.0/16", ["10.1.0.0/24"])]);
  // A /28 has eleven addresses: one is left.
  for (let taken = 0; taken < 10; taken++) await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: narrow }));
  const lake = `s3://${s3.bucket}/medicare`;
  const mysql = { host: "localhost", port: 9, user: "carelake", database: "serving" };
  project = awsProject(join(folder, "project"), {
    good: { engine: "emr-serverless", lake, more: { job_role: ROLE, emr_serverless: { application: applicationId } } },
    clusters: { engine: "emr", lake, more: { job_role: ROLE, emr: { subnets: [wide, narrow], security_configuration: "carelake-roles" } } },
    misplaced: { engine: "emr", lake, more: { job_role: ROLE, emr: { subnets: [wide, elsewhere], security_configuration: "carelake-encryption" } } },
    narrow: { engine: "emr", lake, more: { emr: { subnets: [narrow], security_configuration: "carelake-none" } } },
    absent: { engine: "emr-serverless", lake, more: { job_role: ROLE, emr_serverless: { subnets: [wide, "subnet-0000000000000000f"] } } },
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
    AWS_ENDPOINT_URL_EC2: moto.endpoint,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: urlOf(quotas),
    AWS_ENDPOINT_URL_EMR: endpoint.url,
    AWS_ENDPOINT_URL_EMR_SERVERLESS: endpoint.url,
  };
});
afterAll(async () => {
  for (const server of [strict, strictJson, quotas]) server.close();
  await Promise.all([endpoint.stop(), moto.stop(), s3.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const urlOf = (server: Server): string => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

/** GetServiceQuota as Service Quotas answers it; moto knows the quotas of one service that is not asked. */
async function answerQuota(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { ServiceCode, QuotaCode } = z.object({ ServiceCode: z.string(), QuotaCode: z.string() }).parse(JSON.parse(Buffer.concat(chunks).toString()));
  const service = QuotaCode === "L-D05C8A75" ? "emr-serverless" : "ec2";
  const Value = ServiceCode === service ? QUOTAS[QuotaCode] : undefined;
  const answer = Value === undefined ? { __type: "NoSuchResourceException", Message: "The request failed because the specified service does not exist." } : { Quota: { ServiceCode, QuotaCode, Value } };
  response.writeHead(Value === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
}

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
  expect(verdicts).toEqual({ region: "ok", caller: "ok", lake: "failed", "job-role": "failed", release: "failed", application: "failed", quota: "ok", "mysql-password": "ok", "postgres-password": "failed", mysql: "failed" });
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
  expect(Object.keys(gone.verdicts).filter((id) => /^(subnets|quota|security)/.test(id))).toEqual([]);
  const clusters = await examined("clusters");
  expect([clusters.code, clusters.of("service-role")?.found, clusters.verdicts["instance-profile"], clusters.verdicts["cluster"]]).toEqual([3, "there is no role EMR_DefaultRole_V2 in this account", "failed", "ok"]);
  const strictly = await examined("good", { AWS_ENDPOINT_URL_IAM: urlOf(strict) });
  expect([strictly.code, strictly.verdicts["job-role"], strictly.of("job-role")?.found]).toEqual([0, "not known", "these credentials may not ask GetRole, which a run does not need"]);
});

it("subnets are looked up: there, in one VPC, with addresses for the largest stage in one of them", async () => {
  const { of } = await examined("clusters");
  expect(of("subnets")).toMatchObject({ verdict: "ok", found: expect.stringMatching(/^vpc-\w+: subnet-\w+ in us-east-1[ab] with \d+ free addresses, subnet-\w+ in us-east-1[ab] with \d+ free addresses; stage \S+ of \S+ takes up to \d+$/) });
  const [misplaced, narrow, absent] = [await examined("misplaced"), await examined("narrow"), await examined("absent")];
  expect(misplaced.of("subnets")).toMatchObject({ verdict: "failed", found: expect.stringMatching(/^they lie in 2 VPCs \(vpc-\w+, vpc-\w+\): /), help: expect.stringContaining("emr.subnets") });
  expect(narrow.of("subnets")).toMatchObject({ verdict: "failed", found: expect.stringMatching(/with 1 free addresses; stage \S+ of \S+ takes up to \d+, which none of them has$/) });
  expect(absent.of("subnets")).toMatchObject({ verdict: "failed", found: "there is no subnet-0000000000000000f in this account and region", help: expect.stringContaining("emr_serverless.subnets") });
  const strictly = await examined("clusters", { AWS_ENDPOINT_URL_EC2: urlOf(strict) });
  expect(strictly.of("subnets")).toMatchObject({ verdict: "not known", found: "these credentials may not ask DescribeSubnets, which a run does not need" });
});

it("a security configuration is looked up: there, and with roles for steps where the profile has one", async () => {
  const of = async (profile: string) => (await examined(profile)).of("security-configuration");
  expect(await of("clusters")).toMatchObject({ verdict: "ok", found: "carelake-roles: steps have roles of their own" });
  expect(await of("misplaced")).toMatchObject({ verdict: "failed", found: "carelake-encryption does not let steps have roles of their own, and the profile names a job_role" });
  expect(await of("narrow")).toMatchObject({ verdict: "failed", found: "there is no security configuration carelake-none in this account and region" });
});

it("quotas are held against the largest stage, and a new account's stand in where the account's are not told", async () => {
  const { of } = await examined("clusters");
  expect(of("quota-on-demand")).toMatchObject({ verdict: "failed", found: expect.stringMatching(/^7 vCPU at once; stage \S+ of \S+ takes \d+$/), help: expect.stringMatching(/--service-code ec2 --quota-code L-1216C47A --desired-value \d+ asks for more/) });
  expect(of("quota-spot")).toMatchObject({ verdict: "ok", found: expect.stringMatching(/^640 vCPU at once; stage \S+ of \S+ takes \d+$/) });
  expect((await examined("good")).of("quota")).toMatchObject({ verdict: "ok", found: expect.stringMatching(/^32 vCPU at once; stage \S+ of \S+ takes \d+$/) });
  const strictly = await examined("clusters", { AWS_ENDPOINT_URL_SERVICE_QUOTAS: urlOf(strictJson) });
  expect(strictly.of("quota-on-demand")).toMatchObject({ verdict: "not known", found: expect.stringMatching(/^5 vCPU at once, which a new account has: these credentials may not ask GetServiceQuota for L-1216C47A; /) });
  const untold = await examined("good", { AWS_ENDPOINT_URL_SERVICE_QUOTAS: moto.endpoint });
  expect(untold.of("quota")).toMatchObject({ verdict: "ok", found: expect.stringMatching(/^16 vCPU at once, which a new account has: Service Quotas tells no value of L-D05C8A75 for this one; /) });
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
