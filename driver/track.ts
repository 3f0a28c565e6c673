// Follows a submitted stage until it ends, without a limit of its own: events are passed on as they come.

import type { Engine, StageHandle } from "./engine.js";
import type { EventSink } from "./events.js";

export interface Tracking {
  readonly engine: Engine;
  readonly handle: StageHandle;
  readonly stage: string;
  readonly listen: EventSink;
  readonly signal: AbortSignal;
  /** Called now and then while the stage runs (the lock's sign of life). */
  readonly onTick: () => Promise<void>;
}

export interface Ended {
  /** Null when the process was killed or nobody saw it end. */
  readonly exitCode: number | null;
  readonly cancelled: boolean;
}

const POLL_MILLISECONDS = 150;
const TICKS_BETWEEN_BEATS = 100;

export async function track({ engine, handle, stage, listen, signal, onTick }: Tracking): Promise<Ended> {
  let offset = 0;
  const pass = async (): Promise<void> => {
    const { events, next } = await engine.events(handle, offset);
    offset = next;
    for (const event of events) listen({ kind: "stage", stage, event });
  };
  for (let tick = 1; ; tick++) {
    if (signal.aborted) return { exitCode: null, cancelled: true };
    const state = await engine.describe(handle);
    await pass();
    if (state.state === "finished") return { exitCode: state.exitCode, cancelled: false };
    if (state.state === "lost") return { exitCode: null, cancelled: false };
    if (tick % TICKS_BETWEEN_BEATS === 0) await onTick();
    await pause(POLL_MILLISECONDS, signal);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
  });
}
