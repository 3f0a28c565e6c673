// What `carelake plan` can know without network to be refused, to stall or to run out of support on AWS.
// In: the profile, the shapes, the settings that would be sent. Out: findings as values; nothing found is an empty list.
// The plan shows them; an error stops a submission.

import type { Profile } from "../../driver/profile.js";
import { emr as emrShape, emrServerless as serverlessShape, S3_PLACE } from "../../driver/profile.js";
import type { StageShape, WorkerSize } from "../../driver/shape.js";
import { BUILT_IN_PRICES, type Prices } from "../facts/prices.js";
import { RELEASES_AS_OF } from "../facts/release-table.js";
import { findRelease, lookUpRelease, SERVERLESS_STORAGE_MINUTES, serverlessRules, supportOn } from "../facts/releases.js";
import { LEAST_SERVERLESS_EXECUTORS } from "./sizing.js";
import { GRID, isLegalWorker, legalMemory, WIDE_WORKER_SLACK_GB, workerSplit } from "./workers.js";

export interface Finding {
  readonly id: string;
  readonly severity: "error" | "warn";
  /** What it is about: "stage ingest", "the profile". */
  readonly what: string;
  readonly limit: string;
  readonly found: string;
  readonly help: string;
}

export interface StageLimits {
  readonly name: string;
  readonly shape: StageShape;
  /** All Spark settings that would be sent: the engine's, the shape's, the profile's. */
  readonly conf: Readonly<Record<string, string>>;
  /** EC2: strings of the step's HadoopJarStep (jar, arguments, properties). */
  readonly step?: readonly string[];
  /** Serverless: token of the submission. */
  readonly client_token?: string;
}

export interface LimitRequest {
  readonly profile: Profile;
  readonly stages: readonly StageLimits[];
  /** Session settings of the stages, where ANSI mode and the time zone are set. */
  readonly session: Readonly<Record<string, string>>;
  readonly log_uri: string | undefined;
  /** ISO date. */
  readonly today: string;
  readonly prices?: Prices;
}

/** Concurrent vCPU of a new account and region: quota L-D05C8A75. */
export const DEFAULT_VCPU_QUOTA = 16;
export const ACTIVE_STEPS = 256;
/** All strings of a HadoopJarStep together. */
export const STEP_CHARACTERS = 10_240;
const CLIENT_TOKEN = /^[A-Za-z0-9._-]{1,64}$/;
const ANSI = "spark.sql.ansi.enabled";
const MOST_EXECUTORS = "spark.dynamicAllocation.maxExecutors";

export function limitFindings(request: LimitRequest): readonly Finding[] {
  const { profile, stages } = request;
  if (profile.engine === "local") return [];
  return [...placeFindings(request), ...releaseFindings(request), ...moneyFindings(request), ...stages.flatMap((stage) => [...(profile.engine === "emr" ? stepFindings(stage) : workerFindings(stage, profile))]), ...runFindings(request)];
}

const finding = (id: string, severity: Finding["severity"], rest: Omit<Finding, "id" | "severity">): Finding => ({ id, severity, ...rest });
const error = (id: string, rest: Omit<Finding, "id" | "severity">): Finding => finding(id, "error", rest);
const warn = (id: string, rest: Omit<Finding, "id" | "severity">): Finding => finding(id, "warn", rest);
const when = (holds: boolean, make: () => Finding): readonly Finding[] => (holds ? [make()] : []);

function placeFindings({ profile, log_uri, prices = BUILT_IN_PRICES }: LimitRequest): readonly Finding[] {
  const { lake, region, job_role, engine } = profile;
  const what = "the profile";
  return [
    ...when(!S3_PLACE.test(lake), () => error("lake-not-on-s3", { what, limit: "a lake that clusters reach: s3://bucket/prefix", found: lake, help: "set `lake: s3://bucket/prefix` in the profile" })),
    ...when(region === undefined, () => warn("region-not-named", { what, limit: "one region for lake, logs and engine", found: "none; the AWS configuration of whoever runs it decides", help: "set `region:` in the profile" })),
    ...when(region !== undefined && region !== prices.region, () => warn("prices-of-other-region", { what: "the estimate", limit: `prices of ${region ?? ""}`, found: `prices of ${prices.region}`, help: "carelake prices --refresh gets those of your region" })),
    ...when(job_role === undefined && engine === "emr-serverless", () => error("job-role-missing", { what, limit: "an execution role for every job run", found: "none", help: "set `job_role:` to the ARN of a role; carelake doctor --policies prints what it needs" })),
    ...when(job_role === undefined && engine === "emr", () => warn("job-role-missing", { what, limit: "a runtime role, so that a step has the rights of its job alone", found: "none; steps use the instance profile", help: "set `job_role:` and `emr.security_configuration:`; carelake doctor --policies prints what it needs" })),
    ...when(job_role !== undefined && engine === "emr" && profile.emr?.security_configuration === undefined && isOwnCluster(profile), () => error("security-configuration-missing", { what, limit: "a security configuration with EnableApplicationScopedIAMRole, without which a runtime role is refused", found: "none", help: "set `emr.security_configuration:`, or leave `job_role:` out and give its rights to the instance profile" })),
    ...when(log_uri?.startsWith("s3://") !== true, () => error("log-uri-missing", { what, limit: "a place for logs on S3, which cannot be set later", found: log_uri ?? "none", help: "set `lake:` to an s3:// prefix; logs go below it" })),
  ];
}

const isOwnCluster = ({ emr }: Profile): boolean => emr?.cluster.startsWith("j-") !== true;

function releaseFindings({ profile, session, today, stages }: LimitRequest): readonly Finding[] {
  const { release, engine, time_limit_minutes } = profile;
  const what = `release ${release}`;
  const told = lookUpRelease(release);
  const support = supportOn(release, today);
  const known = findRelease(release);
  const rules = serverlessRules(release);
  const hasStorage = stages.some(({ conf }) => conf["spark.aws.serverlessStorage.enabled"] === "true");
  const isAnsi = [session, ...stages.map(({ conf }) => conf)].every((settings, index) => (index === 0 ? settings[ANSI] === "true" : settings[ANSI] !== "false"));
  return [
    ...when(!told.known && !told.wellFormed, () => error("release-unknown", { what, limit: "a label such as emr-spark-8.1.0 or emr-7.14.0", found: release, help: `did you mean ${told.known ? "" : told.nearest}?` })),
    ...when(!told.known && told.wellFormed && support === undefined, () => warn("release-unknown", { what, limit: `the releases known on ${RELEASES_AS_OF}`, found: "none of them", help: `nothing is known of its Spark, its support and its limits; the nearest known one is ${told.known ? "" : told.nearest}` })),
    ...when(support?.state === "ended", () => error("release-ended", { what, limit: `support until ${support?.until ?? ""}`, found: `${today}, ${-(support?.days ?? 0)} days later`, help: "take emr-spark-8.1.0, supported until 2029-09-07" })),
    ...when(support?.state === "near-end", () => warn("release-near-its-end", { what, limit: `support until ${support?.until ?? ""}`, found: `${support?.days ?? 0} days left`, help: "plan the move to emr-spark-8.1.0, supported until 2029-09-07" })),
    ...when(known !== undefined && !known.spark.startsWith("4.1."), () => warn("release-not-tested", { what, limit: "Spark 4.1, which carelake is tested on", found: `Spark ${known?.spark ?? ""}`, help: "take emr-spark-8.1.0" })),
    ...when(!isAnsi, () => error("ansi-not-set", { what: "SQL semantics", limit: `${ANSI}=true, set by us`, found: known === undefined ? "not set" : `not set everywhere; the release's own is ${known.ansi_default}`, help: `take ${ANSI} out of \`spark:\` in the profile` })),
    ...when(engine === "emr-serverless" && rules.most_minutes !== null && time_limit_minutes > rules.most_minutes, () => error("time-limit", { what, limit: `${rules.most_minutes ?? 0} minutes`, found: `${time_limit_minutes} minutes`, help: "lower `time_limit_minutes:`" })),
    ...when(engine === "emr-serverless" && time_limit_minutes === 0, () => error("time-limit", { what, limit: "a time limit", found: "0, which is none", help: "set `time_limit_minutes:`, 720 when it is left out" })),
    ...when(hasStorage && rules.serverless_storage_gb === 0, () => error("serverless-storage", { what, limit: "emr-7.12.0 or later for Serverless storage", found: release, help: "take spark.aws.serverlessStorage.enabled out of `spark:`" })),
    ...when(hasStorage && time_limit_minutes > SERVERLESS_STORAGE_MINUTES, () => warn("serverless-storage", { what, limit: `${SERVERLESS_STORAGE_MINUTES} minutes for a run with Serverless storage`, found: `${time_limit_minutes} minutes`, help: "lower `time_limit_minutes:`; the run ends after a day whatever it says" })),
  ];
}

function moneyFindings({ profile, stages }: LimitRequest): readonly Finding[] {
  const { engine, budget_usd } = profile;
  if (budget_usd === undefined || engine === "local") return [];
  const usd = stages.reduce((sum, { shape }) => sum + shape.estimate.usd[engine], 0);
  return when(usd > budget_usd, () => error("over-budget", { what: "the run", limit: `${dollars(budget_usd)} of budget_usd`, found: `${dollars(usd)} estimated`, help: "raise the budget, or run fewer years at once" }));
}

/** Stages cost cents. */
const dollars = (usd: number): string => `$${usd.toFixed(usd < 1 ? 4 : 2)}`;

// ---- Serverless ------------------------------------------------------------------------------------------

function workerFindings(stage: StageLimits, profile: Profile): readonly Finding[] {
  const { name, shape, conf, client_token } = stage;
  const what = `stage ${name}`;
  const cap = (profile.emr_serverless ?? serverlessShape.parse({})).maximum_vcpu;
  const driver = askedWorker(conf, "driver") ?? shape.driver;
  const executor = askedWorker(conf, "executor") ?? shape.executor;
  const most = Number(conf[MOST_EXECUTORS] ?? NaN);
  const vcpu = driver.vcpu + executor.vcpu * (Number.isNaN(most) ? shape.executors : most);
  return [
    ...[["driver", driver, shape.driver] as const, ["executor", executor, shape.executor] as const].flatMap(([who, asked, planned]) => gridFindings(`${who} of ${what}`, asked, planned)),
    ...when(Number.isNaN(most), () => error("max-executors", { what, limit: `${MOST_EXECUTORS} set: without it there is no most`, found: "not set", help: `take ${MOST_EXECUTORS} back into the settings` })),
    ...when(most < LEAST_SERVERLESS_EXECUTORS, () => error("max-executors", { what, limit: `at least ${LEAST_SERVERLESS_EXECUTORS}`, found: String(most), help: `raise ${MOST_EXECUTORS}, or take smaller executors` })),
    ...when(vcpu > cap, () => error("vcpu-of-application", { what, limit: `${cap} vCPU, maximum_vcpu of the profile`, found: `${vcpu} vCPU with the driver`, help: "raise `emr_serverless.maximum_vcpu:`; a run that asks for more stalls" })),
    ...when(vcpu > DEFAULT_VCPU_QUOTA && vcpu <= cap, () => warn("vcpu-quota", { what, limit: `${DEFAULT_VCPU_QUOTA} concurrent vCPU in a new account and region`, found: `${vcpu} vCPU with the driver`, help: "see quota L-D05C8A75 (EMR Serverless) in Service Quotas and have it raised if it still is 16" })),
    ...when(client_token !== undefined && !CLIENT_TOKEN.test(client_token), () => error("client-token", { what, limit: "1 to 64 of A-Z a-z 0-9 . _ -", found: `${client_token?.length ?? 0} characters`, help: "this is a fault of carelake: please report it" })),
  ];
}

function gridFindings(what: string, asked: WorkerSize, planned: WorkerSize): readonly Finding[] {
  const row = GRID.find(({ vcpu }) => vcpu === asked.vcpu);
  const help = "see the worker sizes of EMR Serverless: 1, 2, 4, 8, 16 or 32 vCPU with memory that goes with them; take memory and cores out of `spark:` and let carelake size it";
  if (row === undefined) return [error("worker-grid", { what, limit: `${GRID.map(({ vcpu }) => vcpu).join(", ")} vCPU`, found: `${asked.vcpu} vCPU`, help })];
  const [least = 0, most = 0] = [row.memory[0], row.memory.at(-1)];
  const isAsPlanned = asked.vcpu === planned.vcpu && asked.memory_gb === planned.memory_gb;
  if (asked.memory_gb > most || (isAsPlanned && !isLegalWorker(asked))) return [error("worker-grid", { what, limit: `${asked.vcpu} vCPU with ${least} to ${most} GB and 20 to 200 GB of disk`, found: `${asked.memory_gb} GB, disk ${asked.disk_gb} GB`, help })];
  const slack = legalMemory(asked.vcpu, asked.memory_gb) - asked.memory_gb;
  return when(asked.vcpu === 32 && slack > WIDE_WORKER_SLACK_GB, () => error("worker-of-32-vcpu", { what, limit: `heap and overhead within ${WIDE_WORKER_SLACK_GB} GB of ${row.memory.join(", ")} GB`, found: `${asked.memory_gb} GB`, help }));
}

/** The worker that the settings ask for; undefined when they say nothing of it. */
function askedWorker(conf: Readonly<Record<string, string>>, who: "driver" | "executor"): WorkerSize | undefined {
  const heap = megabytes(conf[`spark.${who}.memory`]);
  const cores = conf[`spark.${who}.cores`];
  if (heap === undefined || cores === undefined) return undefined;
  const overhead = megabytes(conf[`spark.${who}.memoryOverhead`]) ?? Math.max(workerSplit(2).overhead_mb, Math.ceil(heap / 10));
  return { vcpu: Number(cores), memory_gb: (heap + overhead) / 1024, disk_gb: Number(/^\d+/.exec(conf[`spark.emr-serverless.${who}.disk`] ?? "20")?.[0]) };
}

/** "6g", "1536m" or a bare number, which Spark reads as MB. */
function megabytes(text: string | undefined): number | undefined {
  const [, digits, unit] = /^(\d+)([kmgt]?)b?$/i.exec(text ?? "") ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * ({ k: 1 / 1024, g: 1024, t: 1024 * 1024 }[(unit ?? "").toLowerCase()] ?? 1);
}

// ---- EC2 -------------------------------------------------------------------------------------------------

export const stepCharacters = (strings: readonly string[]): number => strings.reduce((sum, each) => sum + each.length, 0);

function stepFindings({ name, step, conf }: StageLimits): readonly Finding[] {
  const characters = stepCharacters(step ?? []);
  const what = `stage ${name}`;
  return [
    ...when(characters > STEP_CHARACTERS, () => error("step-characters", { what, limit: `${STEP_CHARACTERS} characters in a step`, found: `${characters} characters`, help: "shorten `spark:` in the profile; the SQL is on S3 and does not count" })),
    ...when(conf[MOST_EXECUTORS] === undefined && conf["spark.dynamicAllocation.enabled"] !== "false", () => warn("max-executors", { what, limit: `${MOST_EXECUTORS} set`, found: "not set", help: "without it one step may take the whole cluster" })),
  ];
}

function runFindings({ profile, stages }: LimitRequest): readonly Finding[] {
  if (profile.engine !== "emr" || isOwnCluster(profile)) return [];
  const { cluster } = profile.emr ?? emrShape.parse({});
  const atOnce = findRelease(profile.release)?.steps_per_request ?? 100;
  return [
    ...when(stages.length > ACTIVE_STEPS, () => error("active-steps", { what: "the run", limit: `${ACTIVE_STEPS} steps waiting and running on a cluster`, found: `${stages.length} stages`, help: "run fewer years at once" })),
    ...when(stages.length > atOnce && stages.length <= ACTIVE_STEPS, () => warn("steps-per-request", { what: "the run", limit: `${atOnce} steps a request under ${profile.release}`, found: `${stages.length} stages`, help: "they are added in several requests; steps of others may come between" })),
    warn("sizes-of-existing-cluster", { what: `cluster ${cluster}`, limit: "the nodes it has", found: "sizes that carelake would choose", help: "the plan's sizes and dollars are what clusters of their own would be; its nodes decide here" }),
  ];
}
