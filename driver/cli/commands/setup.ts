// carelake setup: installs what is missing for a purpose, into one cache folder, and says what it did.

import type { SetupEvent } from "../../local/setup.js";
import { setup as install } from "../../local/setup.js";
import type { Context } from "../context.js";
import { partsText } from "../parts-text.js";
import { command } from "../command.js";
import { answer, complain, say, seconds } from "../present.js";

export const setup = command({
  command: "setup",
  describe: "install what is missing: Java, Spark, jars, for tests also database servers and a browser",
  builder: (yargs) => yargs.option("for", { choices: ["run", "demo", "test"] as const, default: "run" as const, describe: "what it is for" }),
  handler: async ({ for: purpose, json }, context) => {
    const done = await install({ machine: context.machine, purpose, onEvent: setupProgress(context), signal: context.signal });
    if (!done.ok) return complain(done.problems, json);
    answer({ json: done.value, text: partsText(done.value) }, json);
  },
});

/** A line when a part begins and one when it is there. */
export function setupProgress({ now }: Context): (event: SetupEvent) => void {
  const started = new Map<string, number>();
  return (event) => {
    if (event.kind === "waiting") say(`waiting for another set-up (${event.owner})`);
    if (event.kind === "installing") {
      started.set(event.part, now().getTime());
      say(`installing ${event.title} (${event.how}) …`);
    }
    if (event.kind === "installed") say(`  ${event.title} ${event.version}, ${seconds((now().getTime() - (started.get(event.part) ?? now().getTime())) / 1000)}`);
  };
}
