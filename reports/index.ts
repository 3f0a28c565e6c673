// Every report, by import: the command looks them up by name.

import { partD } from "./part-d/report.js";
import type { Report } from "./report.js";

export const reports: readonly Report[] = [partD];
