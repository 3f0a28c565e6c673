// Finds a Python that can hold Spark: new enough, and able to make a virtual environment.
// In: the machine. Out: its program and version. Never here: installing, the environment itself (spark.ts).

import { PYTHON_AT_LEAST } from "./artifacts.js";
import { findPrograms, runCommand, type Machine } from "./machine.js";
import { fail, ok, type Result } from "../problems.js";

export interface Python {
  readonly program: string;
  /** "3.11.7" */
  readonly version: string;
}

const NAMES: readonly string[] = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

// ensurepip is what Debian leaves out without python3-venv: `import venv` alone would succeed.
const QUESTION = "import sys; print('python', *sys.version_info[:3]); import venv, ensurepip";

type Judged = { readonly python: Python } | { readonly wrong: string; readonly withoutVenv: boolean };

/** First Python on PATH that fits. Problem: python-missing, whose `looked` says what was wrong with each one found. */
export async function findPython(machine: Machine): Promise<Result<Python>> {
  const looked: string[] = [];
  let withoutVenv = false;
  for (const name of NAMES) {
    const programs = findPrograms(name, machine.env);
    if (programs.length === 0) looked.push(`${name} on PATH`);
    for (const program of programs) {
      const judged = await judge(program, machine);
      if ("python" in judged) return ok(judged.python);
      looked.push(`${program} (${judged.wrong})`);
      withoutVenv ||= judged.withoutVenv;
    }
  }
  return fail({ code: "python-missing", looked, install: installPython(machine, withoutVenv) });
}

async function judge(program: string, machine: Machine): Promise<Judged> {
  const { code, lines } = await runCommand(program, ["-c", QUESTION], { env: machine.env, timeout: 20_000 });
  const [, major, minor, patch] = /^python (\d+) (\d+) (\d+)$/m.exec(lines.join("\n")) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return { wrong: "does not run", withoutVenv: false };
  const version = `${major}.${minor}.${patch}`;
  if (!isNewEnough(Number(major), Number(minor))) return { wrong: version, withoutVenv: false };
  if (code !== 0) return { wrong: `${version}, cannot make virtual environments`, withoutVenv: true };
  return { python: { program, version } };
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
