// What the operating system refuses while a command works, as a problem: a full disk or a folder that is not ours is no bug.

import type { Problem } from "../problems.js";

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const REFUSED = new Set(["EACCES", "EPERM", "EROFS"]);

/** Undefined for every error that the system did not cause, and for those that nobody can mend but us. */
export function systemProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  if (FULL.has(error.code)) return { code: "disk-full", where: path === undefined ? error.message : `writing ${path}`, left: "no table changed for readers; the same command goes on from what is finished" };
  // What Node says of folders to be made on a disk that is read-only: their parents are made too, so nothing can be missing.
  const unmade = error.code === "ENOENT" && "syscall" in error && error.syscall === "mkdir";
  if (unmade && path !== undefined) return { code: "not-permitted", path, message: "its disk is mounted read-only, or went away", left: "no table changed for readers" };
  if (REFUSED.has(error.code) && path !== undefined) return { code: "not-permitted", path, message: error.code === "EROFS" ? "its disk is mounted read-only" : "this user may not", left: "no table changed for readers" };
  return undefined;
}
