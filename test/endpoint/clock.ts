// Time for the endpoint: states, delays, rates and bills follow a clock that a test can move on, so nobody sleeps minutes.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `then` once `ms` have passed; the returned function calls it off. */
  after(ms: number, then: () => void | Promise<void>): () => void;
}

export interface MovableClock extends Clock {
  /** Lets `ms` pass at once. What falls due on the way happens in order, each with the time at which it was due. */
  advance(ms: number): Promise<void>;
  /** Nothing falls due any more. */
  stop(): void;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly then: () => void | Promise<void>;
}

/** A clock that runs with the real one, or stands still (`frozen`) until it is moved. */
export function movableClock({ frozen = false, start = Date.now() }: { readonly frozen?: boolean; readonly start?: number } = {}): MovableClock {
  const began = performance.now();
  const waiting = new Set<Due>();
  let skipped = 0;
  let orders = 0;
  let alarm: NodeJS.Timeout | undefined;
  let isStopped = false;
  // While advance() walks through what falls due, time stands at the moment that is being walked through.
  let held: number | undefined;

  const running = (): number => start + skipped + (frozen ? 0 : performance.now() - began);
  const now = (): number => held ?? running();
  const next = (): Due | undefined => [...waiting].sort((a, b) => a.at - b.at || a.order - b.order)[0];

  const wind = (): void => {
    clearTimeout(alarm);
    const due = next();
    if (frozen || isStopped || due === undefined || held !== undefined) return;
    alarm = setTimeout(() => void ring(), Math.max(0, Math.min(due.at - running(), 2 ** 30)));
  };

  const ring = async (): Promise<void> => {
    for (let due = next(); due !== undefined && due.at <= now() && held === undefined; due = next()) {
      waiting.delete(due);
      await due.then();
    }
    wind();
  };

  const advance = async (ms: number): Promise<void> => {
    const target = now() + ms;
    for (let due = next(); due !== undefined && due.at <= target; due = next()) {
      waiting.delete(due);
      held = Math.max(due.at, now());
      await due.then();
      // What the callback set going (an exit, an answer) may have more to do at this moment.
      await new Promise((resolve) => setImmediate(resolve));
    }
    held = undefined;
    skipped += Math.max(0, target - running());
    wind();
  };

  return {
    now,
    after: (ms, then) => {
      const due: Due = { at: now() + ms, order: orders++, then };
      if (!isStopped) waiting.add(due);
      wind();
      return () => void waiting.delete(due);
    },
    advance,
    stop: () => {
      isStopped = true;
      clearTimeout(alarm);
      waiting.clear();
    },
  };
}
