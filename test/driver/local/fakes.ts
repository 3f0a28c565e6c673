// A computer made of folders: fake programs that answer as the real ones do, for the finding logic.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Machine } from "../../../driver/local/machine.js";

/** Goes when the test that asked for it has ended. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "carelake-fast-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function fakeMachine(folder: string, changes: Partial<Machine> = {}): Machine {
  return { env: { PATH: join(folder, "bin"), HOME: folder }, cache: join(folder, "cache"), platform: "linux", system: join(folder, "system"), root: false, debian: true, ...changes };
}

/** An executable shell script. */
export function program(file: string, script: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A Java home whose `java -version` answers as that version does. */
export function fakeJava(home: string, version: string): string {
  program(join(home, "bin", "java"), `echo 'openjdk version "${version}" 2025-04-15' >&2\necho 'OpenJDK Runtime Environment (build ${version}+6)' >&2`);
  return home;
}
