// The command line in the orders that people write it in, and a command that is stopped.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandFirst } from "../../../driver/cli/usage.js";
import { carelake, startCarelake } from "../../carelake.js";
import { makeProject } from "../../problems/case.js";

let project = "";
beforeAll(() => {
  project = makeProject();
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("the command's own word", () => {
  const commands = ["plan", "run"];
  it.each([
    ["run part-d --year 2023", "run part-d --year 2023"],
    ["--profile prod run part-d", "run --profile prod part-d"],
    ["--profile run plan part-d", "plan --profile run part-d"],
    ["--force plan part-d", "plan --force part-d"],
    ["--profile=run plan part-d", "plan --profile=run part-d"],
    ["--profile prod rnu part-d", "rnu --profile prod part-d"],
    ["--json", "--json"],
  ])("of `%s` comes first: `%s`", (words, ordered) => expect(commandFirst(words.split(" "), commands).join(" ")).toBe(ordered));

  it("is found behind the options, and values stay with theirs", async () => {
    const asked = await carelake({ args: ["--profile", "local", "plan", "fills", "--year", "2023", "--json"], cwd: project });
    expect([asked.code, asked.stderr]).toEqual([0, ""]);
    expect(JSON.parse(asked.stdout)).toMatchObject({ pipeline: "fills", years: [2023] });
  });
});

it("a param takes one word and no more, and may be given again", async () => {
  const { code, stderr } = await carelake({ args: ["plan", "--param", "first=1", "--param", "second=2", "fills", "--year", "2023"], cwd: project });
  expect(code).toBe(2);
  expect(stderr.match(/^error\[.*$/gm)).toEqual(["error[unknown-param]: fills has no param `first`", "error[unknown-param]: fills has no param `second`"]);
});

describe("Ctrl-C", () => {
  it("ends a set-up that waits for another one, says so, and is no bug of ours", async () => {
    const cache = mkdtempSync(join(tmpdir(), "cache-"));
    // Held by this very process, which lives.
    writeFileSync(join(cache, "setup.lock"), `process ${String(process.pid)} on ${hostname()}`);
    const setup = startCarelake({ args: ["setup"], cwd: project, env: { CARELAKE_CACHE: cache } });
    for (let waited = 0; waited < 30_000 && !setup.stderr().includes("waiting for another set-up"); waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
    setup.child.kill("SIGINT");
    const { code, stderr } = await setup.ended;
    rmSync(cache, { recursive: true, force: true });
    expect(stderr.slice(stderr.indexOf("error["))).toBe("error[stopped]: carelake setup was stopped\n  help: the same command goes on from what is finished\n");
    expect(code).toBe(130);
  });
});
