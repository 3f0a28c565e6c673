// Follows a submitted stage until it ends, without a limit of its own: events are passed on as they come, and what the
// engine waits for whenever that changes.

import type { EndCause, Engine, StageHandle } from "./engine.js";
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
  for (;;) {
    if (signal.aborted) return { exitCode: null, cancelled: true };
    const state = due <= 0 ? await engine.describe(handle) : undefined;
    if (state !== undefined) due = steps;
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
    await wait(step, signal);
  }
}
