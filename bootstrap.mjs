// Makes a fresh clone runnable: packages (npm ci) and build (tsc, esbuild), each only when it is not up to date.
// Plain Node, because it runs before node_modules exists. Never here: Java, Python, Spark (that is `carelake setup`).

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(fileURLToPath(import.meta.url));
const SOURCES = ["driver", "jobs", "emr", "reports"];
const SETTINGS = ["tsconfig.json", "tsconfig.build.json", "package-lock.json", "build.mjs"];
/** One script for browsers: its files are only bundled. */
const BROWSER = join("reports", "html", "browser");
const BUNDLE = join("dist", "bundle");
const STAMP = join(ROOT, "dist", ".stamp");

checkNode();
if (!packagesAreCurrent()) run("packages", "npm ci", npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]));
const wanted = stamp();
if (!buildIsCurrent(wanted)) build(wanted);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  end(3, `carelake needs Node 20.19 or newer, and this is ${process.versions.node} (${process.execPath})\n  help: install it from https://nodejs.org or with your version manager, then run the command again`);
}

/** npm writes what it installed into node_modules; every package of the lock must be there in its version. */
function packagesAreCurrent() {
  const installed = readJson(join(ROOT, "node_modules", ".package-lock.json"))?.packages;
  const locked = readJson(join(ROOT, "package-lock.json"))?.packages;
  if (installed === undefined || locked === undefined) return false;
  return Object.entries(locked).every(([path, { version, optional, devOptional }]) => {
    if (path === "" || optional || devOptional) return true;
    return installed[path]?.version === version && existsSync(join(ROOT, path));
  });
}

/** Changes whenever a source file is changed, added or removed. */
function stamp() {
  const lines = [...sources(), ...SETTINGS].map((file) => {
    const { size, mtimeMs } = statSync(join(ROOT, file));
    return `${file} ${size} ${mtimeMs}`;
  });
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}

function sources() {
  return SOURCES.filter((folder) => existsSync(join(ROOT, folder))).flatMap((folder) => below(folder).filter((file) => /\.ts$/.test(file)));
}

function below(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? below(path) : [path];
  });
}

function outputs() {
  return sources()
    .filter((file) => !file.endsWith(".d.ts") && dirname(file) !== BROWSER)
    .map((file) => join("dist", file.replace(/\.ts$/, ".js")));
}

function buildIsCurrent(wanted) {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted && [...outputs(), join(BUNDLE, "main.js")].every((file) => existsSync(join(ROOT, file)));
}

function build(wanted) {
  // tsc removes nothing, and does not make again what its notes say it made: a dist that differs goes as a whole.
  const expected = new Set(outputs());
  const found = existsSync(join(ROOT, "dist")) ? below("dist").filter((file) => file.endsWith(".js") && !file.startsWith(BUNDLE)) : [];
  if (found.length !== expected.size || found.some((file) => !expected.has(file))) rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  rmSync(STAMP, { force: true });
  run("build", "tsc, esbuild", [process.execPath, join(ROOT, "build.mjs")]);
  writeFileSync(STAMP, wanted);
}

/** The npm that called us, else the one on PATH. */
function npm(args) {
  const caller = process.env.npm_execpath;
  return caller !== undefined && caller.endsWith("npm-cli.js") ? [process.execPath, caller, ...args] : ["npm", ...args];
}

/** One line before, one after; the command's own words only when it fails. */
function run(what, name, [program, ...args]) {
  const begun = performance.now();
  process.stderr.write(`carelake: ${what}: ${name} …\n`);
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) end(3, `carelake: ${what}: ${name} failed\n${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`);
  process.stderr.write(`carelake: ${what}: done in ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function end(code, message) {
  process.stderr.write(`${message.trimEnd()}\n`);
  process.exit(code);
}
