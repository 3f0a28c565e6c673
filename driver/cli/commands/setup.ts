// carelake setup: installs what is missing for a purpose, into one cache folder, and says what it did.

import { setup as install } from "../../local/setup.js";
import { partsText } from "../parts-text.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { WARM_UP } from "../project.js";
import { setupProgress } from "../setup-progress.js";

export const setup = command({
  command: "setup",
  describe: "install what is missing: Java, Spark, jars; --for test also servers and a browser",
  builder: (yargs) => yargs.option("for", { choices: ["run", "demo", "test"] as const, default: "run" as const, describe: "what it is for" }),
  handler: async ({ for: purpose, json }, context) => {
    const done = await install({ machine: context.machine, purpose, warmUp: WARM_UP, onEvent: setupProgress(context), signal: context.signal });
    if (!done.ok) return complain(done.problems, json);
    answer({ json: done.value, text: partsText(done.value) }, json);
  },
});
