// Which files of a folder are the input, as people lay them there.

import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findInputs, yearsIn } from "../../driver/inputs.js";
import { pipelines } from "../../jobs/index.js";
import { newFolder } from "./local/fakes.js";

const SAMPLE = join(import.meta.dirname, "../../jobs/part-d/sample");
const sources = pipelines.flatMap((pipeline) => (pipeline.name === "part-d" ? pipeline.jobs.flatMap((job) => job.source ?? []) : []));

it("links to files are files; links to nothing and to folders are not", async () => {
  const folder = newFolder();
  for (const name of readdirSync(SAMPLE).filter((each) => /\.csv(\.gz)?$/.test(each))) symlinkSync(join(SAMPLE, name), join(folder, name));
  mkdirSync(join(folder, "elsewhere"));
  symlinkSync(join(folder, "elsewhere"), join(folder, "providers_2023_folder.csv"));
  symlinkSync(join(folder, "nowhere.csv"), join(folder, "providers_2021_gone.csv"));
  const [linked, real] = await Promise.all([findInputs(folder, sources, [2023]), findInputs(SAMPLE, sources, [2023])]);
  const told = (found: typeof linked) => (found.ok ? found.value.map(({ source, files, fingerprint }) => ({ source, fingerprint, files: files.map((file) => file.name) })) : found.problems);
  expect(linked.ok).toBe(true);
  expect(told(linked)).toEqual(told(real));
  expect(yearsIn(folder, sources)).toEqual(yearsIn(SAMPLE, sources));
});
