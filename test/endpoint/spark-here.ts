// Spark of this computer for the endpoint: what `carelake setup --for test` brought. Out: a SparkPlace with S3A on its class path.

import { archiveOptions } from "../../driver/local/class-archive.js";
import { findToolchain } from "../../driver/local/toolchain.js";
import { testMachine } from "../servers/machine.js";
import { glueJars, s3aJars } from "../servers/s3a.js";
import type { SparkPlace } from "./spark-command.js";

/** Throws with what is missing: a test that needs Spark is never skipped in silence. */
export async function sparkHere(more: Partial<SparkPlace> = {}, machine = testMachine()): Promise<SparkPlace> {
  const found = await findToolchain(machine);
  if (!found.ok) throw new Error(`run carelake setup --for test: ${JSON.stringify(found.problems)}`);
  const { sparkSubmit, env, jars, archive } = found.value;
  // Iceberg's Glue catalog and S3FileIO must stand before S3A's SDK.
  const catalog = more.glue === undefined ? [] : glueJars();
  return { sparkSubmit, env, jars, lastJars: [...catalog, ...s3aJars()], javaOptions: archiveOptions(archive), ...more };
}
