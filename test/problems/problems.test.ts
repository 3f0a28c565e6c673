// Every mistake that needs no Spark and no server: what a user sees, whole.

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ExpectStatic } from "vitest";
import { buildIfStale } from "../carelake.js";
import { casesThatNeed, makeProject, possible, tellCase } from "./case.js";
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

test("every message has a headline, and a next step in it or after it; none shows a stack", () => {
  for (const { folder, name } of cases) {
    const text = readFileSync(join(folder, "stderr.txt"), "utf8");
    if (text === "") continue;
    expect(text, name).toMatch(/^error\[[a-z0-9-]+\]: .+/m);
    expect(text, name).not.toMatch(/\n\s+at .+:\d+:\d+/);
    expect(text, name).not.toContain("error[bug]");
    for (const headline of text.matchAll(/^error\[[^\]]+\]: (.+)$/gm)) expect(headline[1], name).not.toMatch(/\.$/);
  }
});
