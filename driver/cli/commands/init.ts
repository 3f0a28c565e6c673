// carelake init: a project to start from, copied from templates/init of the package. Never writes into a folder in use.

import { cpSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { PACKAGE } from "../project.js";

export const init = command({
  command: "init [folder]",
  describe: "make a runnable project of your own: pipeline, jobs, templates, a case",
  builder: (yargs) => yargs.positional("folder", { type: "string", default: ".", describe: "an empty or new folder" }),
  handler: ({ folder: named, json }, context) => {
    const folder = resolve(context.cwd, named);
    const found = existsSync(folder) ? readdirSync(folder).filter((name) => name !== ".git") : [];
    if (found.length > 0) return complain([{ code: "init-not-empty", folder: named, found }], json);
    const files = makeProject(folder);
    const steps = ["carelake list clinics", "carelake plan clinics --year 2024", "carelake run clinics --year 2024"];
    const lines = [...(named === "." ? [] : [`cd ${named}`]), ...steps].map((step) => `  ${step}`);
    answer({ json: { folder, files }, text: `${String(files.length)} files in ${folder}; README.md says what they are. Next:\n${lines.join("\n")}` }, json);
  },
});

/** Files made, relative to the folder. */
function makeProject(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  cpSync(join(PACKAGE, "templates", "init"), folder, { recursive: true });
  // npm leaves files of that name out of a package.
  renameSync(join(folder, "gitignore"), join(folder, ".gitignore"));
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
