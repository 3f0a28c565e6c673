// Finds a Python that can hold Spark: new enough, and able to make a virtual environment.
// In: the machine. Out: its program and version. Never here: installing, the environment itself (spark.ts).

import { PYTHON_AT_LEAST } from "./artifacts.js";
import { findProgram, runCommand, type Machine } from "./machine.js";
import { fail, ok, type Result } from "../problems.js";

export interface Python {
  readonly program: string;
  /** "3.11.7" */
  readonly version: string;
}

const NAMES: readonly string[] = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

// ensurepip is what Debian leaves out without python3-venv: `import venv` alone would succeed.
const QUESTION = "import sys, venv, ensurepip; print('python', *sys.version_info[:3])";

/** First Python on PATH that fits. Problem: python-missing, whose `looked` says what was wrong with each one found. */
export async function findPython(machine: Machine): Promise<Result<Python>> {
  const looked: string[] = [];
  let withoutVenv = false;
  for (const name of NAMES) {
    const program = findProgram(name, machine.env);
    if (program === undefined) {
      looked.push(`${name} on PATH`);
      continue;
    }
    const { code, lines } = await runCommand(program, ["-c", QUESTION], { env: machine.env, timeout: 20_000 });
    const [, major, minor, patch] = /^python (\d+) (\d+) (\d+)$/m.exec(lines.join("\n")) ?? [];
    if (code !== 0 || major === undefined || minor === undefined || patch === undefined) {
      const lacks = /ensurepip|venv/.test(lines.at(-1) ?? "");
      withoutVenv ||= lacks;
      looked.push(`${program} (${lacks ? "cannot make virtual environments" : "does not run"})`);
      continue;
    }
    if (isNewEnough(Number(major), Number(minor))) return ok({ program, version: `${major}.${minor}.${patch}` });
    looked.push(`${program} (${major}.${minor}.${patch})`);
  }
  return fail({ code: "python-missing", looked, install: installPython(machine, withoutVenv) });
}

function isNewEnough(major: number, minor: number): boolean {
  const [wantMajor, wantMinor] = PYTHON_AT_LEAST;
  return major > wantMajor || (major === wantMajor && minor >= wantMinor);
}

function installPython(machine: Machine, withoutVenv: boolean): string {
  if (machine.platform === "darwin") return "brew install python@3.12";
  const sudo = machine.root ? "" : "sudo ";
  if (machine.debian) return `${sudo}apt-get install ${withoutVenv ? "" : "python3 "}python3-venv`;
  return `install Python ${PYTHON_AT_LEAST.join(".")} or newer with its venv module`;
}
