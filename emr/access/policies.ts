// What a profile needs of IAM, and no more: the documents that `carelake doctor --policies` prints.
// In: profile, account, databases and secrets of its pipelines. Out: policy documents by who needs them. Pure.
// Which actions can be narrowed to which resources: AWS service authorization reference.

import type { Profile } from "../../driver/profile.js";
import { emr as emrShape } from "../../driver/profile.js";
import type { Problem, Result } from "../../driver/problems.js";
import { fail, ok } from "../../driver/problems.js";
import type { Arns, Place, PolicyDocument, Statement } from "./policy-document.js";
import { allow, arn, document, listing, objectsIn, placeOf, roleArn, secretArn } from "./policy-document.js";

export interface PolicyRequest {
  readonly profile: Profile;
  readonly arns: Arns;
  /** Glue databases of the pipelines: "part_d_raw" … */
  readonly databases: readonly string[];
  /** Names or ARNs, by who reads them: the driver publishes, the job reads source databases. */
  readonly secrets: { readonly driver: readonly string[]; readonly job: readonly string[] };
}

export interface Policies {
  /** Whoever runs carelake: a laptop's user, a CI role. */
  readonly driver: PolicyDocument;
  /** profile.job_role; on EC2 without one, the instance profile has these rights. */
  readonly job_role: PolicyDocument;
  readonly job_role_trust: PolicyDocument;
  /** EC2 only: beside the managed AmazonEMRServicePolicy_v2. */
  readonly service_role?: PolicyDocument;
  readonly instance_profile?: PolicyDocument;
  /** What carelake doctor asks beyond what a run does; it does without where it may not. */
  readonly doctor: PolicyDocument;
  /** Statements on every resource, and why. */
  readonly wildcards: readonly { readonly sid: string; readonly why: string }[];
}

/** Actions that AWS allows on `*` only. */
const NOT_NARROWED: Readonly<Record<string, string>> = {
  CreateCluster: "a cluster has no ARN before it exists; the tag that every cluster of carelake gets is asked for instead",
  FindClusters: "ListClusters knows no resources; it tells names and states, no contents",
  CreateApplication: "an application has no ARN before it exists; the tag that every application of carelake gets is asked for instead",
  ReadReleases: "release labels belong to nobody, and DescribeSecurityConfiguration knows no resources; such a configuration holds no secret",
  ReadSubnets: "DescribeSubnets knows no resources; it tells addresses and places, no contents",
  ReadQuotas: "GetServiceQuota knows no resources; it tells a number that the account is held to",
  FindApplications: "ListApplications knows no resources; it tells names and states, no contents",
};

const CLUSTER_TAG = "carelake-key";
const APPLICATION_TAG = "carelake-application";
const RUN_TAG = "carelake-key";
const EMR = "elasticmapreduce";
const SERVERLESS = "emr-serverless";

/** Fails when the lake is not on S3: there is nothing to allow then. */
export function policiesFor(request: PolicyRequest): Result<Policies> {
  const { profile } = request;
  const lake = placeOf(profile.lake);
  const missing: Problem = { code: "config-invalid", key: "lake", message: `policies need a lake on S3, and it is ${profile.lake}`, help: "set `lake: s3://bucket/prefix` in the profile" };
  if (lake === undefined) return fail(missing);
  const isCluster = profile.engine === "emr";
  const driver = document(driverObjects(request, lake), isCluster ? driverOnEmr(request) : driverOnServerless(request), [...secretsOf("ReadPublicationSecrets", request.arns, request.secrets.driver), ...reachDatabase(request)]);
  const job = jobStatements(request, lake);
  const doctor = document(doctorStatements(request));
  return ok({
    driver,
    job_role: document(job, isCluster ? [] : writeLogs(request, lake)),
    job_role_trust: document(trust(request)),
    ...(isCluster ? { service_role: document(serviceRole(request)), instance_profile: document(profile.job_role === undefined ? job : assumeJobRole(profile.job_role), writeLogs(request, lake)) } : {}),
    doctor,
    wildcards: [...driver.Statement, ...doctor.Statement].filter(({ Resource }) => Resource?.includes("*") === true).map(({ Sid }) => ({ sid: Sid, why: NOT_NARROWED[Sid] ?? "" })),
  });
}

const secretsOf = (sid: string, arns: Arns, secrets: readonly string[]): readonly Statement[] => allow(sid, { action: ["secretsmanager:GetSecretValue"], on: secrets.map((each) => secretArn(arns, each)) });

// ---- driver ----------------------------------------------------------------------------------------------

function driverObjects({ arns: { partition }, profile }: PolicyRequest, lake: Place): readonly Statement[] {
  const input = placeOf(profile.input ?? "");
  return [
    ...listing("ListLake", partition, lake),
    ...allow("ReadLedgerExportsAndLogs", { action: ["s3:GetObject"], on: objectsIn(partition, lake, "ledger", "exports", "logs", "code", "inputs") }),
    ...allow("WriteLedgerCodeAndInputs", { action: ["s3:PutObject", "s3:AbortMultipartUpload"], on: objectsIn(partition, lake, "ledger", "code", "inputs") }),
    ...allow("CleanStagesAndProbes", { action: ["s3:DeleteObject"], on: objectsIn(partition, lake, "ledger/stages", "ledger/probe") }),
    ...(input === undefined ? [] : [...listing("ListInput", partition, input), ...allow("ReadInputHeaders", { action: ["s3:GetObject"], on: objectsIn(partition, input, "") })]),
  ];
}

function driverOnServerless({ profile, arns }: PolicyRequest): readonly Statement[] {
  const named = profile.emr_serverless?.application;
  const application = arn(arns, SERVERLESS, `/applications/${named ?? "*"}`);
  const ours = named === undefined ? { StringLike: { [`aws:ResourceTag/${APPLICATION_TAG}`]: "*" } } : undefined;
  return [
    ...(named === undefined
      ? [
          ...allow("FindApplications", { action: [`${SERVERLESS}:ListApplications`], on: ["*"] }),
          ...allow("CreateApplication", { action: [`${SERVERLESS}:CreateApplication`], on: ["*"], when: { StringLike: { [`aws:RequestTag/${APPLICATION_TAG}`]: "*" } } }),
          ...allow("TagApplication", { action: [`${SERVERLESS}:TagResource`], on: [application], when: { StringLike: { [`aws:RequestTag/${APPLICATION_TAG}`]: "*" } } }),
          ...allow("LinkServerlessOnFirstUse", {
            action: ["iam:CreateServiceLinkedRole"],
            on: [`arn:${arns.partition}:iam::${arns.account}:role/aws-service-role/ops.emr-serverless.amazonaws.com/*`],
            when: { StringEquals: { "iam:AWSServiceName": "ops.emr-serverless.amazonaws.com" } },
          }),
        ]
      : []),
    ...allow("UseApplication", { action: [`${SERVERLESS}:GetApplication`, `${SERVERLESS}:StartJobRun`, `${SERVERLESS}:ListJobRuns`], on: [application], ...(ours === undefined ? {} : { when: ours }) }),
    ...allow("TagJobRuns", { action: [`${SERVERLESS}:TagResource`], on: [`${application}/jobruns/*`], when: { StringLike: { [`aws:RequestTag/${RUN_TAG}`]: "*" } } }),
    ...allow("FollowAndCancelJobRuns", { action: [`${SERVERLESS}:GetJobRun`, `${SERVERLESS}:CancelJobRun`], on: [`${application}/jobruns/*`], when: { StringLike: { [`aws:ResourceTag/${RUN_TAG}`]: "*" } } }),
    ...passRole("PassJobRole", profile.job_role, "emr-serverless.amazonaws.com"),
  ];
}

function driverOnEmr({ profile, arns }: PolicyRequest): readonly Statement[] {
  const { cluster, service_role, instance_profile } = profile.emr ?? emrShape.parse({});
  const existing = cluster.startsWith("j-");
  const clusters = [arn(arns, EMR, `cluster/${existing ? cluster : "*"}`)];
  const ours = existing ? undefined : { StringLike: { [`${EMR}:ResourceTag/${CLUSTER_TAG}`]: "*" } };
  const asJob = profile.job_role === undefined ? undefined : { ArnEquals: { [`${EMR}:ExecutionRoleArn`]: profile.job_role } };
  const both = ours === undefined && asJob === undefined ? undefined : { ...ours, ...asJob };
  const tagged = { StringLike: { [`${EMR}:RequestTag/${CLUSTER_TAG}`]: "*" } };
  const names = (...actions: readonly string[]): readonly string[] => actions.map((action) => `${EMR}:${action}`);
  return [
    ...allow("AddSteps", { action: names("AddJobFlowSteps"), on: clusters, ...(both === undefined ? {} : { when: both }) }),
    ...allow("FollowAndCancelSteps", { action: names("DescribeCluster", "DescribeStep", "ListSteps", "ListInstances", "ListInstanceFleets", "CancelSteps"), on: clusters, ...(ours === undefined ? {} : { when: ours }) }),
    ...(existing
      ? []
      : [
          ...allow("FindClusters", { action: names("ListClusters"), on: ["*"] }),
          ...allow("CreateCluster", { action: names("RunJobFlow"), on: ["*"], when: tagged }),
          ...allow("TagCluster", { action: names("AddTags"), on: clusters, when: tagged }),
          ...allow("ResizeAndEndClusters", { action: names("AddInstanceFleet", "ModifyInstanceFleet", "TerminateJobFlows"), on: clusters, ...(ours === undefined ? {} : { when: ours }) }),
          ...passRole("PassServiceRole", roleArn(arns, service_role), "elasticmapreduce.amazonaws.com"),
          // The role in an instance profile has the profile's name unless somebody chose otherwise.
          ...passRole("PassInstanceRole", roleArn(arns, instance_profile), "ec2.amazonaws.com"),
        ]),
  ];
}

const passRole = (sid: string, role: string | undefined, service: string): readonly Statement[] => allow(sid, { action: ["iam:PassRole"], on: role === undefined ? [] : [role], when: { StringEquals: { "iam:PassedToService": service } } });

/** With a password nothing of IAM is needed. A token's account may be one of any server: ids of servers are not known here. */
function reachDatabase({ profile: { mysql }, arns }: PolicyRequest): readonly Statement[] {
  const account = mysql?.password?.iam === true ? [arn(arns, "rds-db", `dbuser:*/${mysql.user ?? ""}`)] : [];
  const cluster = mysql?.data_api === undefined ? [] : [mysql.data_api.cluster];
  return [
    ...allow("ConnectToDatabase", { action: ["rds-db:connect"], on: account }),
    ...allow("UseDataApi", { action: ["ExecuteStatement", "BeginTransaction", "CommitTransaction", "RollbackTransaction"].map((action) => `rds-data:${action}`), on: cluster }),
  ];
}

// ---- job -------------------------------------------------------------------------------------------------

function jobStatements({ profile, arns, databases, secrets }: PolicyRequest, lake: Place): readonly Statement[] {
  const { partition } = arns;
  const input = placeOf(profile.input ?? "");
  const glue = databases.length === 0 ? [] : [arn(arns, "glue", "catalog"), ...databases.flatMap((each) => [arn(arns, "glue", `database/${each}`), arn(arns, "glue", `table/${each}/*`)])];
  return [
    ...listing("ListLake", partition, lake),
    ...allow("ReadCodeAndInputs", { action: ["s3:GetObject"], on: [...objectsIn(partition, lake, "code", "inputs"), ...(input === undefined ? [] : objectsIn(partition, input, ""))] }),
    ...(input === undefined ? [] : listing("ListInput", partition, input)),
    // Iceberg replaces and expires files; an export is written anew after a stage that died in it.
    ...allow("WriteTablesAndExports", { action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], on: objectsIn(partition, lake, "warehouse", "exports") }),
    ...allow("TellEventsAndReport", { action: ["s3:GetObject", "s3:PutObject"], on: objectsIn(partition, lake, "ledger/stages") }),
    ...allow("UseCatalog", { action: ["glue:GetDatabase", "glue:CreateDatabase", "glue:GetTable", "glue:GetTables", "glue:CreateTable", "glue:UpdateTable"], on: glue }),
    ...secretsOf("ReadSourceSecrets", arns, secrets.job),
  ];
}

const writeLogs = ({ arns: { partition } }: PolicyRequest, lake: Place): readonly Statement[] => allow("WriteLogs", { action: ["s3:PutObject"], on: objectsIn(partition, lake, "logs") });

const assumeJobRole = (role: string): readonly Statement[] => allow("BecomeJobRole", { action: ["sts:AssumeRole", "sts:TagSession"], on: [role] });

/** Who may become the job role: EMR Serverless for this account, or the nodes of a cluster. */
function trust({ profile, arns }: PolicyRequest): readonly Statement[] {
  if (profile.engine === "emr") {
    const { instance_profile } = profile.emr ?? emrShape.parse({});
    return [{ Sid: "NodesBecomeIt", Effect: "Allow", Principal: { AWS: roleArn(arns, instance_profile) }, Action: ["sts:AssumeRole", "sts:TagSession"] }];
  }
  const source = arn(arns, SERVERLESS, `/applications/${profile.emr_serverless?.application ?? "*"}`);
  return [{ Sid: "ServerlessBecomesIt", Effect: "Allow", Principal: { Service: "emr-serverless.amazonaws.com" }, Action: ["sts:AssumeRole"], Condition: { StringEquals: { "aws:SourceAccount": arns.account }, ArnLike: { "aws:SourceArn": source } } }];
}

/** Beside AmazonEMRServicePolicy_v2. 8.x makes its own endpoint in a private subnet. */
function serviceRole({ profile, arns }: PolicyRequest): readonly Statement[] {
  const { instance_profile, subnets } = profile.emr ?? emrShape.parse({});
  const network = [...subnets.map((each) => arn(arns, "ec2", `subnet/${each}`)), ...["vpc-endpoint", "vpc", "security-group", "route-table"].map((kind) => arn(arns, "ec2", `${kind}/*`))];
  return [
    ...passRole("PassInstanceRole", roleArn(arns, instance_profile), "ec2.amazonaws.com"),
    ...allow("EndpointInPrivateSubnet", { action: ["ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"], on: subnets.length === 0 ? [] : network }),
  ];
}

// ---- doctor ----------------------------------------------------------------------------------------------

/** Reading alone. STS tells everybody who he is. */
function doctorStatements({ profile, arns }: PolicyRequest): readonly Statement[] {
  const { cluster, service_role, instance_profile, subnets } = profile.emr ?? emrShape.parse({});
  const isCluster = profile.engine === "emr";
  const starts = isCluster && !cluster.startsWith("j-");
  const lies = isCluster ? starts && subnets.length > 0 : (profile.emr_serverless?.subnets ?? []).length > 0;
  const roles = [...(profile.job_role === undefined ? [] : [profile.job_role]), ...(starts ? [roleArn(arns, service_role)] : [])];
  return [
    ...allow("ReadRoles", { action: ["iam:GetRole"], on: roles }),
    ...allow("ReadInstanceProfile", { action: ["iam:GetInstanceProfile"], on: starts ? [`arn:${arns.partition}:iam::${arns.account}:instance-profile/${instance_profile}`] : [] }),
    ...allow("ReadReleases", { action: [`${EMR}:DescribeReleaseLabel`, ...(starts ? [`${EMR}:DescribeSecurityConfiguration`] : [])], on: ["*"] }),
    ...allow("ReadSubnets", { action: ["ec2:DescribeSubnets"], on: lies ? ["*"] : [] }),
    ...allow("ReadQuotas", { action: ["servicequotas:GetServiceQuota"], on: starts || !isCluster ? ["*"] : [] }),
  ];
}
