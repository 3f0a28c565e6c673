// Reads templates by name from the folders of a project and of the package, the first that has it wins.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { templateFile } from "./names.js";
import type { Template } from "./template-inspect.js";

/** Template by name without ending ("part-d/raw/drug", "gates/unique_key"), or undefined. */
export type Templates = (name: string) => Template | undefined;

export function templatesIn(roots: readonly string[]): Templates {
  return (name) => {
    const file = templateFile(name);
    const root = roots.find((each) => existsSync(join(each, file)));
    return root === undefined ? undefined : { file, text: readFileSync(join(root, file), "utf8") };
  };
}
