// Turns the spark-submit of a cluster into one for this machine. Same program, same arguments; master, memory, catalog and
// S3 are rewritten, and every rewriting is told with its reason.

import { delimiter, join } from "node:path";
import { SMALL_INPUT_JAVA } from "../../driver/local/spark-settings.js";
import { ownSparkHome } from "./executors.js";
import { readArguments, settingsOf, type SparkArguments } from "./spark-arguments.js";
import type { Command } from "./workplace.js";

/** Spark on this machine. */
export interface SparkPlace {
  readonly sparkSubmit: string;
  /** Java, Python, Spark: what spark-submit needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** First on the class path: Iceberg, JDBC drivers. */
  readonly jars: readonly string[];
  /** Last on it, so that the class archive fits all that stands before them: hadoop-aws with its SDK, Iceberg's Glue catalog. */
  readonly lastJars?: readonly string[];
  /** Options of the JVM: the class archive. */
  readonly javaOptions?: readonly string[];
  /** Threads of the local master; 2 when not said. */
  readonly cores?: number;
  /** Executors in JVMs of their own, with logs of their own; without, all is in the driver's. */
  readonly executors?: { readonly count: number; readonly cores: number; readonly memoryMb: number };
  /** Most memory of the driver's JVM; `2g` when not said. */
  readonly driverMemory?: string;
  /** Settings that count more than everything else. */
  readonly conf?: Readonly<Record<string, string>>;
  /** A Glue stand-in; without one Glue catalogs become Hadoop catalogs in the same warehouse. */
  readonly glue?: { readonly endpoint: string };
}

/** The S3 stand-in, as processes reach it. */
export interface S3Place {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface Rewrite {
  /** A setting or option. */
  readonly what: string;
  readonly from: string | undefined;
  /** Undefined: left out. */
  readonly to: string | undefined;
  readonly why: string;
}

export interface CommandRequest {
  /** Arguments after `spark-submit`. */
  readonly args: readonly string[];
  /** spark-defaults of the cluster, application or run. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly spark: SparkPlace;
  readonly s3: S3Place | undefined;
  readonly folder: string;
}

const DROPPED_OPTIONS = new Set(["--master", "--deploy-mode", "--driver-memory", "--driver-cores", "--executor-memory", "--executor-cores", "--num-executors", "--queue", "--driver-class-path"]);
const FILES = new Set(["--jars", "--py-files", "--files", "--archives"]);
/** Folders that EMR's machines have and this one has not. */
const OF_EMR = /^(?:file:|local:)?(?:\/\/)?\/(?:usr\/(?:share|lib)|opt|docker)\//;

export function sparkCommand(request: CommandRequest): Command {
  const { spark, s3, folder } = request;
  const args = readArguments(request.args);
  const given = settingsOf(args, request.defaults);
  const rewriting: Rewrite[] = [];
  const conf: Record<string, string> = { ...given };
  const set = (what: string, to: string | undefined, why: string): void => {
    if (conf[what] === to) return;
    rewriting.push({ what, from: conf[what], to, why });
    if (to === undefined) Reflect.deleteProperty(conf, what);
    else conf[what] = to;
  };
  thisMachine(spark, folder, { conf, set });
  executors(spark, { conf, set });
  catalogs(spark, s3, { conf, set });
  if (s3 !== undefined) s3Settings(s3, set);
  for (const [key, value] of Object.entries(spark.conf ?? {})) set(key, value, "asked for by the test");
  const options = keptOptions(args, rewriting);
  const confArgs = Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
  const env = environment(request, given);
  const home = spark.executors === undefined ? {} : { SPARK_HOME: ownSparkHome(spark, folder) };
  return { argv: [spark.sparkSubmit, ...options, ...confArgs, ...args.program], env: { ...env, ...home }, rewriting };
}

interface Settings {
  readonly conf: Readonly<Record<string, string>>;
  set(what: string, to: string | undefined, why: string): void;
}

function thisMachine(spark: SparkPlace, folder: string, { conf, set }: Settings): void {
  const most = spark.driverMemory ?? "2g";
  const asked = conf["spark.driver.memory"] ?? "14g";
  set("spark.master", `local[${spark.cores ?? 2}]`, "one JVM does what YARN or the service would spread");
  set("spark.submit.deployMode", "client", "a local master has no cluster mode");
  set("spark.driver.memory", megabytes(asked) > megabytes(most) ? most : asked, "what this machine can give");
  set("spark.driver.bindAddress", "127.0.0.1", "loopback only");
  set("spark.driver.host", "127.0.0.1", "loopback only");
  set("spark.ui.enabled", "false", "nobody looks");
  set("spark.eventLog.enabled", undefined, "no history server");
  const java = [conf["spark.driver.extraJavaOptions"], SMALL_INPUT_JAVA, ...(spark.javaOptions ?? [])].filter((each) => each !== undefined);
  set("spark.driver.extraJavaOptions", java.join(" "), "small data on this machine's Java");
  set("spark.local.dir", join(folder, "tmp"), "the run's own folder");
  set("spark.sql.warehouse.dir", join(folder, "warehouse"), "the run's own folder");
  set("spark.dynamicAllocation.enabled", undefined, "no executors to allocate");
  set("spark.shuffle.service.enabled", undefined, "no shuffle service");
  const partitions = Number(conf["spark.sql.shuffle.partitions"] ?? "200");
  if (partitions > 4) set("spark.sql.shuffle.partitions", "4", "two cores and small data");
  const classPath = (conf["spark.driver.extraClassPath"] ?? "").split(delimiter).filter((each) => each !== "" && !OF_EMR.test(each));
  set("spark.driver.extraClassPath", [...classPath, ...spark.jars].join(delimiter), "the jars of this machine stand for those that EMR brings");
  const jars = (conf["spark.jars"] ?? "").split(",").filter((each) => each !== "" && !OF_EMR.test(each));
  if (conf["spark.jars"] !== undefined) set("spark.jars", jars.length === 0 ? undefined : jars.join(","), "EMR's own jars are on the class path");
  for (const key of ["spark.pyspark.python", "spark.pyspark.driver.python"]) set(key, undefined, "the Python of this machine");
  set("spark.hadoop.hive.metastore.client.factory.class", undefined, "EMR's Glue client for Hive is not to be had");
}

function executors({ executors: own, jars, lastJars = [] }: SparkPlace, { set }: Settings): void {
  if (own === undefined) return set("spark.executor.extraClassPath", undefined, "executors live in the driver's JVM");
  const why = "what this machine can give";
  set("spark.master", `local-cluster[${own.count},${own.cores},${own.memoryMb}]`, "a master and workers of Spark's own stand for YARN");
  set("spark.executor.cores", String(own.cores), why);
  set("spark.executor.memory", `${own.memoryMb}m`, why);
  set("spark.executor.instances", undefined, "one a worker");
  set("spark.executor.extraClassPath", [...lastJars, ...jars].join(delimiter), "the jars of this machine stand for those that EMR brings");
}

/** Glue is another service; without a stand-in its catalogs keep their tables in the same warehouse, by Hadoop. */
function catalogs(spark: SparkPlace, s3: S3Place | undefined, { conf, set }: Settings): void {
  for (const [key, value] of Object.entries(conf)) {
    const catalog = /^(spark\.sql\.catalog\.[^.]+)\.(type|catalog-impl)$/.exec(key)?.[1];
    if (catalog === undefined || !(value === "glue" || value.endsWith(".GlueCatalog"))) continue;
    if (spark.glue !== undefined) {
      set(`${catalog}.glue.endpoint`, spark.glue.endpoint, "the stand-in for Glue");
      set(`${catalog}.client.region`, s3?.region ?? "us-east-1", "the stand-in for Glue");
      if (s3 === undefined) continue;
      set(`${catalog}.s3.endpoint`, s3.endpoint, "the stand-in for S3");
      set(`${catalog}.s3.path-style-access`, "true", "the stand-in has no host a bucket");
      continue;
    }
    set(`${catalog}.catalog-impl`, undefined, "no Glue here");
    set(`${catalog}.type`, "hadoop", "no Glue here: the same warehouse, one writer");
    set(`${catalog}.io-impl`, undefined, "S3A reads and writes for a Hadoop catalog");
    set(`${catalog}.glue.id`, undefined, "no Glue here");
  }
}

function s3Settings(s3: S3Place, set: Settings["set"]): void {
  const why = "the stand-in for S3";
  for (const scheme of ["s3", "s3n", "s3a"]) set(`spark.hadoop.fs.${scheme}.impl`, "org.apache.hadoop.fs.s3a.S3AFileSystem", "EMR reads s3:// by S3A as well");
  set("spark.hadoop.fs.s3a.endpoint", s3.endpoint, why);
  set("spark.hadoop.fs.s3a.endpoint.region", s3.region, why);
  set("spark.hadoop.fs.s3a.path.style.access", "true", why);
  set("spark.hadoop.fs.s3a.connection.ssl.enabled", String(s3.endpoint.startsWith("https:")), why);
  // Keys are in the environment: what stands on a command line can be read by everybody.
  set("spark.hadoop.fs.s3a.aws.credentials.provider", "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider", "a role would give them on EMR");
}

function keptOptions(args: SparkArguments, rewriting: Rewrite[]): readonly string[] {
  return args.options.flatMap(([name, value]) => {
    if (DROPPED_OPTIONS.has(name)) {
      rewriting.push({ what: name, from: value, to: undefined, why: "given as a setting" });
      return [];
    }
    if (value === undefined) return [name];
    if (!FILES.has(name)) return [name, value];
    const kept = value.split(",").filter((each) => !OF_EMR.test(each)).join(",");
    if (kept !== value) rewriting.push({ what: name, from: value, to: kept === "" ? undefined : kept, why: "EMR's own files are not on this machine" });
    return kept === "" ? [] : [name, kept];
  });
}

/** Nothing of the environment of whoever submits: a cluster is another machine. */
function environment({ spark, s3, folder }: CommandRequest, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const asked = Object.entries(given).flatMap(([key, value]): [string, string][] => {
    const name = /^spark\.(?:emr-serverless\.driverEnv|yarn\.appMasterEnv)\.(.+)$/.exec(key)?.[1];
    return name === undefined || name.startsWith("PYSPARK") || name === "JAVA_HOME" ? [] : [[name, value]];
  });
  const aws = s3 === undefined ? {} : { AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey, AWS_REGION: s3.region, AWS_DEFAULT_REGION: s3.region, AWS_ENDPOINT_URL_S3: s3.endpoint };
  const base = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: folder, LANG: "C.UTF-8", TMPDIR: join(folder, "tmp"), SPARK_LOCAL_IP: "127.0.0.1", SPARK_SUBMIT_OPTS: `-Djava.io.tmpdir=${join(folder, "tmp")}` };
  const last = spark.lastJars === undefined ? {} : { SPARK_DIST_CLASSPATH: spark.lastJars.join(delimiter) };
  return { ...base, ...aws, ...last, ...Object.fromEntries(asked), ...spark.env };
}

/** Java's sizes, `14g` or `1536m`; bare numbers are bytes for Spark's memory settings in `m`. */
export function megabytes(size: string): number {
  const found = /^(\d+)\s*([kmgt]?)b?$/i.exec(size.trim());
  if (found === null) return Number.NaN;
  const factor = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 }[(found[2] ?? "").toLowerCase()] ?? 1;
  return Number(found[1]) * factor;
}
