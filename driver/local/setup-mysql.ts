// Brings a real MySQL server into the cache folder on Debian-like Linux as root: a small tree of Debian's newest release,
// from which only the server, its libraries and its own loader are kept. mysql-program.ts finds the result.
// Never here: changing the machine's own packages beyond the tool that unpacks the tree.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, copyFileSync, chmodSync } from "node:fs";
import { basename, join } from "node:path";
import { DEBIAN_MIRROR, MYSQL_RELEASE } from "./artifacts.js";
import { aptInstall, runStep, type Installation } from "./debian.js";
import { findProgram, isExecutable } from "./machine.js";
import { MYSQL_RECORD } from "./mysql-program.js";
import { fail, ok, type Result } from "../problems.js";

const KEYRING = "usr/share/keyrings/debian-archive-keyring.gpg";

/** Debian's names of this processor: the loader inside the tree, and the folder of its libraries. */
const PROCESSORS: Readonly<Record<string, { readonly loader: string; readonly libraries: string }>> = {
  x64: { loader: "ld-linux-x86-64.so.2", libraries: "usr/lib/x86_64-linux-gnu" },
  arm64: { loader: "ld-linux-aarch64.so.1", libraries: "usr/lib/aarch64-linux-gnu" },
};

/** Half a minute to a minute; about 110 MB fetched, 180 MB kept. */
export async function installMySql(installation: Installation): Promise<Result<void>> {
  const { cache, system } = installation.machine;
  const processor = PROCESSORS[process.arch];
  if (processor === undefined) return refuse(installation, "pick the processor", `no MySQL known for ${process.arch}`);
  const unpacker = await debootstrap(installation);
  if (!unpacker.ok) return unpacker;
  const tree = join(cache, "mysql-tree.part");
  const part = join(cache, "mysql.part");
  removeTree(tree);
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  // Without --force-check-gpg it would go on unchecked when the keyring is missing, over plain http.
  const options = ["--variant=minbase", "--force-check-gpg", `--keyring=${join(system, KEYRING)}`, "--include=mysql-server-core"];
  const unpacked = await runStep(installation, [unpacker.value, ...options, MYSQL_RELEASE, tree, debianMirror(join(system, "etc/apt"))]);
  if (!unpacked.ok) {
    removeTree(tree);
    return unpacked;
  }
  const copied = await copyServer(installation, { tree, part, processor });
  removeTree(tree);
  if (!copied.ok) return copied;
  const target = join(cache, `mysql-${copied.value}`);
  rmSync(target, { recursive: true, force: true });
  renameSync(part, target);
  return ok(undefined);
}

interface Copy {
  readonly tree: string;
  readonly part: string;
  readonly processor: { readonly loader: string; readonly libraries: string };
}

/** Gives back the server's version. */
async function copyServer(installation: Installation, { tree, part, processor }: Copy): Promise<Result<string>> {
  const libraries = join(tree, processor.libraries);
  const loader = join(libraries, processor.loader);
  const server = join(tree, "usr/sbin/mysqld");
  const listed = await runStep(installation, [loader, "--library-path", libraries, "--list", server]);
  if (!listed.ok) return listed;
  const target = join(part, "lib");
  mkdirSync(target);
  for (const line of listed.value.lines) {
    const file = /=> (\/\S+) \(0x/.exec(line)?.[1];
    // copyFile follows the links that library names are.
    if (file !== undefined) copyFileSync(file, join(target, basename(file)));
  }
  copyFileSync(loader, join(target, processor.loader));
  chmodSync(join(target, processor.loader), 0o755);
  copyFileSync(server, join(part, "mysqld"));
  cpSync(join(tree, "usr/share/mysql"), join(part, "share"), { recursive: true });
  mkdirSync(join(part, "plugin"));
  const asked = await runStep(installation, [join(target, processor.loader), "--library-path", target, join(part, "mysqld"), "--no-defaults", "--version"]);
  if (!asked.ok) return asked;
  const version = /Ver (\d+\.\d+\.\d+)/.exec(asked.value.lines.join(" "))?.[1];
  if (version === undefined) return refuse(installation, "mysqld --version", asked.value.lines.join(" "));
  const record = { version, loader: processor.loader, files: filesBelow(part) };
  writeFileSync(join(part, MYSQL_RECORD), `${JSON.stringify(record, null, 2)}\n`);
  return ok(version);
}

function filesBelow(folder: string): readonly { readonly name: string; readonly bytes: number }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => ({ name, stat: statSync(join(folder, name)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ name, stat }) => ({ name, bytes: stat.size }));
}

/** The tool itself, and what it checks signatures with. */
async function debootstrap(installation: Installation): Promise<Result<string>> {
  const find = (): string | undefined => findProgram("debootstrap", installation.machine.env) ?? [join(installation.machine.system, "usr/sbin/debootstrap")].find(isExecutable);
  const checker = ["gpgv", "sqv"].some((name) => findProgram(name, installation.machine.env) !== undefined);
  if (find() === undefined || !existsSync(join(installation.machine.system, KEYRING)) || !checker) {
    const installed = await aptInstall(installation, ["debootstrap", "debian-archive-keyring", "gpgv"]);
    if (!installed.ok) return installed;
  }
  const found = find();
  return found === undefined ? refuse(installation, "apt-get install debootstrap", "installed, and still not found") : ok(found);
}

/**
 * The mirror this machine takes Debian itself from, in either form of apt's source lists.
 * Other archives (security, vendors' own, Ubuntu's) have no MySQL of this release and are passed over.
 */
export function debianMirror(aptFolder: string): string {
  const folder = join(aptFolder, "sources.list.d");
  const parts = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(list|sources)$/.test(name)).sort() : [];
  for (const file of [join(aptFolder, "sources.list"), ...parts.map((name) => join(folder, name))]) {
    if (!existsSync(file)) continue;
    const text = readFileSync(file, "utf8").replace(/^\s*#.*$/gm, "");
    const found = file.endsWith(".sources") ? mirrorOfStanzas(text) : mirrorOfLines(text);
    if (found !== undefined) return found;
  }
  return DEBIAN_MIRROR;
}

const ARCHIVE = /^https?:\/\/\S+\/debian\/?$/;

function mirrorOfLines(text: string): string | undefined {
  for (const line of text.split("\n")) {
    const [, url = "", components = ""] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+\S+\s+(.*)$/.exec(line) ?? [];
    if (ARCHIVE.test(url) && /\bmain\b/.test(components)) return url;
  }
  return undefined;
}

function mirrorOfStanzas(text: string): string | undefined {
  for (const stanza of text.replace(/\n[ \t]*\n(?=\n|$)/g, "\n\n").split(/\n{2,}/)) {
    const field = (name: string): string => new RegExp(`^${name}:[ \\t]*(.*)$`, "mi").exec(stanza)?.[1] ?? "";
    const url = field("URIs").split(/\s+/).find((uri) => ARCHIVE.test(uri));
    if (url !== undefined && /\bmain\b/.test(field("Components")) && !/^no$/i.test(field("Enabled"))) return url;
  }
  return undefined;
}

/**
 * While it works, debootstrap mounts /proc and devices into the tree; killed by force it leaves them there,
 * and removing the tree would reach into the machine's own. So: unmount first, and remove only what holds no mount.
 */
export function removeTree(tree: string, mounts = "/proc/self/mounts", unmount: (folder: string) => void = unmountNow): void {
  if (!existsSync(tree)) return;
  const below = (): readonly string[] => mountsBelow(tree, readFileSync(mounts, "utf8"));
  for (const folder of [...below()].reverse()) unmount(folder);
  const left = below();
  if (left.length > 0) throw new Error(`cannot remove ${tree}: still mounted: ${left.join(", ")}`);
  rmSync(tree, { recursive: true, force: true });
}

function unmountNow(folder: string): void {
  spawnSync("umount", [folder], { stdio: "ignore" });
}

function mountsBelow(tree: string, table: string): readonly string[] {
  const folders = table.split("\n").map((line) => (line.split(" ")[1] ?? "").replace(/\\040/g, " "));
  return folders.filter((folder) => folder.startsWith(`${tree}/`));
}

function refuse(installation: Installation, command: string, message: string): Result<never> {
  return fail({ code: "setup-failed", part: installation.part, command, output: [message] });
}
