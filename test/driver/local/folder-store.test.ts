import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
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

it("takes a folder that is not there for empty, and one that cannot be read for an error", async () => {
  const store = folderStore(root, () => "x");
  expect(await store.list("nowhere/at/all")).toEqual([]);
  writeFileSync(join(root, "plain"), "");
  expect(await store.list("plain")).toEqual([]);
  // A link in a circle is what every user, root too, cannot read.
  symlinkSync("circle", join(root, "circle"));
  await expect(store.list("circle")).rejects.toMatchObject({ code: "ELOOP" });
  await expect(store.sweep("circle", new Date())).rejects.toMatchObject({ code: "ELOOP" });
});

it("keeps its promise only when the object, its name and the folders above it are on the disk", async () => {
  const handle = await open(root, "r");
  const files = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const flushed: number[] = [];
  const spy = vi.spyOn(files, "sync").mockImplementation(async function (this: FileHandle) {
    flushed.push((await this.stat()).ino);
  });
  try {
    const store = folderStore(root, () => "1");
    await store.create("deep/new/a.json", "{}");
    const inode = (path: string): number => statSync(join(root, path)).ino;
    const folders = [inode("deep/new"), inode("deep"), inode(".")];
    expect(new Set(flushed)).toEqual(new Set([inode("deep/new/a.json"), ...folders]));
    // Its name comes last: after a power cut there is a whole object or none.
    expect(flushed.at(-1)).toBe(inode("deep/new"));
    flushed.length = 0;
    await store.write("deep/new/a.json", "[]");
    expect(flushed).toEqual([inode("deep/new/a.json"), inode("deep/new")]);
  } finally {
    spy.mockRestore();
  }
});
