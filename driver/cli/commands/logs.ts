// carelake logs: the log of a stage, wherever its service puts it; what is not there yet is named, not guessed.

import type { Engine, StageLogs } from "../../engine.js";
import { track } from "../../track.js";
import { attemptsOf } from "../../ledger.js";
import { openRun } from "../open-run.js";
import type { Attempt } from "../../ledger.js";
import { command } from "../command.js";
import type { Context } from "../context.js";
import { answer, complain, say } from "../present.js";
import { progress } from "../progress.js";
import { lakeOptions } from "./words.js";

export const logs = command({
  command: "logs [run]",
  describe: "the log of a run's stage",
  builder: (yargs) =>
    lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" }))
      .option("stage", { type: "string", describe: "name of the stage; the last one submitted without it" })
      .option("follow", { type: "boolean", default: false, describe: "wait until the stage has ended, showing how far it is" }),
  handler: async (words, context) => {
    const opened = await openRun(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { engine, run, events } = opened.value;
    const attempts = attemptsOf(events);
    const attempt = words.stage === undefined ? attempts.at(-1) : attempts.findLast(({ stage }) => stage === words.stage);
    if (attempt === undefined) {
      const known = [...new Set(attempts.map(({ stage }) => stage))];
      return complain([{ code: "usage", message: words.stage === undefined ? `no stage of run ${run.run} was submitted` : `no stage ${words.stage} of run ${run.run} was submitted`, ...(known.length === 0 ? {} : { suggestion: `--stage ${known.join(" or ")}` }) }], words.json);
    }
    if (words.follow) await untilEnded(engine, attempt, context);
    const found = await engine.logs(attempt.handle);
    answer({ json: { run: run.run, stage: attempt.stage, attempt: attempt.attempt, ...found }, text: found.tail.join("\n") }, words.json);
    if (!words.json) for (const line of placesOf(found)) say(line);
  },
});

async function untilEnded(engine: Omit<Engine, "submit">, { stage, handle }: Attempt, { signal, isTerminal }: Context): Promise<void> {
  await track({ engine, handle, stage, listen: progress({ isTerminal, verbose: true }), signal });
}

function placesOf({ place, parts, complete }: StageLogs): readonly string[] {
  const listed = parts.length === 0 ? [place] : parts.map((part) => `${part.place}: ${part.is}`);
  return complete === false ? [...listed, "more may come: services upload logs some minutes late"] : listed;
}
