// Before any test: dist/ is what the sources say, because tests start the real command. Temporary folders of all tests
// lie in one, which goes with the last test, whatever a failed one left.

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIfStale } from "./carelake.js";

export default function setup(): () => void {
  buildIfStale();
  // Short, because the path of a server's socket may have about a hundred characters.
  const folder = mkdtempSync(join(tmpdir(), "cl-"));
  // PostgreSQL refuses to run as root: its own user must get through to its folder inside.
  chmodSync(folder, 0o711);
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
