// Makes a Python environment with packages in it. In: where, and what. Out: its Python program.
// An environment knows its own path, so it is made in place: who finds it must look for a record written after this.

import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { runStep, type Installation } from "./debian.js";
import { findPython } from "./python.js";
import { ok, type Result } from "../problems.js";

export interface Environment {
  /** Its own Python. */
  readonly program: string;
  /** Version of the Python that it borrows: "3.11.7". */
  readonly version: string;
}

/** Anew, whatever lay there. Problems: python-missing, setup-failed. */
export async function makeEnvironment(installation: Installation, folder: string, packages: readonly string[]): Promise<Result<Environment>> {
  const python = await findPython(installation.machine);
  if (!python.ok) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const made = await runStep(installation, [python.value.program, "-m", "venv", folder]);
  if (!made.ok) return made;
  const program = join(folder, "bin", "python");
  const pip = [program, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", ...packages];
  // With PYSPARK_HADOOP_VERSION pyspark would fetch another Spark from Apache while it installs.
  const installed = await runStep(installation, pip, { PYSPARK_HADOOP_VERSION: undefined, VIRTUAL_ENV: undefined, PYTHONHOME: undefined });
  return installed.ok ? ok({ program, version: python.value.version }) : installed;
}
