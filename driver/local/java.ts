// Finds a Java that Spark runs on. In: the machine. Out: its home, or what is wrong with those found.
// Never here: installing one.

import { existsSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { JAVA_VERSIONS } from "./artifacts.js";
import { findProgram, isExecutable, runCommand, type Machine } from "./machine.js";
import { fail, ok, type Result } from "../problems.js";

export interface Java {
  readonly home: string;
  /** As it says itself: "17.0.15". */
  readonly version: string;
}

/** Folders of Java homes beyond JAVA_HOME and PATH, in the order they are tried. */
export function usualJavaHomes(machine: Machine): readonly string[] {
  if (machine.platform === "darwin") {
    const brew = ["opt/homebrew/opt", "usr/local/opt"].flatMap((opt) =>
      JAVA_VERSIONS.map((version) => join(machine.system, opt, `openjdk@${version}/libexec/openjdk.jdk/Contents/Home`)),
    );
    const bundles = subfolders(join(machine.system, "Library/Java/JavaVirtualMachines"));
    return [...bundles.map((folder) => join(folder, "Contents/Home")), ...brew];
  }
  return ["usr/lib/jvm", "usr/java", "opt/java"].flatMap((folder) => subfolders(join(machine.system, folder)));
}

/**
 * JAVA_HOME, then `java` on PATH, then the usual places; the first that fits.
 * Problems: java-missing, or java-unfit naming the first one found.
 */
export async function findJava(machine: Machine, usual: readonly string[] = usualJavaHomes(machine)): Promise<Result<Java>> {
  const looked: string[] = [];
  const tried = new Set<string>();
  let unfit: { readonly found: string; readonly path: string } | undefined;
  for (const candidate of [...namedHomes(machine), ...(await macHomes(machine)), ...usual]) {
    looked.push(candidate);
    const program = join(candidate, "bin", "java");
    if (!isExecutable(program)) continue;
    const home = realHome(program);
    if (tried.has(home)) continue;
    tried.add(home);
    const judged = await judge(home, program, machine);
    if ("version" in judged) return ok({ home, version: judged.version });
    unfit ??= { found: judged.found, path: home };
  }
  const install = installJava(machine);
  return fail(unfit === undefined ? { code: "java-missing", looked: ["JAVA_HOME", "java on PATH", ...(looked.length === 0 ? ["the usual folders"] : looked)], install } : { code: "java-unfit", ...unfit, install });
}

/** One sentence: the command that brings a fitting Java to this machine. */
export function installJava(machine: Machine): string {
  if (machine.platform === "darwin") return "brew install openjdk@17";
  const sudo = machine.root ? "" : "sudo ";
  if (machine.debian) return `${sudo}apt-get install openjdk-17-jre-headless (or openjdk-21-jre-headless)`;
  return "install Java 17 or 21 (any vendor) and set JAVA_HOME to its folder";
}

async function judge(home: string, program: string, machine: Machine): Promise<{ version: string } | { found: string }> {
  const { code, lines } = await runCommand(program, ["-version"], { env: machine.env, timeout: 20_000 });
  const version = /version "([^"]+)"/.exec(lines.join("\n"))?.[1];
  if (code !== 0 || version === undefined) return { found: `a program that does not answer -version (${lines[0] ?? "no output"})` };
  if (!JAVA_VERSIONS.includes(majorOf(version))) return { found: version };
  // Trimmed runtimes (jlink) name their modules; without this one Spark 4.1 ends before it starts.
  const modules = releaseModules(home);
  if (modules !== undefined && !modules.includes("jdk.incubator.vector")) return { found: `${version} without the module jdk.incubator.vector` };
  return { version };
}

/** "17.0.15" is 17, "1.8.0_402" is 8, "21-ea" is 21. */
function majorOf(version: string): number {
  const [first = "", second = ""] = version.split(/[.\-_+]/);
  return Number(first === "1" ? second : first);
}

function releaseModules(home: string): readonly string[] | undefined {
  const file = join(home, "release");
  if (!existsSync(file)) return undefined;
  return /^MODULES="(.*)"$/m.exec(readFileSync(file, "utf8"))?.[1]?.split(" ");
}

function namedHomes(machine: Machine): readonly string[] {
  const homes: string[] = [];
  const named = machine.env["JAVA_HOME"];
  if (named !== undefined && named !== "") homes.push(named);
  const onPath = findProgram("java", machine.env);
  // macOS has a /usr/bin/java that only offers a download; java_home below finds the real ones.
  if (onPath !== undefined && !(machine.platform === "darwin" && onPath === "/usr/bin/java")) homes.push(realHome(onPath));
  return homes;
}

async function macHomes(machine: Machine): Promise<readonly string[]> {
  if (machine.platform !== "darwin" || !isExecutable("/usr/libexec/java_home")) return [];
  const asked = JAVA_VERSIONS.map((version) =>
    runCommand("/usr/libexec/java_home", ["-F", "-v", String(version)], { env: machine.env, timeout: 20_000 }),
  );
  const answers = await Promise.all(asked);
  return answers.flatMap(({ code, lines }) => (code === 0 && lines[0]?.startsWith("/") ? [lines[0]] : []));
}

/** Links as /usr/bin/java → /etc/alternatives/java are followed: JAVA_HOME must be the real folder. */
function realHome(program: string): string {
  return dirname(dirname(realpathSync(program)));
}

function subfolders(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => join(folder, entry.name))
    .sort();
}
