// Brings packages of the system to a Debian-like Linux where we are root.
// In: package names. Out: done, or setup-failed with what apt-get said. Never here: other systems, sudo.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, type CommandOptions, type CommandResult, type Machine } from "./machine.js";
import { fail, ok, type Result } from "../problems.js";

/** One installation at work: where it happens, who is told, how it is cancelled. */
export interface Installation {
  readonly machine: Machine;
  /** Name of the part, for problems. */
  readonly part: string;
  /** Each line a command prints. */
  readonly tell: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Set-up can install system packages here. */
export function canInstallPackages(machine: Machine): boolean {
  return machine.debian && machine.root;
}

/** Runs a step of an installation; a code other than 0 is a setup-failed problem with its last lines. */
export async function runStep(installation: Installation, command: readonly string[], env: Machine["env"] = {}): Promise<Result<CommandResult>> {
  const { signal } = installation;
  return judged(installation, command, { tied: true, env, ...(signal === undefined ? {} : { signal }) });
}

async function judged(installation: Installation, command: readonly string[], options: CommandOptions): Promise<Result<CommandResult>> {
  const [program = "", ...args] = command;
  const env = { ...installation.machine.env, ...options.env };
  const result = await runCommand(program, args, { ...options, env, onLine: installation.tell });
  if (result.code === 0) return ok(result);
  return fail({ code: "setup-failed", part: installation.part, command: command.join(" "), output: result.lines.slice(-15) });
}

const WAIT_FOR_OTHERS = ["-o", "DPkg::Lock::Timeout=300"];

/**
 * Installs packages, fetching the package lists anew only when the first try fails
 * (fresh containers have none, old ones point to versions that are gone).
 */
export async function aptInstall(installation: Installation, packages: readonly string[]): Promise<Result<void>> {
  // Neither tied to us nor cancelled: the package system is the machine's, and a half configured package is worse than a late end.
  const run = (...command: readonly string[]): Promise<Result<CommandResult>> => judged(installation, command, { env: { DEBIAN_FRONTEND: "noninteractive" } });
  const install = ["apt-get", "install", "--yes", "--no-install-recommends", ...WAIT_FOR_OTHERS, ...packages];
  const first = await run(...install);
  if (first.ok) return ok(undefined);
  // Nothing to do for these two, mostly: a former installation was cut off; one foreign source that is down does not matter.
  await run("dpkg", "--configure", "-a");
  await run("apt-get", "update", ...WAIT_FOR_OTHERS);
  const second = await run(...install);
  return second.ok ? ok(undefined) : second;
}

/** The first of several alternatives that this release of Debian has (17 is gone from newer ones). */
export async function aptInstallOneOf(installation: Installation, packages: readonly [string, ...string[]]): Promise<Result<void>> {
  let last: Result<void> = ok(undefined);
  for (const name of packages) {
    last = await aptInstall(installation, [name]);
    if (last.ok) return last;
  }
  return last;
}

/** Installs PostgreSQL's programs alone: Debian would also make a cluster and start it on port 5432. */
export async function aptInstallPostgres(installation: Installation): Promise<Result<void>> {
  const common = await aptInstall(installation, ["postgresql-common"]);
  if (!common.ok) return common;
  const folder = join(installation.machine.system, "etc/postgresql-common/createcluster.d");
  const file = join(folder, "carelake-setup.conf");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, "create_main_cluster = false\n");
  try {
    return await aptInstall(installation, ["postgresql"]);
  } finally {
    // Only for this installation: what the machine's owner installs later behaves as usual.
    rmSync(file, { force: true });
  }
}
