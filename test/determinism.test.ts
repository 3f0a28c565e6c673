// The same inputs give the same bytes: in another process, in another folder, at another time.

import { copyFileSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { carelake, PACKAGE } from "./carelake.js";

const SAMPLE = join(PACKAGE, "jobs/part-d/sample");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "carelake-same-"));
  for (const file of readdirSync(SAMPLE)) {
    copyFileSync(join(SAMPLE, file), join(folder, file));
    utimesSync(join(folder, file), 1, 1);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function planText(input: string, lake: string, cwd: string): Promise<string> {
  const { code, stdout, stderr } = await carelake({ args: ["plan", "part-d", "--year", "2023", "--input", input, "--lake", lake, "--json"], cwd });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

it("plans byte for byte the same in two processes", async () => {
  const [first, second] = await Promise.all([planText(SAMPLE, "lake", folder), planText(SAMPLE, "lake", folder)]);
  expect(first).toBe(second);
});

it("plans the same id for the same files in another folder, for another lake", async () => {
  const here = await planText(SAMPLE, join(folder, "lake-1"), PACKAGE);
  const there = await planText(folder, join(folder, "lake-2"), folder);
  expect(there.replaceAll(folder, SAMPLE).replaceAll("lake-2", "lake-1")).toBe(here.replaceAll(folder, SAMPLE));
  expect((JSON.parse(there) as { id: string }).id).toBe((JSON.parse(here) as { id: string }).id);
});

it("renders a job byte for byte the same", async () => {
  const render = () => carelake({ args: ["render", "part-d/curated/prescriber_report", "--year", "2023"], cwd: folder });
  const [first, second] = await Promise.all([render(), render()]);
  expect(first.code).toBe(0);
  expect(first.stdout).toBe(second.stdout);
});
