// A publisher in a process of its own, to be killed. In: a JSON file with its options and the step to stop at. Out: a line
// for every step; at that step it stands still, in the middle of the call that reported it.

import { readFileSync } from "node:fs";
import { folderExports } from "../../driver/exports.js";
import type { MySqlSettings } from "../../driver/mysql.js";
import { publish, type PublishOptions } from "../../driver/publish.js";

export interface ChildOptions extends Pick<PublishOptions, "tables" | "publication" | "keepGenerations"> {
  readonly connect: MySqlSettings;
  /** Step or event. */
  readonly stopAt?: string;
}

const { stopAt, ...options }: ChildOptions = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const done = await publish({
  ...options,
  files: folderExports,
  set: "pair",
  run: `run-${options.publication}`,
  version: "0.0.1",
  now: () => new Date(),
  events: (event) => {
    const what = event.event === "publish-step" ? event.step : event.event;
    process.stdout.write(`${what}\n`);
    if (what === stopAt) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
process.stdout.write(`${done.ok ? done.value.outcome : done.problems[0].code}\n`);
