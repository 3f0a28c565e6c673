// The blocks of README.md that need Spark: a project of one's own, from init to a run. What the demo prints is held to
// README.md in package.spark.test.ts, which runs it.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { carelake, PACKAGE } from "./carelake.js";
import { blocksOf, commandsIn } from "./docs/blocks.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "docs-run-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the commands for a pipeline of one's own run, one after the other", async () => {
  const [block] = blocksOf("README.md", readFileSync(join(PACKAGE, "README.md"), "utf8")).filter((each) => each.check === "init");
  let cwd = folder;
  let ran = 0;
  for (const part of commandsIn(block?.text ?? "").flatMap((line) => line.split(" && "))) {
    const [program = "", ...words] = part.split(/\s+/);
    if (program === "cd") {
      cwd = join(cwd, words[0] ?? "");
      continue;
    }
    expect(program).toBe("carelake");
    const { code, stderr } = await carelake({ args: words, cwd });
    expect([part, code, stderr.includes("error[")]).toEqual([part, 0, false]);
    ran++;
  }
  expect(ran).toBe(3);
});
