// Finds what only the project's own tests need: PostgreSQL's programs and a Chromium.
// In: the machine. Out: paths and versions. Never here: installing or starting them.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram, isExecutable, runCommand, type Machine } from "./machine.js";
import { fail, ok, type Result } from "../problems.js";

export interface PostgresProgram {
  readonly version: string;
  /** Folder with initdb and postgres. */
  readonly folder: string;
}

export interface ChromiumProgram {
  readonly version: string;
  readonly path: string;
}

const MAC_BROWSERS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The newest of Debian's folders, else the programs on PATH. Problem: server-not-found. */
export async function findPostgres(machine: Machine, debianFolder = join(machine.system, "usr/lib/postgresql")): Promise<Result<PostgresProgram>> {
  const onPath = findProgram("initdb", machine.env);
  const folders = [...postgresFolders(debianFolder), ...(onPath === undefined ? [] : [join(onPath, "..")])];
  for (const folder of folders) {
    if (!isExecutable(join(folder, "initdb")) || !isExecutable(join(folder, "postgres"))) continue;
    const { code, lines } = await runCommand(join(folder, "postgres"), ["--version"], { env: machine.env, timeout: 20_000 });
    const version = /(\d+(\.\d+)*)/.exec(lines[0] ?? "")?.[1];
    if (code === 0 && version !== undefined) return ok({ version, folder });
  }
  const install = machine.platform === "darwin" ? "brew install postgresql@17" : machine.debian ? "sudo apt-get install postgresql" : "install PostgreSQL 13 or newer (initdb and postgres on PATH)";
  return fail({ code: "server-not-found", server: "PostgreSQL", looked: [join(debianFolder, "*", "bin"), "initdb on PATH"], install });
}

function postgresFolders(debianFolder: string): readonly string[] {
  if (!existsSync(debianFolder)) return [];
  return readdirSync(debianFolder)
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .map((version) => join(debianFolder, version, "bin"));
}

/** CARELAKE_CHROMIUM, then PATH, then macOS applications. Problem: server-not-found. */
export async function findChromium(machine: Machine): Promise<Result<ChromiumProgram>> {
  const named = machine.env["CARELAKE_CHROMIUM"];
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const candidates = named !== undefined && named !== "" ? [named] : [...names.map((name) => findProgram(name, machine.env)), ...(machine.platform === "darwin" ? MAC_BROWSERS.map((file) => join(machine.system, file)) : [])];
  const looked = named !== undefined && named !== "" ? [`CARELAKE_CHROMIUM=${named}`] : ["CARELAKE_CHROMIUM", ...names.map((name) => `${name} on PATH`)];
  for (const path of candidates) {
    if (path === undefined || !isExecutable(path)) continue;
    const { code, lines } = await runCommand(path, ["--version"], { env: machine.env, timeout: 30_000 });
    const version = /(\d+(\.\d+)+)/.exec(lines.join(" "))?.[1];
    // Ubuntu's chromium package is a stub that points to snap: it is there and answers with an error.
    if (code === 0 && version !== undefined) return ok({ version, path });
    looked.push(`${path} (does not answer --version)`);
  }
  const install = machine.platform === "darwin" ? "brew install --cask chromium" : machine.debian ? "sudo apt-get install chromium" : "install Chromium or Chrome, or set CARELAKE_CHROMIUM to its program";
  return fail({ code: "server-not-found", server: "Chromium", looked, install });
}
