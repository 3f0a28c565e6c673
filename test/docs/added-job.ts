// README.md's job and template put into the project that its commands made. In: the project's folder. Out: the job's name.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE } from "../carelake.js";
import { blocksOf, commandsIn } from "./blocks.js";

const blocks = blocksOf("README.md", readFileSync(join(PACKAGE, "README.md"), "utf8"));
const block = (check: string): string => {
  const [only, ...others] = blocks.filter((each) => each.check === check);
  if (only === undefined || others.length > 0) throw new Error(`README.md has not one block of ${check}`);
  return only.text;
};

/** The commands of "A pipeline of your own", as words; "cd" is one of them. */
export const initCommands = (): readonly (readonly string[])[] => commandsIn(block("init")).flatMap((line) => line.split(" && ")).map((command) => command.split(/\s+/));

/** What a reader does who adds the job: two files, and the job's name in pipeline.ts. Nothing else is edited. */
export function addReadmeJob(project: string): string {
  mkdirSync(join(project, "templates/clinics/curated"), { recursive: true });
  writeFileSync(join(project, "jobs/curated-clinic.ts"), block("job"));
  writeFileSync(join(project, "templates/clinics/curated/clinic.sql.hbs"), block("template"));
  const pipeline = readFileSync(join(project, "pipeline.ts"), "utf8");
  const named = pipeline.replace("import rawVisit", 'import clinic from "./jobs/curated-clinic.js";\nimport rawVisit').replace("[rawVisit,", "[clinic, rawVisit,");
  writeFileSync(join(project, "pipeline.ts"), named);
  return "clinics/curated/clinic";
}
