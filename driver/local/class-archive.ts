// Spark's classes, parsed once and kept in an archive that later JVMs map into memory: a start takes two thirds of
// the processor time. Best effort: without the archive, or with one that does not fit, everything runs as before.
// https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html (dynamic archives)

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { runStep, type Installation } from "./debian.js";
import { sparkSettings } from "./spark-settings.js";
import { findToolchain } from "./toolchain.js";

/** JVM options that use the archive, none when there is none. A misfit is passed over in silence. */
export function archiveOptions(archive: string): readonly string[] {
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, "-Xshare:auto", "-Xlog:disable"] : [];
}

/** Tries once for each Java and set of jars; what came of it stands beside the archive's name. */
export async function makeClassArchive(installation: Installation, script: string): Promise<void> {
  const { machine } = installation;
  const toolchain = await findToolchain(machine);
  if (!toolchain.ok || existsSync(toolchain.value.archive) || existsSync(`${toolchain.value.archive}.tried`)) return;
  const { archive, jars, sparkSubmit, env } = toolchain.value;
  const scratch = `${archive}.scratch`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const conf = {
    ...sparkSettings({ profile: { cores: 1, memory: "1g", spark: {} }, lake: scratch }),
    "spark.driver.extraClassPath": jars.join(":"),
    "spark.driver.extraJavaOptions": `-XX:+UseParallelGC -XX:ArchiveClassesAtExit=${archive}.part -Xlog:disable`,
  };
  const settings = Object.entries(conf).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
  const done = await runStep(installation, [sparkSubmit, ...settings, script, scratch], env);
  if (done.ok && existsSync(`${archive}.part`)) renameSync(`${archive}.part`, archive);
  // Stopped by the user is not tried: the next set-up makes it.
  else if (installation.signal?.aborted !== true) writeFileSync(`${archive}.tried`, "");
  rmSync(`${archive}.part`, { force: true });
  rmSync(scratch, { recursive: true, force: true });
}
