// What a failed stage left behind, by its report or, without one, by what its events bear out.

import type { Failed } from "./evidence.js";

type Remains = Pick<Failed, "report" | "events" | "branch">;

export function leftOf({ report, events, branch }: Remains): string {
  const forwarded = report?.forwarded ?? events.flatMap((event) => (event.event === "forwarded" ? [event.table] : []));
  if (forwarded.length > 0) return `visible already: ${forwarded.join(", ")}; run again to finish the others`;
  const steps = report?.steps ?? events.flatMap((event) => (event.event === "step-finished" ? [event.report] : []));
  const isWritten = steps.some(({ outcome }) => outcome === "built" || outcome === "gate-failed" || outcome === "already-built");
  return isWritten ? `no table changed for readers; what was written stays on branch ${branch} for a look` : "nothing was written";
}

/** On a full disk the last events and half a report are lost too: nothing is concluded, but for tables that readers see. */
export function leftOnFullDisk(remains: Remains): string {
  const left = leftOf(remains);
  return left.startsWith("visible already") ? left : "no table changed for readers";
}
