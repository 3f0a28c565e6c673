// One folder of test/problems → the project that the user of the case has, the command run in it, and all it said.
// A case is _project with what make.json changes. Files of a case:
//   args.txt       the command, without "carelake"
//   make.json      how its project differs from _project (absent: not at all); see `caseMake`
//   stderr.txt     the whole message, machine's own words replaced by `told`
//   stdout.txt     only with --json
//   exit_code.txt  and for runs left.txt: what state the lake is in afterwards

import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { canMount, carelake } from "../carelake.js";
import type { Ended } from "../carelake.js";
import { told } from "./told.js";

export const PROBLEMS = dirname(fileURLToPath(import.meta.url));

const edits = {
  /** Path to text. */
  write: z.record(z.string(), z.string()).default({}),
  /** Path to the text of an executable file. */
  programs: z.record(z.string(), z.string()).default({}),
  /** Path to bytes as hexadecimal digits. */
  bytes: z.record(z.string(), z.string()).default({}),
  remove: z.array(z.string()).default([]),
  /** Every `from` must be in the file, once. */
  replace: z.array(z.strictObject({ file: z.string(), from: z.string(), to: z.string() })).default([]),
};

const caseMake = z.strictObject({
  ...edits,
  /** Commands that come first and must succeed unless an exit code is named; `into` keeps their stdout. */
  before: z.array(z.strictObject({ args: z.string(), into: z.string().optional(), exit: z.number().default(0) })).default([]),
  /** Changes after those commands. */
  then: z.strictObject(edits).optional(),
  /** null takes a variable away. */
  env: z.record(z.string(), z.string().nullable()).default({}),
  /** Folders of the system that look empty to the command: needs root. */
  hide: z.array(z.string()).default([]),
  /** Folders of the project that are small disks of their own, with their size: needs root. */
  disks: z.record(z.string(), z.string()).default({}),
  /** What the case takes; decides which test runs it. */
  needs: z.enum(["nothing", "spark", "mysql"]).default("nothing"),
});
export type CaseMake = z.infer<typeof caseMake>;
type Edits = Pick<CaseMake, "write" | "programs" | "bytes" | "remove" | "replace">;

export interface Case {
  readonly name: string;
  readonly folder: string;
  readonly args: string;
  readonly make: CaseMake;
}

/** Cases that mount something are left out, with a word, where that is not allowed. */
export function possible(cases: readonly Case[]): readonly Case[] {
  const mounts = canMount();
  return cases.filter(({ make, name }) => {
    if (mounts || (make.hide.length === 0 && Object.keys(make.disks).length === 0)) return true;
    console.warn(`skipped, because mounting needs root: ${name}`);
    return false;
  });
}

export function casesThatNeed(needs: CaseMake["needs"]): readonly Case[] {
  return readdirSync(PROBLEMS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_"))
    .map((entry) => readCase(entry.name))
    .filter((each) => each.make.needs === needs);
}

function readCase(name: string): Case {
  const folder = join(PROBLEMS, name);
  const file = join(folder, "make.json");
  const make = caseMake.parse(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});
  return { name, folder, args: readFileSync(join(folder, "args.txt"), "utf8").trim(), make };
}

/** A new folder with _project in it; the caller removes it. */
export function makeProject(): string {
  const project = realpathSync(mkdtempSync(join(tmpdir(), "carelake-problem-")));
  cpSync(join(PROBLEMS, "_project"), project, { recursive: true });
  return project;
}

export function change(project: string, { write, programs, bytes, remove, replace }: Edits): void {
  const put = (file: string, content: string | Buffer): string => {
    const path = join(project, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  for (const file of remove) rmSync(join(project, file), { recursive: true });
  for (const [file, text] of Object.entries(write)) put(file, text);
  for (const [file, text] of Object.entries(programs)) chmodSync(put(file, text), 0o755);
  for (const [file, digits] of Object.entries(bytes)) put(file, Buffer.from(digits.replaceAll(/\s/g, ""), "hex"));
  for (const { file, from, to } of replace) {
    const parts = readFileSync(join(project, file), "utf8").split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${from} ${String(parts.length - 1)} times, not once`);
    put(file, parts.join(to));
  }
}

export interface Told {
  readonly stderr: string;
  readonly stdout: string;
  readonly exitCode: string;
}

export interface Setting {
  readonly project: string;
  readonly env?: Readonly<Record<string, string | null>>;
}

/** Runs the case's commands in its project and gives back the last one's words, normalised. */
export async function tellCase({ args, make }: Case, { project, env = {} }: Setting): Promise<Told> {
  const placed = (text: string): string => text.replaceAll("{project}", project);
  const caseEnv = Object.fromEntries(Object.entries(make.env).map(([name, value]) => [name, value === null ? null : placed(value)]));
  change(project, make);
  const disks = Object.fromEntries(Object.entries(make.disks).map(([folder, size]) => [join(project, folder), size]));
  for (const folder of Object.keys(disks)) mkdirSync(folder, { recursive: true });
  const command = (words: string) => ({ args: placed(words).split(/\s+/), cwd: project, env: { ...env, ...caseEnv }, hide: make.hide, disks });
  for (const { args: first, into, exit } of make.before) {
    const done = await carelake(command(first));
    if (done.code !== exit) throw new Error(`carelake ${first} ended with ${String(done.code)}:\n${done.stderr}`);
    if (into !== undefined) writeFileSync(join(project, into), done.stdout);
  }
  if (make.then !== undefined) change(project, make.then);
  return words(await carelake(command(args)), project);
}

export function words({ code, signal, stdout, stderr }: Ended, project: string): Told {
  return { stderr: told(stderr, project), stdout: told(stdout, project), exitCode: `${signal ?? String(code)}\n` };
}
