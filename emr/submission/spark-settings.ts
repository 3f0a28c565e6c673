// Spark settings of a stage on AWS, and how they are handed over. The base comes first, then what follows from the
// size, then what the profile says. Nothing secret is ever in them: they stand in step descriptions and histories.

import type { StageSettings } from "../../driver/engine.js";

export interface BaseRequest {
  readonly engine: "emr" | "emr-serverless";
  /** s3://bucket/prefix. */
  readonly lake: string;
  /** A cluster that was not started by us may not have Iceberg on its class path. */
  readonly addIceberg: boolean;
}

/** A pattern, because the file's name follows Spark's major version; a pattern without a match is no error for Spark. */
const ICEBERG_JARS = "/usr/share/aws/iceberg/lib/iceberg-spark*-runtime.jar";
const CATALOG = "spark.sql.catalog.lake";

function baseSettings({ engine, lake, addIceberg }: BaseRequest): Readonly<Record<string, string>> {
  return {
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    [CATALOG]: "org.apache.iceberg.spark.SparkCatalog",
    [`${CATALOG}.type`]: "glue",
    [`${CATALOG}.io-impl`]: "org.apache.iceberg.aws.s3.S3FileIO",
    [`${CATALOG}.warehouse`]: `${lake}/warehouse`,
    ...(addIceberg ? { "spark.jars": ICEBERG_JARS } : {}),
    // On the primary node, which is never a spot instance; its log is the step's, and a cancelled step leaves nothing behind.
    ...(engine === "emr" ? { "spark.submit.deployMode": "client", "spark.yarn.maxAppAttempts": "1" } : {}),
  };
}

export const stageConf = (base: BaseRequest, settings: StageSettings): Readonly<Record<string, string>> => ({ ...baseSettings(base), ...settings.shape?.conf, ...settings.conf });

/** One word an argument: for APIs that take a list. */
export const confArguments = (conf: Readonly<Record<string, string>>): readonly string[] => Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);

export interface Parameters {
  /** For APIs that take one text and cut it into words themselves. */
  readonly text: string;
  /** Settings with blanks, quotes or backslashes, which no cutting shall meet. */
  readonly apart: Readonly<Record<string, string>>;
}

const UNCUT = /^[^\s'"\\]*$/;

export function confParameters(conf: Readonly<Record<string, string>>, modules: string): Parameters {
  const plain = Object.entries(conf).filter(([key, value]) => UNCUT.test(key) && UNCUT.test(value));
  const apart = Object.entries(conf).filter(([key, value]) => !(UNCUT.test(key) && UNCUT.test(value)));
  return { text: [...plain.flatMap(([key, value]) => ["--conf", `${key}=${value}`]), "--py-files", modules].join(" "), apart: Object.fromEntries(apart) };
}
