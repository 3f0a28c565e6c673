// The one function that takes the machine's own words out of a message, so that two computers keep the same file.

import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import { PACKAGE } from "../carelake.js";

/** Paths, ids that follow from content, times, processes and ports become names in braces. Nothing else changes. */
export function told(text: string, project: string): string {
  const cache = process.env["CARELAKE_CACHE"] ?? join(homedir(), ".cache", "carelake");
  const places: readonly (readonly [string, string])[] = [
    [project, "{project}"],
    [cache, "{cache}"],
    [join(PACKAGE), "{package}"],
    [`${userInfo().username}@${hostname()}`, "{owner}"],
  ];
  let said = text;
  for (const [place, name] of places) said = said.replaceAll(place, name);
  return said
    .replaceAll(/\b[0-9a-f]{8}-\d+\b/g, "{run}")
    .replaceAll(/\brun [0-9a-f]{8}\b/g, "run {run}")
    .replaceAll(/run_[0-9a-f]{12}\b/g, "run_{plan}")
    .replaceAll(/__[0-9a-f]{8}_\d+\b/g, "__{run}")
    .replaceAll(/\b[\d.]+ (kB|MB) free\b/g, "{room} $1 free")
    .replaceAll(/\S*carelake-small-disk-\w+/g, "{disk}")
    .replaceAll(/\b(it was|it would be) [0-9a-f]{12}\b/g, "$1 {plan}")
    .replaceAll(/"(id|plan|fingerprint)": "[0-9a-f]{64}"/g, '"$1": "{hash}"')
    .replaceAll(/\bprocess \d+/g, "process {pid}")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "{time}")
    .replaceAll(/ *\b\d+(\.\d+)? s\b/g, " {seconds} s")
    .replaceAll(/year=(\d{4})\/[0-9a-f]{16}/g, "year=$1/{hash}")
    .replaceAll(/\b127\.0\.0\.1:\d+/g, "127.0.0.1:{port}")
    .replaceAll(/\bcarelake \d+\.\d+\.\d+/g, "carelake {version}");
}
