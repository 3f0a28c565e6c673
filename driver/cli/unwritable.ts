// A file that the user named and that cannot be written, as a problem.

import type { Problem } from "../problems.js";
import { systemWords } from "../system-error.js";

export const unwritable = (file: string, error: unknown): Problem => ({ code: "file-unwritable", file, message: systemWords(error) });
