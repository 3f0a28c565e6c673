// Policies: no action and no resource wider than AWS lets it be, and every call that the code makes is allowed.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emr, emrServerless, mysql, profile, type Profile } from "../../../driver/profile.js";
import type { Policies } from "../../../emr/access/policies.js";
import { policiesFor } from "../../../emr/access/policies.js";
import type { PolicyDocument } from "../../../emr/access/policy-document.js";

const ROLE = "arn:aws:iam::123456789012:role/carelake-job";
const base = (engine: "emr" | "emr-serverless", rest: Partial<Profile> = {}): Profile => ({ ...profile.parse({ engine, lake: "s3://carelake-lake/prod", job_role: ROLE, region: "eu-west-1" }), ...rest });
const CLUSTER = "arn:aws:rds:eu-west-1:123456789012:cluster:serving";
const CASES = {
  serverless: base("emr-serverless"),
  "a named application": base("emr-serverless", { emr_serverless: emrServerless.parse({ application: "00f1abcdexample" }) }),
  "a cluster a stage": base("emr", { emr: emr.parse({ subnets: ["subnet-0a1b"] }) }),
  "a cluster that is there": base("emr", { emr: emr.parse({ cluster: "j-1ABCDEFGHIJKL" }) }),
  "clusters without a job role": base("emr", { job_role: undefined }),
  "a database by token": base("emr-serverless", { mysql: mysql.parse({ user: "loader", password: { iam: true }, database: "serving" }) }),
  "a database through the Data API": base("emr-serverless", { mysql: mysql.parse({ data_api: { cluster: CLUSTER, secret: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:loader-AbCdEf" }, database: "serving" }) }),
  "a whole bucket": base("emr-serverless", { lake: "s3://carelake-lake", input: "s3://cms-files/part-d" }),
} as const;

function policies(of: Profile): Policies {
  const made = policiesFor({ profile: of, arns: { partition: "aws", region: "eu-west-1", account: "123456789012" }, databases: ["part_d_raw", "part_d_curated"], secrets: { driver: ["carelake/mysql"], job: ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:source-AbCdEf"] } });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.value;
}
const documents = ({ driver, job_role, job_role_trust, service_role, instance_profile, doctor }: Policies): readonly PolicyDocument[] => [driver, job_role, job_role_trust, doctor, ...(service_role === undefined ? [] : [service_role]), ...(instance_profile === undefined ? [] : [instance_profile])];
const sids = (document: PolicyDocument): readonly string[] => document.Statement.map(({ Sid }) => Sid);
const statement = (document: PolicyDocument, sid: string) => document.Statement.find(({ Sid }) => Sid === sid);

/** All that stands on `*`, each because AWS knows no resource for it. */
const ON_EVERYTHING = ["ec2:DescribeSubnets", "servicequotas:GetServiceQuota", "elasticmapreduce:DescribeReleaseLabel", "elasticmapreduce:DescribeSecurityConfiguration", "elasticmapreduce:ListClusters", "elasticmapreduce:RunJobFlow", "emr-serverless:CreateApplication", "emr-serverless:ListApplications"];

describe.each(Object.entries(CASES))("policies for %s", (_name, of) => {
  const made = policies(of);
  const statements = documents(made).flatMap((each) => each.Statement);

  it("allow no action by pattern", () => {
    for (const { Action } of statements) for (const action of Action) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
  });

  it("name resources, but for actions that AWS allows on * only, each with its reason", () => {
    for (const { Sid, Action, Resource } of statements) {
      for (const resource of Resource ?? []) {
        if (resource !== "*") expect(resource).toMatch(/^arn:aws:[a-z0-9-]+:[a-z0-9-]*:(123456789012)?:.+/);
        else for (const action of Action) expect(ON_EVERYTHING, Sid).toContain(action);
      }
    }
    const wild = statements.filter(({ Resource }) => Resource?.includes("*") === true).map(({ Sid }) => Sid);
    expect(made.wildcards.map(({ sid }) => sid)).toEqual(wild);
    for (const { why } of made.wildcards) expect(why.length).toBeGreaterThan(20);
  });

  it("create nothing without the tag, and pass roles to one service each", () => {
    for (const { Action, Condition } of statements) {
      if (Action.includes("elasticmapreduce:RunJobFlow")) expect(Condition).toEqual({ StringLike: { "elasticmapreduce:RequestTag/carelake-key": "*" } });
      if (Action.includes("emr-serverless:CreateApplication")) expect(Condition).toEqual({ StringLike: { "aws:RequestTag/carelake-application": "*" } });
      if (Action.includes("iam:PassRole")) expect(Condition).toEqual({ StringEquals: { "iam:PassedToService": expect.stringMatching(/^(emr-serverless|elasticmapreduce|ec2)\.amazonaws\.com$/) } });
    }
  });

  it("have statement ids of letters and digits, each once in its document, and fit a managed policy", () => {
    for (const document of documents(made)) {
      expect(new Set(sids(document)).size).toBe(document.Statement.length);
      for (const sid of sids(document)) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
      expect(JSON.stringify(document).replaceAll(/\s/g, "").length).toBeLessThanOrEqual(6144);
    }
  });

  it("let nobody but the job write tables, and the job no ledger of runs", () => {
    const written = (document: PolicyDocument) => document.Statement.filter(({ Action }) => Action.includes("s3:PutObject")).flatMap(({ Resource }) => Resource ?? []);
    expect(written(made.driver).join()).not.toMatch(/warehouse|exports|logs/);
    expect(written(made.job_role).join()).not.toMatch(/ledger\/\*|code|inputs/);
  });
});

describe("a lake below a prefix", () => {
  it("is listed and read below that prefix only", () => {
    const { driver } = policies(CASES.serverless);
    expect(statement(driver, "ListLake")).toMatchObject({ Resource: ["arn:aws:s3:::carelake-lake"], Condition: { StringLike: { "s3:prefix": ["prod", "prod/*"] } } });
    expect(statement(driver, "WriteLedgerCodeAndInputs")?.Resource).toEqual(["ledger", "code", "inputs"].map((folder) => `arn:aws:s3:::carelake-lake/prod/${folder}/*`));
  });

  it("not on S3 has no policies", () => expect(policiesFor({ profile: { ...CASES.serverless, lake: "./lake" }, arns: { partition: "aws", region: "r", account: "1" }, databases: [], secrets: { driver: [], job: [] } })).toMatchObject({ ok: false, problems: [{ code: "config-invalid", key: "lake" }] }));
});

describe("who gets what", () => {
  it("secrets go to who reads them, by name with its suffix or by ARN", () => {
    const { driver, job_role } = policies(CASES.serverless);
    expect(statement(driver, "ReadPublicationSecrets")?.Resource).toEqual(["arn:aws:secretsmanager:eu-west-1:123456789012:secret:carelake/mysql-??????"]);
    expect(statement(job_role, "ReadSourceSecrets")?.Resource).toEqual(["arn:aws:secretsmanager:eu-west-1:123456789012:secret:source-AbCdEf"]);
  });

  it("the job reaches the catalog, its databases and their tables", () => {
    expect(statement(policies(CASES.serverless).job_role, "UseCatalog")?.Resource).toEqual(["catalog", "database/part_d_raw", "table/part_d_raw/*", "database/part_d_curated", "table/part_d_curated/*"].map((each) => `arn:aws:glue:eu-west-1:123456789012:${each}`));
  });

  it("an existing cluster is neither made nor ended, and steps run under the job role only", () => {
    const { driver } = policies(CASES["a cluster that is there"]);
    expect(driver.Statement.flatMap(({ Action }) => Action)).not.toEqual(expect.arrayContaining([expect.stringMatching(/RunJobFlow|TerminateJobFlows|PassRole|ListClusters/)]));
    expect(statement(driver, "AddSteps")).toMatchObject({ Resource: ["arn:aws:elasticmapreduce:eu-west-1:123456789012:cluster/j-1ABCDEFGHIJKL"], Condition: { ArnEquals: { "elasticmapreduce:ExecutionRoleArn": ROLE } } });
  });

  it("nodes become the job role, or have its rights where there is none", () => {
    expect(sids(policies(CASES["a cluster a stage"]).instance_profile!)).toEqual(["BecomeJobRole", "WriteLogs"]);
    expect(sids(policies(CASES["clusters without a job role"]).instance_profile!)).toContain("WriteTablesAndExports");
    expect(policies(CASES["a cluster a stage"]).job_role_trust.Statement[0]).toMatchObject({ Principal: { AWS: "arn:aws:iam::123456789012:role/EMR_EC2_DefaultRole" } });
  });

  it("the doctor reads what the profile names, and the driver needs none of it", () => {
    const asks = (of: Profile) => policies(of).doctor.Statement.flatMap(({ Action, Resource = [] }) => Action.map((action) => `${action} ${Resource.join(" ")}`));
    expect(asks(CASES["a cluster a stage"])).toEqual([
      `iam:GetRole ${ROLE} arn:aws:iam::123456789012:role/EMR_DefaultRole_V2`,
      "iam:GetInstanceProfile arn:aws:iam::123456789012:instance-profile/EMR_EC2_DefaultRole",
      "elasticmapreduce:DescribeReleaseLabel *",
      "elasticmapreduce:DescribeSecurityConfiguration *",
      "ec2:DescribeSubnets *",
      "servicequotas:GetServiceQuota *",
    ]);
    expect(asks(CASES["a cluster that is there"])).toEqual([`iam:GetRole ${ROLE}`, "elasticmapreduce:DescribeReleaseLabel *"]);
    const { driver, doctor } = policies(CASES["a cluster a stage"]);
    const actions = (document: PolicyDocument) => document.Statement.flatMap(({ Action }) => Action);
    expect(actions(driver).filter((action) => actions(doctor).includes(action))).toEqual([]);
  });

  it("Serverless becomes the job role for this account only", () => {
    expect(policies(CASES.serverless).job_role_trust.Statement[0]).toMatchObject({ Principal: { Service: "emr-serverless.amazonaws.com" }, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } });
  });
});

it("the driver may make every call that emr/ makes", () => {
  const folder = join(import.meta.dirname, "../../../emr");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const made = files.flatMap((name) => [...readFileSync(join(folder, name), "utf8").matchAll(/\.(?:ask|once)\(\s*"([a-z0-9]+):([A-Za-z0-9]+)"/g)].map(([, service = "", operation = ""]) => `${service}:${operation}`));
  const action = (call: string): string => call.replace(/^emr:/, "elasticmapreduce:").replace(/^serverless:/, "emr-serverless:").replace(/^secrets:/, "secretsmanager:").replace(/s3:HeadObject/, "s3:GetObject").replace(/s3:DeleteObjects/, "s3:DeleteObject").replace(/s3:(ListObjectsV2|HeadBucket)/, "s3:ListBucket");
  const allowed = new Set([...documents(policies(CASES["a cluster a stage"])), ...documents(policies(CASES.serverless))].flatMap((each) => each.Statement.flatMap(({ Action }) => Action)));
  expect(made.length).toBeGreaterThan(20);
  // Everybody may ask who he is.
  const spared = ["sts:GetCallerIdentity"];
  expect([...new Set(made.map(action))].filter((each) => !allowed.has(each) && !spared.includes(each))).toEqual([]);
});

describe("the way to the serving database", () => {
  it("by a token is one account, through the Data API one cluster, by a password nothing", () => {
    const asks = (name: keyof typeof CASES) => policies(CASES[name]).driver.Statement.filter(({ Action }) => Action.some((action) => /^rds/.test(action))).map(({ Action, Resource }) => ({ Action, Resource }));
    expect(asks("a database by token")).toEqual([{ Action: ["rds-db:connect"], Resource: ["arn:aws:rds-db:eu-west-1:123456789012:dbuser:*/loader"] }]);
    expect(asks("a database through the Data API")).toEqual([{ Action: ["rds-data:ExecuteStatement", "rds-data:BeginTransaction", "rds-data:CommitTransaction", "rds-data:RollbackTransaction"], Resource: [CLUSTER] }]);
    expect(asks("serverless")).toEqual([]);
  });
});
