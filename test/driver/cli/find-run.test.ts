// Which run a word names: ids of one plan begin alike, and its tenth run begins like its first.

import { expect, it } from "vitest";
import { findRun } from "../../../driver/cli/open-ledger.js";
import { ledgerIn } from "../../../driver/ledger.js";
import { folderStore } from "../../../driver/local/folder-store.js";
import { newFolder } from "../local/fakes.js";

it("a whole id names its run, the start of one names the last of the plan that it fits, and none the last of all", async () => {
  let counter = 0;
  const root = newFolder();
  const store = folderStore(root, () => String(counter++));
  const owner = { host: "here", pid: 1, user: "ann" };
  for (const [index, run] of ["abcd1234-1", "abcd1234-2", "abcd1234-10", "abff0000-1", "ffff0000-1"].entries()) {
    await store.write(`runs/${run}/run.json`, JSON.stringify({ run, plan: run.slice(0, 8), pipeline: "part-d", years: [2023], engine: "local", startedAt: `2026-01-0${String(index + 1)}T00:00:00Z`, owner, carelake: "0.1.0" }));
  }
  const ledger = ledgerIn(store);
  const named = async (id?: string): Promise<string> => {
    const found = await findRun({ ledger } as Parameters<typeof findRun>[0], id);
    return found.ok ? found.value.run : found.problems[0].code;
  };
  expect(await named("abcd1234-1")).toBe("abcd1234-1");
  expect(await named("abcd1234-10")).toBe("abcd1234-10");
  expect(await named("abcd")).toBe("abcd1234-10");
  expect(await named()).toBe("ffff0000-1");
  expect(await named("9")).toBe("unknown-run");
  // Whoever cancels by it must not stop another run than he means.
  expect(await named("ab")).toBe("run-ambiguous");
});
