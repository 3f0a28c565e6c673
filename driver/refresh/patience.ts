// Asking a service politely: waits as long as it says, else with growing pauses and jitter. Throttling never ends a
// call; silence does. Only for requests that may be made twice.

import { ProblemError } from "../problems.js";
import { askedToWait, type Clock, type HttpAnswer } from "./http.js";

/** The command was told to stop while it waited. */
export class Stopped extends Error {
  override readonly name = "AbortError";
}

export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Of silence, until it is given up. A minute without it. */
  readonly seconds?: number;
  /** Told of a wait that the service asked for. */
  readonly notice: (wait: { readonly operation: string; readonly because: string; readonly milliseconds: number }) => void;
}

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const SILENT_SECONDS = 60;

export const isThrottled = ({ status }: HttpAnswer): boolean => status === 429;
const isBroken = ({ status }: HttpAnswer): boolean => status >= 500;

/** The first answer that is neither throttled nor a failure of the service. ProblemError: powerbi-unreachable. */
export async function patiently(operation: string, send: () => Promise<HttpAnswer>, patience: Patience): Promise<HttpAnswer> {
  const { clock, signal, seconds = SILENT_SECONDS } = patience;
  let silentSince: number | undefined;
  for (let tries = 0; ; tries++) {
    if (signal.aborted) throw new Stopped();
    const answer = await answered(send);
    if ("status" in answer && !isThrottled(answer) && !isBroken(answer)) return answer;
    const because = "status" in answer ? `it answered ${String(answer.status)}` : answer.message;
    const now = clock.now().getTime();
    silentSince = "status" in answer && isThrottled(answer) ? undefined : (silentSince ?? now);
    const silent = silentSince === undefined ? 0 : (now - silentSince) / 1000;
    if (silent > seconds) throw new ProblemError({ code: "powerbi-unreachable", operation, message: because, waited: `${String(Math.round(silent))} s` });
    await rest(operation, { answer: "status" in answer ? answer : undefined, because, tries }, patience);
  }
}

interface Cause {
  readonly answer: HttpAnswer | undefined;
  readonly because: string;
  readonly tries: number;
}

/** Waits as the service asks, or with jitter below a growing bound. */
export async function rest(operation: string, { answer, because, tries }: Cause, { clock, notice, signal }: Patience): Promise<void> {
  const asked = answer === undefined ? undefined : askedToWait(answer, clock.now());
  const milliseconds = asked ?? Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries) * (0.5 + clock.random() / 2);
  notice({ operation, because, milliseconds });
  await clock.pause(milliseconds, signal);
}

/** No answer is a value, too: the caller knows what it means for its request. */
export async function answered(send: () => Promise<HttpAnswer>): Promise<HttpAnswer | Error> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ProblemError || error instanceof Stopped) throw error;
    return error instanceof Error ? error : new Error(String(error));
  }
}
