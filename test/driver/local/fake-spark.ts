// The real local engine around a spark-submit of a few lines of shell: for what becomes of processes, not of tables.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Engine, StageHandle } from "../../../driver/engine.js";
import { localEngine } from "../../../driver/local/engine.js";
import { signalGroup } from "../../../driver/local/processes.js";
import type { Toolchain } from "../../../driver/local/toolchain.js";
import type { StageFile } from "../../../driver/stage.js";
import { program } from "./fakes.js";

export interface FakeSpark {
  /** Its last argument is the path of stage.json. */
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly graceSeconds?: number;
}

/** Whatever it started is killed when the test has ended. */
export function fakeSparkEngine(root: string, { script, env = {}, secrets = [], graceSeconds = 20 }: FakeSpark): Engine {
  const toolchain: Toolchain = {
    java: { home: root, version: "17" },
    spark: { home: root, version: "4", python: "python3", pythonVersion: "3" },
    jars: [],
    archive: join(root, "no-archive"),
    sparkSubmit: program(join(root, "spark-submit"), script),
    env: { JAVA_HOME: root, SPARK_HOME: root, PYSPARK_PYTHON: "python3", PYSPARK_DRIVER_PYTHON: "python3" },
  };
  const engine = localEngine({ toolchain, script: "run_stage.py", env: { PATH: process.env["PATH"], ...env }, secrets, graceSeconds });
  return {
    ...engine,
    submit: async (stage, settings) => {
      const submitted = await engine.submit(stage, settings);
      const pid = join(stage.report, "..", "pid");
      onTestFinished(() => (existsSync(pid) ? signalGroup(Number(readFileSync(pid, "utf8")), "SIGKILL") : undefined));
      return submitted;
    },
  };
}

/** A stage without steps. */
export async function submitStage(engine: Engine, folder: string, needs: readonly string[] = []): Promise<StageHandle> {
  const stage: StageFile = { format: 1, run: "7c1e-1", plan: "7c1e", stage: "all", branch: "run_7c1e", session: {}, steps: [], exports: [], events: `${folder}/events.jsonl`, report: `${folder}/report.json` };
  const submitted = await engine.submit(stage, { conf: {}, env: needs });
  if (!submitted.ok) throw new Error(JSON.stringify(submitted.problems));
  return submitted.value;
}
