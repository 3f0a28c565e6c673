// The script of a report's HTML file, as the build wrote it. In: nothing. Out: its text.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGE } from "./project.js";

export const pageScript = (): Promise<string> => readFile(join(PACKAGE, "dist/bundle/report-page.js"), "utf8");
