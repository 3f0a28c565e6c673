// Follows a submitted stage until it ends, without a limit of its own: events are passed on as they come, and what the
// engine waits for whenever that changes. An engine whose service has no time for it keeps no events back.

import type { EndCause, Engine, StageHandle, StageState } from "./engine.js";
import type { EventSink } from "./events.js";
import { pause } from "./pause.js";
import type { Problem } from "./problems.js";

export interface Tracking {
  readonly engine: Pick<Engine, "describe" | "events" | "pace">;
  readonly handle: StageHandle;
  readonly stage: string;
  readonly listen: EventSink;
  readonly signal: AbortSignal;
  /** Asked at every look while it runs: a reason to stop it. */
  readonly watch?: () => Promise<Problem | undefined>;
  /** Between two looks: real time, where nobody brings another. */
  readonly wait?: typeof pause;
}

export interface Ended {
  /** Null when the process was killed or nobody saw it end. */
  readonly exitCode: number | null;
  readonly cancelled: boolean;
  /** Why `watch` wants it stopped; it still runs. */
  readonly stopped?: Problem;
  /** What the engine says of an end that is not the program's own doing. */
  readonly cause?: EndCause;
  readonly reason?: string;
}

/** Between two looks at the events where looking costs nothing, and where it is a call to a service. */
const NEAR_MILLISECONDS = 150;
const FAR_MILLISECONDS = 5000;

export async function track({ engine, handle, stage, listen, signal, watch, wait = pause }: Tracking): Promise<Ended> {
  /** Steps between two looks at the engine; a step divides its pace, so that it is never asked sooner. */
  const steps = engine.pace === undefined ? 1 : Math.ceil(engine.pace / FAR_MILLISECONDS);
  const step = engine.pace === undefined ? NEAR_MILLISECONDS : engine.pace / steps;
  let offset = 0;
  let toldDetail: string | undefined;
  /** Steps until the engine is asked again. */
  let due = 0;
  /** A look that has not come back yet. */
  let looking: Promise<StageState> | undefined;
  for (;;) {
    if (signal.aborted) return { exitCode: null, cancelled: true };
    if (due <= 0) looking ??= engine.describe(handle);
    const state = looking === undefined ? undefined : await within(looking, (over) => wait(step, AbortSignal.any([over, signal])));
    if (state !== undefined) [looking, due] = [undefined, steps];
    const { events, next } = await engine.events(handle, offset);
    offset = next;
    for (const event of events) listen({ kind: "stage", stage, event });
    if (state?.state === "finished") {
      const { exitCode, cause, reason } = state;
      return { exitCode, cancelled: false, ...(cause === undefined ? {} : { cause }), ...(reason === undefined ? {} : { reason }) };
    }
    if (state?.state === "lost") return { exitCode: null, cancelled: false };
    if (state?.detail !== undefined && state.detail !== toldDetail) listen({ kind: "stage-state", stage, detail: state.detail });
    toldDetail = state?.detail ?? toldDetail;
    const stopped = state === undefined ? undefined : await watch?.();
    if (stopped !== undefined) return { exitCode: null, cancelled: true, stopped };
    // The program says that it is over before its service does.
    due = events.some(({ event }) => event === "stage-finished") ? 0 : due - 1;
    if (looking === undefined) await wait(step, signal);
  }
}

/** The answer, or undefined when it takes longer than the wait. */
async function within<T>(answer: Promise<T>, wait: (over: AbortSignal) => Promise<void>): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([answer, wait(over.signal).then(() => undefined)]);
  } finally {
    over.abort();
  }
}
