// What the operating system refuses while a command works, as a problem: a full disk or a folder that is not ours is no bug.
// Never here: what was left. It may have been any command, at any point of its work.

import type { Problem } from "../problems.js";
import { systemCode } from "../system-error.js";

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const REFUSED = new Set(["EACCES", "EPERM", "EROFS"]);

/** Undefined for every error that the system did not cause, and for those that nobody can mend but us. */
export function systemProblem(error: unknown): Problem | undefined {
  const code = systemCode(error);
  if (!(error instanceof Error) || code === undefined) return undefined;
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  if (FULL.has(code)) return { code: "disk-full", where: path === undefined ? error.message : `writing ${path}` };
  // What Node says of folders to be made on a disk that is read-only: their parents are made too, so nothing can be missing.
  const unmade = code === "ENOENT" && "syscall" in error && error.syscall === "mkdir";
  if (unmade && path !== undefined) return { code: "not-permitted", path, message: "its disk is mounted read-only, or went away" };
  if (REFUSED.has(code) && path !== undefined) return { code: "not-permitted", path, message: code === "EROFS" ? "its disk is mounted read-only" : "this user may not" };
  return undefined;
}
