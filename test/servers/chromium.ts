// The browser of the report's tests. In: the environment. Out: its path, and the arguments it needs here.

import { describeMachine } from "../../driver/local/machine.js";
import { findChromium } from "../../driver/local/programs.js";

export interface Browser {
  readonly executablePath: string;
  readonly version: string;
  /** For playwright-core's `launch`. */
  readonly args: readonly string[];
}

/** Rejects with what was looked at: `carelake setup --for test` brings one where it can. */
export async function browser(env: Readonly<Record<string, string | undefined>>): Promise<Browser> {
  const machine = describeMachine(env, "");
  const found = await findChromium(machine);
  if (!found.ok) throw new Error(`no Chromium: ${JSON.stringify(found.problems[0])}`);
  // Its sandbox does not work for root; small containers have a /dev/shm of 64 MB.
  const args = [...(machine.root ? ["--no-sandbox"] : []), "--disable-dev-shm-usage"];
  return { executablePath: found.value.path, version: found.value.version, args };
}
