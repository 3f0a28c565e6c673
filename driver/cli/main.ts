// The composition root: words → command. Every command is a file of its own and is loaded when it is called.

import yargs from "yargs";
import type { Argv, CommandModule } from "yargs";
import { hideBin } from "yargs/helpers";
import type { Context } from "./context.js";
import { makeContext } from "./context.js";
import { demo } from "./commands/demo.js";
import { doctor } from "./commands/doctor.js";
import { gates } from "./commands/gates.js";
import { list } from "./commands/list.js";
import { plan } from "./commands/plan.js";
import { publish } from "./commands/publish.js";
import { render } from "./commands/render.js";
import { report } from "./commands/report.js";
import { run } from "./commands/run.js";
import { runs } from "./commands/runs.js";
import { setup } from "./commands/setup.js";
import { status } from "./commands/status.js";
import { complain, confess } from "./present.js";
import { VERSION } from "./project.js";

const COMMANDS: readonly ((context: Context) => CommandModule)[] = [list, plan, run, render, runs, status, gates, publish, report, demo, setup, doctor];

/** First Ctrl-C asks the command to end tidily, a second one ends at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

async function main(): Promise<void> {
  const words = hideBin(process.argv);
  const asJson = words.includes("--json");
  const context = makeContext(stopSignal());
  const cli: Argv = yargs(words)
    .scriptName("carelake")
    .version(VERSION)
    .option("json", { type: "boolean", default: false, describe: "data as JSON on stdout" })
    .demandCommand(1, "which command?")
    .strict()
    .recommendCommands()
    .wrap(110)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(message);
    });
  for (const command of COMMANDS) cli.command(command(context));
  try {
    await cli.parseAsync();
  } catch (error) {
    if (error instanceof UsageError) complain([{ code: "usage", message: error.message.charAt(0).toLowerCase() + error.message.slice(1) }], asJson);
    else confess(error, VERSION);
  }
}

class UsageError extends Error {}

await main();
