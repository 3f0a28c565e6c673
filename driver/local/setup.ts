// Brings to this computer what carelake needs and does not find. In: the machine and a purpose. Out: every part's state.
// Only what is missing is installed; two set-ups at once take turns; an interrupted one is continued by the next.
// Never here: how a part is found or installed (one file each), or a word to the terminal (events go to the caller).

import { existsSync } from "node:fs";
import { join } from "node:path";
import { JARS } from "./artifacts.js";
import { AWS_EXCLUDED, AWS_JARS, GLUE_JARS, S3A_JARS } from "./artifacts-aws.js";
import { aptInstall, aptInstallOneOf, aptInstallPostgres, canInstallPackages, type Installation } from "./debian.js";
import { makeClassArchive } from "./class-archive.js";
import { findJava } from "./java.js";
import { withLock } from "./lock.js";
import type { Machine } from "./machine.js";
import { findMySql } from "./mysql-program.js";
import { findOlderMySql, hasOlderMySql, installOlderMySql } from "./older-mysql.js";
import { findChromium, findPostgres } from "./programs.js";
import { findPython } from "./python.js";
import { installMySql } from "./setup-mysql.js";
import { installJars, installSpark } from "./setup-spark.js";
import { findJars, findSpark, jarFolder } from "./spark.js";
import { findStandIns, installStandIns } from "./stand-ins.js";
import { findToolchain } from "./toolchain.js";
import { fail, ok, type Problem, type Result } from "../problems.js";

/** run: Spark on this computer. demo: and a MySQL to publish to. test: and what the project's tests start. */
export type Purpose = "run" | "demo" | "test";
export type PartName = "java" | "python" | "spark" | "jars" | "classes" | "mysql" | "older-mysql" | "postgres" | "chromium" | "aws-jars" | "stand-ins";

export type PartState =
  | { readonly state: "present"; readonly version: string; readonly path: string }
  | { readonly state: "missing" | "unfit"; readonly problem: Problem };

export type Part = { readonly name: PartName; readonly title: string; readonly purpose: Purpose } & PartState;

export type SetupEvent =
  /** Another set-up is at work in the same cache folder. */
  | { readonly kind: "waiting"; readonly owner: string }
  | { readonly kind: "installing"; readonly part: PartName; readonly title: string; readonly how: string }
  /** One line of what the installing command prints. */
  | { readonly kind: "output"; readonly part: PartName; readonly line: string }
  | { readonly kind: "installed"; readonly part: PartName; readonly title: string; readonly version: string; readonly path: string };

interface PartKind {
  readonly name: PartName;
  readonly title: string;
  /** The smallest purpose that needs it. */
  readonly purpose: Purpose;
  /** There is such a thing for this kind of computer. Absent: for every one. */
  readonly exists?: (machine: Machine) => boolean;
  /** Parts without which it cannot be installed: their absence is then the whole message. */
  readonly needs: readonly PartName[];
  readonly find: (machine: Machine) => Promise<Result<{ readonly version: string; readonly path: string }>>;
  /** What set-up does about it, for people; and whether it may on this machine. */
  readonly how: string;
  readonly possible: (machine: Machine) => boolean;
  readonly install: (installation: Installation) => Promise<Result<void>>;
}

const anywhere = (): boolean => true;

/** In the order of installation: each part may need those before it. */
const PARTS: readonly PartKind[] = [
  {
    name: "java", title: "Java 17 or 21", purpose: "run", needs: [], how: "apt-get install openjdk-17-jre-headless", possible: canInstallPackages,
    find: async (machine) => located(await findJava(machine), (java) => ({ version: java.version, path: java.home })),
    install: (installation) => aptInstallOneOf(installation, ["openjdk-17-jre-headless", "openjdk-21-jre-headless"]),
  },
  {
    name: "python", title: "Python with venv", purpose: "run", needs: [], how: "apt-get install python3 python3-venv", possible: canInstallPackages,
    find: async (machine) => located(await findPython(machine), (python) => ({ version: python.version, path: python.program })),
    install: (installation) => aptInstall(installation, ["python3", "python3-venv"]),
  },
  {
    name: "spark", title: "Spark", purpose: "run", needs: ["python"], how: "pip install pyspark, about 450 MB", possible: anywhere,
    find: async (machine) => located(await findSpark(machine), (spark) => ({ version: spark.version, path: spark.home })),
    install: installSpark,
  },
  {
    name: "jars", title: "Iceberg and JDBC jars", purpose: "run", needs: ["java", "spark"], how: "spark-submit --packages, about 50 MB", possible: anywhere,
    find: async (machine) => located(findJars(machine), () => ({ version: JARS.map((jar) => jar.coordinates.split(":").slice(1).join(" ")).join(", "), path: jarFolder(machine.cache) })),
    install: installJars,
  },
  {
    name: "mysql", title: "MySQL server", purpose: "demo", needs: [], how: "debootstrap of Debian's newest MySQL, about 110 MB", possible: canInstallPackages,
    find: async (machine) => located(await findMySql(machine), (mysql) => ({ version: mysql.version, path: mysql.path })),
    install: installMySql,
  },
  {
    name: "older-mysql", title: "older MySQL server", purpose: "test", exists: hasOlderMySql, needs: ["java", "spark"], how: "spark-submit --packages, about 50 MB", possible: anywhere,
    find: async (machine) => located(await findOlderMySql(machine), (mysql) => ({ version: mysql.version, path: mysql.path })),
    install: installOlderMySql,
  },
  {
    name: "postgres", title: "PostgreSQL server", purpose: "test", needs: [], how: "apt-get install postgresql", possible: canInstallPackages,
    find: async (machine) => located(await findPostgres(machine), (postgres) => ({ version: postgres.version, path: postgres.folder })),
    install: aptInstallPostgres,
  },
  {
    name: "chromium", title: "Chromium", purpose: "test", needs: [], how: "apt-get install chromium", possible: canInstallPackages,
    find: async (machine) => located(await findChromium(machine), (chromium) => ({ version: chromium.version, path: chromium.path })),
    install: (installation) => aptInstall(installation, ["chromium", "fonts-liberation"]),
  },
  {
    name: "aws-jars", title: "S3 and Glue jars", purpose: "test", needs: ["java", "spark"], how: "spark-submit --packages, about 75 MB", possible: anywhere,
    find: async (machine) => located(findJars(machine, AWS_JARS), () => ({ version: [...S3A_JARS.slice(0, 1), ...GLUE_JARS].map((jar) => jar.coordinates.split(":").slice(1).join(" ")).join(", "), path: jarFolder(machine.cache, AWS_JARS) })),
    install: (installation) => installJars(installation, AWS_JARS, AWS_EXCLUDED),
  },
  {
    name: "stand-ins", title: "SeaweedFS, moto, boto3", purpose: "test", needs: ["python"], how: "pip install, about 250 MB", possible: anywhere,
    find: async (machine) => located(findStandIns(machine), ({ version, folder }) => ({ version, path: folder })),
    install: installStandIns,
  },
];

const SIZE: Readonly<Record<Purpose, number>> = { run: 0, demo: 1, test: 2 };

function kindsFor(machine: Machine, purpose: Purpose): readonly PartKind[] {
  return PARTS.filter((kind) => SIZE[kind.purpose] <= SIZE[purpose] && (kind.exists?.(machine) ?? true));
}

/** Looks, side by side, at everything a purpose needs. Installs nothing. */
export function parts(machine: Machine, purpose: Purpose): Promise<readonly Part[]> {
  return Promise.all(kindsFor(machine, purpose).map((kind) => look(kind, machine)));
}

export interface SetupOptions {
  readonly machine: Machine;
  readonly purpose: Purpose;
  readonly onEvent: (event: SetupEvent) => void;
  /** warm_up.py of the package: what the class archive is made with; none is made without it. */
  readonly warmUp?: string;
  readonly signal?: AbortSignal;
}

/** Installs what is missing, in order. Problems: of each part that set-up cannot bring here, or that failed. */
export async function setup(options: SetupOptions): Promise<Result<readonly Part[]>> {
  const before = await parts(options.machine, options.purpose);
  if ((await isWarm(options)) && before.every((part) => part.state === "present")) return ok(before);
  const lock = { file: join(options.machine.cache, "setup.lock"), onWait: (owner: string) => options.onEvent({ kind: "waiting", owner }) };
  return withLock({ ...lock, ...(options.signal === undefined ? {} : { signal: options.signal }) }, () => installMissing(options));
}

async function installMissing(options: SetupOptions): Promise<Result<readonly Part[]>> {
  const problems: Problem[] = [];
  const done: Part[] = [];
  for (const kind of kindsFor(options.machine, options.purpose)) {
    options.signal?.throwIfAborted();
    if (kind.needs.some((need) => !done.some((part) => part.name === need))) continue;
    const part = await install(kind, options);
    if (part.ok) done.push(part.value);
    else problems.push(...part.problems);
  }
  await warmUp(options);
  const [first, ...rest] = problems;
  return first === undefined ? ok(done) : fail(first, ...rest);
}

async function isWarm({ machine, warmUp: script }: SetupOptions): Promise<boolean> {
  const toolchain = await findToolchain(machine);
  if (script === undefined || !toolchain.ok) return true;
  return existsSync(toolchain.value.archive) || existsSync(`${toolchain.value.archive}.tried`);
}

/** Not a part that anything needs: it only shortens every start. */
async function warmUp(options: SetupOptions): Promise<void> {
  const { machine, onEvent, signal, warmUp: script } = options;
  if (script === undefined || (await isWarm(options))) return;
  onEvent({ kind: "installing", part: "classes", title: "archive of Spark's classes", how: "shortens every start" });
  await makeClassArchive({ machine, part: "classes", tell: () => undefined, ...(signal === undefined ? {} : { signal }) }, script);
}

/** Looks again first: the set-up we waited for may have brought it. */
async function install(kind: PartKind, { machine, onEvent, signal }: SetupOptions): Promise<Result<Part>> {
  const before = await look(kind, machine);
  if (before.state === "present") return ok(before);
  if (!kind.possible(machine)) return fail(before.problem);
  onEvent({ kind: "installing", part: kind.name, title: kind.title, how: kind.how });
  const tell = (line: string): void => onEvent({ kind: "output", part: kind.name, line });
  const made = await kind.install({ machine, part: kind.title, tell, ...(signal === undefined ? {} : { signal }) });
  if (!made.ok) return made;
  const after = await look(kind, machine);
  if (after.state !== "present") return fail(after.problem);
  onEvent({ kind: "installed", part: kind.name, title: kind.title, version: after.version, path: after.path });
  return ok(after);
}

async function look(kind: PartKind, machine: Machine): Promise<Part> {
  const base = { name: kind.name, title: kind.title, purpose: kind.purpose };
  const found = await kind.find(machine);
  if (found.ok) return { ...base, state: "present", ...found.value };
  const [problem] = found.problems;
  return { ...base, state: problem.code === "java-unfit" ? "unfit" : "missing", problem };
}

function located<T>(found: Result<T>, place: (value: T) => { version: string; path: string }): Result<{ version: string; path: string }> {
  return found.ok ? ok(place(found.value)) : found;
}
