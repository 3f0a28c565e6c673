// What a profile of carelake.yaml may say: where and how to run. Shapes only; secrets stand in it by reference.

import { z } from "zod";

/** Sizes as the JVM takes them. */
export const MEMORY = /^[1-9]\d*[mg]$/;
export const MEMORY_WORDS = "a size such as 2g or 1536m";

/** A lake that clusters reach. */
export const S3_PLACE = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/|$)/;

const reference = {
  env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable").optional(),
  /** Name or ARN. */
  secret: z.string().min(1).optional(),
  /** Key in the secret's JSON; without it the whole secret is the password. */
  key: z.string().optional(),
};
const [ENV_WORDS, SECRET_WORDS] = ["`env`, the name of an environment variable", "`secret`, the name of a secret in AWS Secrets Manager"];

/** A secret by reference: an environment variable of this computer, or a secret of AWS Secrets Manager. */
const secret = z.strictObject(reference).refine(({ env, secret: id }) => (env === undefined) !== (id === undefined), `either ${ENV_WORDS}, or ${SECRET_WORDS}`);
export type PasswordReference = z.infer<typeof secret>;

/** The same, or a token of IAM: signed anew for each connection, with the credentials of whoever publishes. */
const databasePassword = z
  .strictObject({ ...reference, iam: z.literal(true).optional() })
  .refine(({ env, secret: id, iam }) => [env, id, iam].filter((each) => each !== undefined).length === 1, `one of ${ENV_WORDS}, ${SECRET_WORDS}, or \`iam: true\``);
export type DatabasePassword = z.infer<typeof databasePassword>;

/** Aurora without a route to it: statements go through the RDS Data API, and the server fetches the rows from S3. */
export const dataApi = z.strictObject({
  cluster: z.string().regex(/^arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:cluster:.+$/, "the ARN of an Aurora cluster"),
  /** Holds name and password of the loader's account, as RDS writes such secrets. */
  secret: z.string().regex(/^arn:aws[a-z-]*:secretsmanager:.+$/, "the ARN of a secret"),
});
export type DataApiProfile = z.infer<typeof dataApi>;

/** Names of Spark settings whose values are secrets. */
const SECRET_KEY = /password|secret|token|access\.?key/i;

function refuseSecrets(settings: Readonly<Record<string, string>>, context: z.RefinementCtx): void {
  const named = Object.keys(settings).filter((key) => SECRET_KEY.test(key));
  for (const key of named) context.addIssue({ code: "custom", path: [key], message: "its name says that it holds a secret" });
}

const mysqlKeys = z.strictObject({
  host: z.string().default("localhost"),
  port: z.number().int().default(3306),
  user: z.string().optional(),
  password: databasePassword.optional(),
  data_api: dataApi.optional(),
  database: z.string(),
  /** PEM file of the authorities to trust. Without it those of Amazon for its databases, the system's for all others. */
  ca_file: z.string().optional(),
  tls: z.enum(["verify", "off"]).default("verify"),
  keep_generations: z.number().int().min(0).default(2),
  /** Further former generations stay until they are so many days old. */
  keep_days: z.number().min(0).default(0),
  /** Seconds to try for a new connection after one broke while loading. */
  reconnect_seconds: z.number().int().min(0).default(60),
  /** Seconds to wait for another pipeline that publishes to the same database. */
  wait_seconds: z.number().int().min(0).default(120),
});

/** An account of the server's, or the Data API with a secret that holds one. */
export const mysql = mysqlKeys.superRefine(({ user, password, data_api }, context) => {
  const given = Object.entries({ user, password }).map(([key, value]) => ({ key, is: value !== undefined }));
  for (const { key, is } of given.filter((each) => each.is === (data_api !== undefined))) {
    context.addIssue({ code: "custom", path: [key], message: is ? "the secret of `data_api` holds it" : "needed unless there is `data_api`" });
  }
});

export const postgres = z.strictObject({
  host: z.string().default("localhost"),
  port: z.number().int().default(5432),
  database: z.string(),
  user: z.string(),
  password: secret,
  sslmode: z.enum(["disable", "prefer", "require", "verify-full"]).default("verify-full"),
  /** Growing numeric key of every table. */
  key: z.string().default("id"),
  /** Column that holds the data year; without it a table holds the year asked for. */
  year_column: z.string().optional(),
  /** Table by source name, where it is not the source's own. */
  tables: z.record(z.string(), z.string()).default({}),
  /** Layout by source name, where it is not the source's first. */
  layouts: z.record(z.string(), z.string()).default({}),
  partitions: z.number().int().min(1).max(64).default(4),
  /** Read only rows above the greatest key loaded so far. */
  incremental: z.boolean().default(true),
});

/** EMR Serverless: one application, found by the hash of what it is made of, or the one that is named. */
export const emrServerless = z.strictObject({
  application: z.string().regex(/^[0-9a-z]{1,64}$/, "an application id such as 00f1abcdexample").optional(),
  architecture: z.enum(["ARM64", "X86_64"]).default("ARM64"),
  subnets: z.array(z.string()).max(16).default([]),
  security_groups: z.array(z.string()).max(5).default([]),
  /** Most vCPU of all workers together: maximumCapacity of the application, and what quota checks are held to. */
  maximum_vcpu: z.number().int().min(5).default(16),
  /** Warm workers, billed while they idle. */
  pre_initialized: z.boolean().default(false),
});

/** EMR on EC2. */
export const emr = z.strictObject({
  /** Each stage its own cluster, one for the run, or steps on a cluster that is there. */
  cluster: z.union([z.enum(["per-stage", "per-run"]), z.string().regex(/^j-[0-9A-Z]+$/, "per-stage, per-run or a cluster id such as j-1K48XXXXXXHCB")]).default("per-stage"),
  service_role: z.string().default("EMR_DefaultRole_V2"),
  instance_profile: z.string().default("EMR_EC2_DefaultRole"),
  subnets: z.array(z.string()).default([]),
  security_configuration: z.string().optional(),
  /** Task nodes from the spot market, with on-demand as the way out. */
  spot: z.boolean().default(true),
  /** A cluster without work ends itself after so long: 1 minute to 7 days. */
  idle_minutes: z.number().int().min(1).max(10080).default(10),
});

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const guid = z.string().regex(GUID, "an id such as 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");

/** Tokens go there: only under TLS, or to this computer. Without a slash at its end. */
const service = z.string().regex(/^(https:\/\/[\w.-]+(:\d+)?|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?)$/, "https://host, without a path");

/** The semantic model of Power BI that shows what is published. */
export const powerbi = z.strictObject({
  workspace: guid,
  model: guid,
  /** Id or domain. */
  tenant: z.string().regex(/^[\w.-]+$/, "id or domain of the tenant"),
  /** Application id of the service principal. */
  client: guid,
  secret,
  /**
   * A model of the analyst's own: its tables by the published one that they are loaded from, where they have another name;
   * false: it has none. Without it the model is that of the pipeline's report.
   */
  tables: z.record(z.string(), z.union([z.string().min(1), z.array(z.string().min(1)).min(1), z.literal(false)])).optional(),
  /** False: a shared capacity, which refreshes whole models only. Without it the service tells. */
  enhanced: z.boolean().optional(),
  /** Compare the rows of the model with those published. */
  check: z.boolean().default(false),
  max_parallelism: z.number().int().min(1).max(30).default(4),
  retry_count: z.number().int().min(0).max(10).default(1),
  /** Of one try: up to a day. */
  timeout_minutes: z.number().int().min(1).max(1440).default(300),
  /** Most seconds between two looks. */
  poll_seconds: z.number().min(0.05).max(600).default(30),
  /** Other clouds have other hosts. */
  api: service.default("https://api.powerbi.com"),
  login: service.default("https://login.microsoftonline.com"),
  audience: z.string().regex(/^https:\/\/[\w.\/-]+[^/]$/, "a URL without a slash at its end").default("https://analysis.windows.net/powerbi/api"),
});

export const profile = z.strictObject({
  engine: z.enum(["local", "emr", "emr-serverless"]).default("local"),
  lake: z.string().default("./lake"),
  input: z.string().optional(),
  cores: z.number().int().min(1).optional(),
  memory: z.string().regex(MEMORY, `expected ${MEMORY_WORDS}`).default("2g"),
  /** Further Spark settings. Any user of this computer reads them in the list of processes: no secret stands there. */
  spark: z.record(z.string(), z.string()).superRefine(refuseSecrets).default({}),
  mysql: mysql.optional(),
  postgres: postgres.optional(),
  powerbi: powerbi.optional(),
  /** AWS: where. The SDK's own chain finds it when it is not named. */
  region: z.string().optional(),
  release: z.string().default("emr-spark-8.1.0"),
  /** Role that the job works under: execution role on Serverless, runtime role of an EMR step. */
  job_role: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, "the ARN of a role").optional(),
  /** A run whose estimate is above it is not submitted, and one that grows beyond it is stopped. */
  budget_usd: z.number().positive().optional(),
  /** File that `carelake prices --refresh` wrote, over the built-in prices. */
  prices: z.string().min(1).optional(),
  /** Limit of one stage: 5 minutes to 7 days. */
  time_limit_minutes: z.number().int().min(5).max(10080).default(720),
  tags: z.record(z.string(), z.string()).default({}),
  /** Seconds between two looks at a stage; the engine's own pace keeps well within the account's limits. */
  poll_seconds: z.number().min(1).max(600).optional(),
  emr_serverless: emrServerless.optional(),
  emr: emr.optional(),
});

export type Profile = z.infer<typeof profile>;
export type MySqlProfile = z.infer<typeof mysqlKeys>;
export type PostgresProfile = z.infer<typeof postgres>;
export type PowerBiProfile = z.infer<typeof powerbi>;
export type EmrServerlessProfile = z.infer<typeof emrServerless>;
export type EmrProfile = z.infer<typeof emr>;

export const DEFAULT_PROFILE: Profile = profile.parse({});

/** Environment variables that hold secrets of the profiles. */
export function secretNames(profiles: readonly Profile[]): readonly string[] {
  return profiles.flatMap(({ mysql: target, postgres: source, powerbi: model }) => [target?.password, source?.password, model?.secret].flatMap((each) => each?.env ?? []));
}
