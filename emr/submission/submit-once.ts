// Submission to an API that has no client token: after every answer that leaves it open whether the work was done, look
// for it by its key, again and again while lists may lag, and only then ask a second time.

import type { Problem, Result } from "../../driver/problems.js";
import { fail, ok } from "../../driver/problems.js";
import type { AwsError } from "../calls/aws-error.js";
import { awsProblem } from "../calls/aws-error.js";
import type { Calls, Operation } from "../calls/calls.js";

export interface Once<T> {
  readonly operation: Operation;
  readonly add: () => Promise<T>;
  /** What stands there under the key; undefined when nothing does. */
  readonly look: () => Promise<T | undefined>;
  /**
   * Before the first try: not at all where nobody can have asked, once where what there is was made long ago, and
   * patiently where a driver may have died a moment ago, between its request and its record.
   */
  readonly lookFirst: "not" | "once" | "patiently";
  /** A better word for a refusal than the service's own. */
  readonly problem?: (error: AwsError) => Problem | undefined;
}

/** Lists of the service lag; half a minute after the unclear answer what is not listed is not there. */
const LOOKS_AFTER = [1000, 3000, 8000, 20_000];
const TRIES = 8;

export async function submitOnce<T>(calls: Calls, { operation, add, look, lookFirst, problem }: Once<T>): Promise<Result<T>> {
  const began = calls.clock.now().getTime();
  const lookAgain = async (): Promise<T | undefined> => {
    for (const pause of LOOKS_AFTER) {
      await calls.clock.sleep(pause);
      const found = await look();
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const there = lookFirst === "not" ? undefined : ((await look()) ?? (lookFirst === "patiently" ? await lookAgain() : undefined));
  if (there !== undefined) return ok(there);
  for (let tries = 1; ; tries++) {
    const answer = await calls.once(operation, add);
    if (answer.is === "answered") return ok(answer.value);
    const { error } = answer;
    const name = operation.split(":")[1] ?? operation;
    if (answer.is === "refused") return fail(problem?.(error) ?? awsProblem(error, name));
    const found = await lookAgain();
    if (found !== undefined) return ok(found);
    if (tries === TRIES) {
      const waited = `${Math.round((calls.clock.now().getTime() - began) / 1000)} s`;
      return fail({ code: "aws-unreachable", operation: name, message: `${error.name}: ${error.message}`, waited, left: "nothing stands under its key so far; the same command looks again before it asks" });
    }
  }
}
