// Failures of what Spark runs on: memory, disk, kills, limits of its own, parts that are missing or of another release.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { killExecutor } from "../endpoint/executors.js";
import { RUNNER, type Bench } from "../emr/runtime/stage-bench.js";
import type { Cause, Simple } from "./cause.js";
import { killGroup, mkFolder, runSpark, type Treatment } from "./spark-run.js";

const real = ({ name, class: failure, done, ...treatment }: Simple): Cause => ({
  name,
  class: failure,
  done,
  origin: "real",
  ...(treatment.select === undefined ? {} : { select: treatment.select }),
  make: (bench) => runSpark(bench, treatment),
});
const made = (cause: Omit<Cause, "origin" | "make"> & { readonly treat: (bench: Bench) => Promise<Treatment> | Treatment }): Cause => {
  const { treat, ...rest } = cause;
  return { ...rest, origin: "real", make: async (bench) => runSpark(bench, { ...(rest.select === undefined ? {} : { select: rest.select }), ...(await treat(bench)) }) };
};

const HOARD = "select 'a' as name,\n  cast(size(collect_list(sha2(cast(id as string), 256))) as bigint) as claims\nfrom range(30000000)";
const LONG = "select 'a' as name,\n  sum(hash(id, id + 1, id + 2)) as claims\nfrom range(1000000000000)";
const SHUFFLE = "select max(name) as name, count(*) as claims\nfrom (select /*+ repartition(8) */ sha2(cast(id as string), 512) as name, uuid from (select id, sha2(cast(-id as string), 512) as uuid from range(3000000)))";
const BROADCAST = "select /*+ broadcast(b) */ 'a' as name, count(*) as claims\nfrom range(1000) as a join range(300000) as b on a.id = b.id";
const SLOW_BROADCAST = "select /*+ broadcast(b) */ 'a' as name, count(*) as claims\nfrom range(1000) as a join (select max(hash(id, id + 1)) as id from range(20000000000)) as b on a.id = b.id";

const WORKING_MILLISECONDS = 3000;
/** An executor of its own is started for the first task. */
const EXECUTOR_MILLISECONDS = 20_000;
const whenWorking = (act: NonNullable<Treatment["onEvent"]>, after = WORKING_MILLISECONDS): NonNullable<Treatment["onEvent"]> => {
  let isDone = false;
  return (event, child) => {
    // Tasks are there: before, an executor has nothing to lose.
    if (event.event !== "progress" || event.tasks === 0 || isDone) return;
    isDone = true;
    setTimeout(() => act(event, child), after);
  };
};

/** Classes of a source text, compiled by a Java of this computer. */
function compiled({ folder }: Bench, java: string, source: { readonly path: string; readonly text: string }): string {
  const [from, to] = [join(folder, "java-source"), join(folder, "java-classes")];
  mkdirSync(dirname(join(from, source.path)), { recursive: true });
  mkFolder(to);
  writeFileSync(join(from, source.path), source.text);
  execFileSync(join(java, "bin", "javac"), ["-d", to, join(from, source.path)]);
  return to;
}

const JVMS = "/usr/lib/jvm";
/** A Java newer than the one of Spark. */
function newerJava(): string {
  const name = readdirSync(JVMS).find((each) => /-(2[4-9]|[3-9]\d)-/.test(each));
  if (name === undefined) throw new Error(`a Java from 24 on is needed below ${JVMS}`);
  return join(JVMS, name);
}

/** A disk of its own for what Spark spills, of so many bytes. Linux, root. */
async function smallDisk({ folder }: Bench, megabytes: number, work: (disk: string) => ReturnType<typeof runSpark>): ReturnType<typeof runSpark> {
  const disk = mkFolder(join(folder, "small-disk"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${String(megabytes)}m`, "tmpfs", disk]);
  try {
    return await work(disk);
  } finally {
    execFileSync("umount", ["-l", disk]);
  }
}

export const machineCauses: readonly Cause[] = [
  real({ name: "driver_out_of_memory", class: "driver-memory", done: "a list of 30 million texts in the one JVM of a local master with 512 MB", select: HOARD, conf: { "spark.driver.memory": "512m" } }),
  real({ name: "executor_out_of_memory", class: "executor-memory", done: "the same list in an executor of 512 MB of its own", select: HOARD, executorMb: 512 }),
  real({ name: "driver_without_native_memory", class: "driver-memory", done: "a JVM that may not have the memory it is told to take (ulimit -v)", before: "ulimit -v 3000000", conf: { "spark.driver.memory": "8g" } }),
  real({ name: "executor_is_killed", class: "killed", done: "kill -9 of the executor while it works", select: LONG, executorMb: 512, onEvent: whenWorking((_, child) => void killExecutor(child.pid), EXECUTOR_MILLISECONDS) }),
  real({ name: "driver_is_killed", class: "killed", done: "kill -9 of Java and Python while a statement runs", select: LONG, onEvent: whenWorking((_, child) => killGroup(child, "SIGKILL")) }),
  real({ name: "java_is_killed", class: "killed", done: "kill -9 of Java alone: Python can still report", select: LONG, onEvent: whenWorking((_, child) => void child.kill("SIGKILL")) }),
  real({ name: "a_signal_ends_it", class: "cancelled", done: "SIGTERM to Java and Python while a statement runs", select: LONG, onEvent: whenWorking((_, child) => killGroup(child, "SIGTERM")) }),
  {
    name: "disk_full_of_spills", class: "disk-full", done: "a shuffle of 700 MB on a disk of 64 MB", origin: "real", select: SHUFFLE,
    make: (bench) => smallDisk(bench, 64, (disk) => runSpark(bench, { select: SHUFFLE, conf: { "spark.local.dir": disk } })),
  },
  {
    name: "disk_full_in_an_executor", class: "disk-full", done: "the same shuffle in an executor of its own", origin: "real", select: SHUFFLE,
    make: (bench) => smallDisk(bench, 64, (disk) => runSpark(bench, { select: SHUFFLE, executorMb: 768, conf: { "spark.local.dir": disk } })),
  },
  real({ name: "result_that_is_too_large", class: "spark-limit", done: "a broadcast beyond spark.driver.maxResultSize", select: BROADCAST, conf: { "spark.driver.maxResultSize": "1m", "spark.sql.shuffle.partitions": "2" } }),
  real({ name: "broadcast_that_takes_too_long", class: "spark-limit", done: "a broadcast of a slow select under spark.sql.broadcastTimeout of one second", select: SLOW_BROADCAST, stage: { session: { "spark.sql.broadcastTimeout": "1", "spark.sql.adaptive.enabled": "false" } } }),
  real({ name: "heap_below_the_least", class: "configuration", done: "spark.driver.memory of 128 MB", conf: { "spark.driver.memory": "128m" } }),
  real({ name: "setting_that_is_no_number", class: "configuration", done: "spark.sql.shuffle.partitions that is a word", stage: { session: { "spark.sql.shuffle.partitions": "many" } } }),
  real({ name: "memory_that_is_no_size", class: "configuration", done: "spark.driver.memory that Java does not understand", conf: { "spark.driver.memory": "2gigs" } }),
  real({ name: "java_of_another_release", class: "release", done: "Spark on a Java newer than it supports", env: { get JAVA_HOME() { return newerJava(); } } }),
  made({
    name: "class_of_another_release", class: "release", done: "a listener compiled for a newer Java",
    treat: (bench) => ({ jars: [compiled(bench, newerJava(), { path: "Newer.java", text: "public class Newer {}" })], conf: { "spark.extraListeners": "Newer" } }),
  }),
  made({
    name: "library_of_another_release", class: "release", done: "a class of another Iceberg before Spark's own on the class path",
    treat: (bench) => ({ jars: [compiled(bench, bench.toolchain.java.home, { path: "org/apache/iceberg/util/PropertyUtil.java", text: "package org.apache.iceberg.util;\npublic class PropertyUtil {}" })] }),
  }),
  real({ name: "runner_of_another_format", class: "release", done: "a stage.json of a later carelake", stage: { format: 99 as 1 } }),
  real({ name: "iceberg_is_missing", class: "missing-part", done: "no Iceberg on the class path", bare: true }),
  made({
    name: "python_module_is_missing", class: "missing-part", done: "a runner without one of its modules",
    treat: (bench) => {
      const folder = join(bench.folder, "runtime");
      cpSync(dirname(RUNNER), folder, { recursive: true });
      rmSync(join(folder, "stage_gates.py"));
      return { program: join(folder, "run_stage.py") };
    },
  }),
  made({ name: "program_is_missing", class: "missing-part", done: "a runner that is not where spark-submit is told", treat: (bench) => ({ program: join(bench.folder, "run_stage.py") }) }),
  real({ name: "address_that_is_not_ours", class: "network", done: "a driver bound to an address of another computer", conf: { "spark.driver.bindAddress": "203.0.113.7" } }),
  real({ name: "java_crashes", class: "unknown", done: "SIGSEGV to Java: a crash that no sign is known of", select: LONG, onEvent: whenWorking((_, child) => void child.kill("SIGSEGV")) }),
  real({ name: "runner_trips", class: "unknown", done: "a step without a member that the runner needs", steps: [{ id: "logs/fill@2023" } as never] }),
];
