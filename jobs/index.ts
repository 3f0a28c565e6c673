// The built-in pipelines, each by import.

import type { Pipeline } from "../driver/job.js";
import partD from "./part-d/pipeline.js";

export const pipelines: readonly Pipeline[] = [partD];
