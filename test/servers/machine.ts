// The computer the tests run on, with the cache folder that `carelake setup --for test` filled.

import { homedir } from "node:os";
import { join } from "node:path";
import { describeMachine, type Machine } from "../../driver/local/machine.js";

export function testMachine(): Machine {
  return describeMachine(process.env, process.env["CARELAKE_CACHE"] ?? join(homedir(), ".cache", "carelake"));
}
