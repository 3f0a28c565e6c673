// The composition root: words → command. Every command is a file of its own and is loaded when it is called.

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import type { Command } from "./command.js";
import { makeContext } from "./context.js";
import { complain, confess } from "./present.js";
import { VERSION } from "./project.js";
import { systemProblem } from "./system-problem.js";
import { ProblemError } from "../problems.js";
import { commandFirst, refuseTwice, UsageError, usageProblem } from "./usage.js";

/** Loaded when called: the database and chart libraries take longer to load than a plan takes to make. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  list: async () => (await import("./commands/list.js")).list,
  plan: async () => (await import("./commands/plan.js")).plan,
  run: async () => (await import("./commands/run.js")).run,
  render: async () => (await import("./commands/render.js")).render,
  submit: async () => (await import("./commands/submit.js")).submit,
  logs: async () => (await import("./commands/logs.js")).logs,
  cancel: async () => (await import("./commands/cancel.js")).cancel,
  resume: async () => (await import("./commands/resume.js")).resume,
  cost: async () => (await import("./commands/cost.js")).cost,
  prices: async () => (await import("./commands/prices.js")).prices,
  runs: async () => (await import("./commands/runs.js")).runs,
  status: async () => (await import("./commands/status.js")).status,
  gates: async () => (await import("./commands/gates.js")).gates,
  publish: async () => (await import("./commands/publish.js")).publish,
  publications: async () => (await import("./commands/publications.js")).publications,
  refresh: async () => (await import("./commands/refresh.js")).refresh,
  rollback: async () => (await import("./commands/rollback.js")).rollback,
  report: async () => (await import("./commands/report.js")).report,
  init: async () => (await import("./commands/init.js")).init,
  demo: async () => (await import("./commands/demo.js")).demo,
  setup: async () => (await import("./commands/setup.js")).setup,
  clean: async () => (await import("./commands/clean.js")).clean,
  doctor: async () => (await import("./commands/doctor.js")).doctor,
};

/** First Ctrl-C asks the command to end tidily, a second one ends at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(STOPPED);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}

function parserOf(words: readonly string[]) {
  return yargs([...words])
    .scriptName("carelake")
    .version(VERSION)
    .option("json", { type: "boolean", default: false, describe: "data as JSON on stdout" })
    .demandCommand(1, "which command?")
    .strict()
    .check(refuseTwice)
    .wrap(110)
    .exitProcess(false)
    .fail((message, error) => {
      throw (error as Error | undefined) ?? new UsageError(message); // a mistake in the words comes without an error
    });
}

/** What a shell says of a command that Ctrl-C ended. */
const STOPPED = 130;

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";

async function main(): Promise<void> {
  const words = commandFirst(hideBin(process.argv), Object.keys(COMMANDS));
  const asJson = words.includes("--json");
  const signal = stopSignal();
  const context = makeContext(signal);
  const [name = ""] = words;
  const called = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const asks = words.some((word) => ["--help", "--version"].includes(word));
  if (called === undefined && !asks) return complain([usageProblem("", { words, commands: Object.keys(COMMANDS), help: "" })], asJson);
  const loaders = called === undefined || asks ? Object.values(COMMANDS) : [called];
  const commands = await Promise.all(loaders.map((load) => load()));
  const cli = parserOf(words);
  for (const command of commands) command(cli, context);
  try {
    await cli.parseAsync();
  } catch (error) {
    const refused = error instanceof ProblemError ? error.problem : systemProblem(error);
    if (refused !== undefined) return complain([refused], asJson);
    if (signal.aborted && isAbort(error)) {
      complain([{ code: "stopped", command: `carelake ${name}` }], asJson);
      process.exitCode = STOPPED;
      return;
    }
    if (!(error instanceof UsageError)) return confess(error, VERSION);
    const asked = parserOf([name]);
    for (const command of commands) command(asked, context);
    complain([usageProblem(error.message, { words, commands: Object.keys(COMMANDS), help: await asked.getHelp() })], asJson);
  }
}

await main();
