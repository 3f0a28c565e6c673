// Spark settings of a stage on this computer: one JVM does everything, the lake is a Hadoop catalog in a folder.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { CATALOG } from "../names.js";
import type { Profile } from "../profile.js";

export interface SparkSettingsRequest {
  readonly profile: Pick<Profile, "cores" | "memory" | "spark">;
  /** Root of the lake. */
  readonly lake: string;
  /** Bytes that the run reads from its sources, null when nobody knows. */
  readonly inputBytes?: number | null;
}

const SMALL_INPUT_BYTES = 64 * 1024 * 1024;
/** A small input is over before the optimising compiler has paid for itself, and its garbage needs one thread. */
export const SMALL_INPUT_JAVA = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";
/** Throughput counts here and pauses do not, which is what the parallel collector is made for. */
const LARGE_INPUT_JAVA = "-XX:+UseParallelGC";

export function sparkSettings({ profile, lake, inputBytes = null }: SparkSettingsRequest): Readonly<Record<string, string>> {
  const cores = profile.cores ?? availableParallelism();
  const isSmall = inputBytes !== null && inputBytes < SMALL_INPUT_BYTES;
  const catalog = `spark.sql.catalog.${CATALOG}`;
  return {
    "spark.master": `local[${String(cores)}]`,
    "spark.driver.memory": profile.memory,
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.driver.extraJavaOptions": isSmall ? SMALL_INPUT_JAVA : LARGE_INPUT_JAVA,
    "spark.sql.shuffle.partitions": String(cores * 2),
    "spark.local.dir": join(lake, "scratch"),
    "spark.sql.warehouse.dir": join(lake, "scratch", "warehouse"),
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    [catalog]: "org.apache.iceberg.spark.SparkCatalog",
    [`${catalog}.type`]: "hadoop",
    [`${catalog}.warehouse`]: join(lake, "warehouse"),
    ...profile.spark,
  };
}
