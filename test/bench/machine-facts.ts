// The machine that figures were measured on. In: nothing but this computer. Out: plain data for the result file.

import { cpus, loadavg, release, totalmem } from "node:os";
import { spawnSync } from "node:child_process";
import type { Toolchain } from "../../driver/local/toolchain.js";

export interface MachineFacts {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Of 1, 5 and 15 minutes when the bench started: above 0.5 others were at work, and seconds mean little. */
  readonly loadAverage: readonly number[];
  readonly kernel: string;
  readonly node: string;
  readonly java: string;
  readonly spark: string;
  readonly commit: string;
}

export function machineFacts(toolchain: Toolchain): MachineFacts {
  const commit = spawnSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).stdout.trim();
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "",
    cores: cpus().length,
    memoryBytes: totalmem(),
    loadAverage: loadavg(),
    kernel: release(),
    node: process.version,
    java: toolchain.java.version,
    spark: toolchain.spark.version,
    commit,
  };
}
