import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { folderStore } from "../../../driver/local/folder-store.js";

const root = mkdtempSync(join(tmpdir(), "carelake-store-"));
afterAll(() => rmSync(root, { recursive: true }));

it("sweeps what a dead writer left half written, and neither objects nor what is being written now", async () => {
  let counter = 0;
  const store = folderStore(root, () => String(counter++));
  await store.write("runs/a/run.json", "{}");
  await store.write("locks/a/1.json", "{}");
  const old = new Date("2026-01-01T00:00:00Z");
  for (const name of ["runs/a/run.json", "runs/a/run.json.1-1.part", "runs/a/run.json.1-2.part", "locks/a/1.json.1-3.part"]) {
    if (name.endsWith(".part")) writeFileSync(join(root, name), "half");
    if (!name.endsWith("1-2.part")) utimesSync(join(root, name), old, old);
  }
  await store.sweep("runs", new Date("2026-01-01T00:00:01Z"));
  expect(readdirSync(join(root, "runs/a")).sort()).toEqual(["run.json", "run.json.1-2.part"]);
  expect(readdirSync(join(root, "locks/a"))).toContain("1.json.1-3.part");
  expect(await store.read("runs/a/run.json")).toBe("{}");
});
