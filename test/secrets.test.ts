// Nothing of one machine or one person in what is published: paths, private registries, keys, passwords.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const BINARY = /\.(gz|png|jar|parquet|avro|woff2)$/;

const PATTERNS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: "home folder", pattern: /(?<![\w.])\/(?:home|Users)\/(?!USER\b|you\b|me\b)[a-z][\w-]*\//i },
  { name: "folder of one machine", pattern: /(?<![\w.$}/-])\/(?:work|farm|tmp\/w|mnt\/(?!(?:var|stage)\/)[a-z]+)\/[a-z]/ },
  { name: "private key", pattern: /-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----/ },
  { name: "AWS key", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { name: "access token", pattern: /\b(?:ghp|gho|github_pat|npm|glpat|xox[bp])_[A-Za-z0-9]{20,}/ },
  { name: "URL with a password", pattern: /\b[a-z][a-z0-9+]*:\/\/[^\s:/@"'`$<{]+:[^\s@"'`$<{]+@/ },
];
/** Where packages may come from. */
const REGISTRIES: Readonly<Record<string, readonly string[]>> = { "package-lock.json": ["https://registry.npmjs.org/"] };

const tracked = spawnSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).stdout.split("\0").filter((file) => file !== "" && !BINARY.test(file));

function found(text: string): readonly string[] {
  return text.split("\n").flatMap((line, index) => PATTERNS.filter(({ pattern }) => pattern.test(line)).map(({ name }) => `${String(index + 1)}: ${name}: ${line.trim().slice(0, 100)}`));
}

describe("tracked files", () => {
  // In a folder that is no clone (an unpacked archive) there is nothing to list.
  it.skipIf(tracked.length === 0)("hold no path of one machine, no key, no password", () => {
    const told = tracked.filter((file) => file !== "test/secrets.test.ts").flatMap((file) => found(textOf(file)).map((each) => `${file}:${each}`));
    expect(told).toEqual([]);
  });

  it("fetch packages from public registries only", () => {
    const strange = Object.entries(REGISTRIES).flatMap(([file, hosts]) =>
      [...textOf(file).matchAll(/"resolved": "([^"]+)"/g)].map((match) => match[1] ?? "").filter((url) => !hosts.some((host) => url.startsWith(host))),
    );
    expect(strange).toEqual([]);
    expect(tracked.filter((file) => /(^|\/)\.npmrc$/.test(file)).flatMap((file) => textOf(file).split("\n").filter((line) => /^\s*(@[^:]+:)?registry\s*=|_auth|_password/i.test(line)))).toEqual([]);
  });
});

it.each([
  "cd /home/alice/project",
  "open /Users/bob/lake",
  "-----BEGIN PRIVATE KEY-----",
  "mysql://root:secret@db:3306/x",
  ["id AKIA", "ABCDEFGHIJKLMNOP"].join(""),
])("would find: %s", (line) => expect(found(line)).toHaveLength(1));

it.each(["https://data.cms.gov/a", "${HOME}/.cache/carelake", "jdbc:postgresql://host:5432/db", "./home/x"])("lets pass: %s", (line) => expect(found(line)).toEqual([]));

function textOf(file: string): string {
  try {
    return readFileSync(join(ROOT, file), "utf8");
  } catch {
    return ""; // removed in the working tree, not yet in a commit
  }
}
