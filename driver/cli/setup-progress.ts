// What set-up does, as lines on stderr while it does it.

import type { SetupEvent } from "../local/setup.js";
import type { Context } from "./context.js";
import { say, seconds } from "./present.js";

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
