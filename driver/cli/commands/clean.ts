// carelake clean: what runs and publications left behind; removes it with --yes.

import { cleanLake } from "../../clean.js";
import type { Database } from "../../publish/database.js";
import type { Leftovers } from "../../publish.js";
import type { Result } from "../../problems.js";
import { ok } from "../../problems.js";
import { smallShape } from "../aws-sizing.js";
import { cleanText } from "../clean-text.js";
import { command } from "../command.js";
import { openLedger } from "../open-ledger.js";
import { answer, complain } from "../present.js";
import { findPipeline } from "../project.js";
import { engineFor } from "../engines.js";
import { databaseOf } from "../serving.js";
import { lakeOptions } from "./words.js";

export const clean = command({
  command: "clean <pipeline>",
  describe: "list what runs left behind in lake and database; --yes removes it",
  builder: (yargs) =>
    lakeOptions(yargs.positional("pipeline", { type: "string", demandOption: true, describe: "name of the pipeline" })).option("yes", { type: "boolean", default: false, describe: "remove what is listed" }),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { lake, profile, project } = opened.value;
    const pipeline = findPipeline(project, words.pipeline);
    if (!pipeline.ok) return complain(pipeline.problems, words.json);
    const mysql = await databaseOf(profile, context);
    if (!mysql.ok) return complain(mysql.problems, words.json);
    const parts = await engineFor({ profile, project, lake }, context);
    if (!parts.ok) return complain(parts.problems, words.json);
    const shape = await smallShape(profile);
    if (!shape.ok) return complain(shape.problems, words.json);
    const settings = parts.value.settings(shape.value === undefined ? {} : { shape: shape.value });
    const { owner, isAlive, now, signal } = context;
    const found = await cleanLake({ ...parts.value, settings, pipeline: pipeline.value, ledger: lake.ledger, store: lake.store, lake: lake.root, files: lake.exports, removeFolder: lake.removeFolder, remove: words.yes, owner, isAlive, now, signal });
    if (!found.ok) return complain(found.problems, words.json);
    const database = mysql.value === undefined ? ok(undefined) : await cleanDatabase({ connect: mysql.value, now, remove: words.yes });
    if (!database.ok) return complain(database.problems, words.json);
    answer({ json: { ...found.value, database: database.value ?? null, removed: words.yes }, text: cleanText(found.value, database.value, words.yes) }, words.json);
  },
});

interface DatabaseCleaning {
  readonly connect: Database;
  readonly now: () => Date;
  readonly remove: boolean;
}

async function cleanDatabase({ connect, now, remove }: DatabaseCleaning): Promise<Result<Leftovers | undefined>> {
  const publisher = await import("../../publish.js");
  const listed = await publisher.leftovers(connect);
  if (!listed.ok || !remove) return listed;
  const removed = await publisher.clean({ connect, now });
  return removed.ok ? listed : removed;
}
