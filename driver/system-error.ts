// What the operating system says by a code: ENOENT, EEXIST, ENOSPC. In: whatever was caught. Out: its code, if it has one.

/** "ENOENT" of a file that is not there; undefined for errors that are not the system's. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** For `catch`: undefined when there is no such file, and every other error goes on. */
export function absent(error: unknown): undefined {
  if (isAbsent(error)) return undefined;
  throw error;
}

/** There is no such file, or one of the folders above it is a file. */
export function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** What the system said, without its code and the call: "no such file or directory". */
export const systemWords = (error: unknown): string => (error instanceof Error ? error.message.replace(/^E[A-Z]+: /, "").replace(/,.*$/, "") : String(error));
