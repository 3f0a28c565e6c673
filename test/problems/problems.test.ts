// Every mistake that needs no Spark and no server: what a user sees, whole.

import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ExpectStatic } from "vitest";
import { buildIfStale, PACKAGE } from "../carelake.js";
import { casesThatNeed, makeProject, possible, PROBLEMS, tellCase } from "./case.js";
import type { Case } from "./case.js";

const MINUTE = 60_000;
beforeAll(buildIfStale, 3 * MINUTE);

const cases = possible(casesThatNeed("nothing"));

describe("a mistake is told with place, cause and next step", { timeout: 2 * MINUTE }, () => {
  // A few at once: a command spends its time on starting Node.
  for (const each of cases) test.concurrent(each.name.replaceAll("_", " "), ({ expect }) => check(each, expect));
});

async function check(each: Case, expect: ExpectStatic): Promise<void> {
  const project = makeProject();
  try {
    const said = await tellCase(each, { project });
    await expect(said.stderr).toMatchFileSnapshot(join(each.folder, "stderr.txt"));
    await expect(said.exitCode).toMatchFileSnapshot(join(each.folder, "exit_code.txt"));
    if (each.args.includes("--json")) await expect(said.stdout).toMatchFileSnapshot(join(each.folder, "stdout.txt"));
    else expect(said.stdout).toBe("");
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** All messages that the folders keep, those of Spark and MySQL among them; none of a case that was never run. */
const kept = readdirSync(PROBLEMS, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith("stderr.txt"))
  .map((name) => ({ name, text: readFileSync(join(PROBLEMS, name), "utf8") }));

test("every message has a headline that stands alone; none is taken for a bug of ours", () => {
  expect(kept.length).toBeGreaterThan(50);
  for (const { name, text } of kept) {
    if (!text.includes("error[")) continue;
    expect(text, name).not.toContain("error[bug]");
    for (const headline of text.matchAll(/^error\[[^\]]+\]: (.+)$/gm)) expect(headline[1], name).not.toMatch(/\.$/);
  }
});

/** Codes that the other tests name, as a value or as a user sees it. */
function namedByTests(): ReadonlySet<string> {
  const files = readdirSync(join(PACKAGE, "test"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
  return new Set(files.flatMap((name) => [...readFileSync(join(PACKAGE, "test", name), "utf8").matchAll(/["'`[]([a-z0-9]+(?:-[a-z0-9]+)*)["'`\]\\]/g)].map((match) => match[1] ?? "")));
}

test("every code of a problem has a case that shows it, or a test that names it", () => {
  const declared = readFileSync(join(PACKAGE, "driver/problems.ts"), "utf8").matchAll(/readonly code: "([a-z0-9-]+)"/g);
  const shown = new Set([...namedByTests(), ...kept.flatMap(({ text }) => [...text.matchAll(/^error\[([a-z0-9-]+)\]/gm)].map((match) => match[1] ?? ""))]);
  expect([...declared].map((match) => match[1] ?? "").filter((code) => !shown.has(code))).toEqual([]);
});
