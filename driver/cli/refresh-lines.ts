// What a refresh tells while it goes on → lines for people.

import type { RefreshEvent } from "../refresh/events.js";
import { seconds } from "./present.js";

export interface RefreshWriter {
  readonly line: (text: string) => void;
  /** A line that the next one takes the place of. */
  readonly move: (text: string) => void;
}

/** Shorter waits are not worth a line. */
const WORTH_TELLING = 5000;

export function refreshLine(event: RefreshEvent, { line, move }: RefreshWriter): void {
  switch (event.event) {
    case "refresh-asked":
      line(event.enhanced ? `  asking Power BI to refresh ${event.tables.join(", ")}` : "  asking Power BI to refresh its model");
      return;
    case "refresh-started":
      line(`  refresh ${event.id} has begun`);
      return;
    case "refresh-attached":
      line(`  refresh ${event.id} of an earlier command goes on: following it`);
      return;
    case "refresh-queues":
      line(`  waiting for a refresh of the model that somebody else asked for${event.id === undefined ? "" : ` (${event.id})`}`);
      return;
    case "refresh-running":
      move(`  Power BI refreshes … ${seconds(event.seconds)}`);
      return;
    case "refresh-waits":
      if (event.milliseconds >= WORTH_TELLING) line(`  Power BI is asked for ${event.operation} again in ${seconds(event.milliseconds / 1000)}: ${event.because}`);
      return;
    case "refresh-unclear":
      line("  the answer to the request was lost: looking whether a refresh has begun");
      return;
    case "refresh-plain":
      line(`  the capacity takes no enhanced refresh, so the whole model is refreshed: ${event.message}`);
      return;
    case "refresh-again":
      line(`  ${event.tables.join(", ")} was published again meanwhile: refreshing once more`);
  }
}
