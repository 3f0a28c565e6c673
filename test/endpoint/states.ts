// The states that AWS documents and the ways between them, as one table. A move that is not in it is a bug of the endpoint.

import type { Clock } from "./clock.js";

/** For each kind of thing, from each state, the states that may follow. */
export const TRANSITIONS = {
  application: {
    CREATING: ["CREATED", "TERMINATED"],
    CREATED: ["STARTING", "TERMINATED"],
    STARTING: ["STARTED", "STOPPING"],
    STARTED: ["STOPPING"],
    STOPPING: ["STOPPED"],
    STOPPED: ["STARTING", "TERMINATED"],
    TERMINATED: [],
  },
  run: {
    SUBMITTED: ["QUEUED", "PENDING", "FAILED", "CANCELLING"],
    QUEUED: ["PENDING", "FAILED", "CANCELLING"],
    PENDING: ["SCHEDULED", "FAILED", "CANCELLING"],
    SCHEDULED: ["RUNNING", "FAILED", "CANCELLING"],
    // Back to PENDING: another attempt under a retry policy.
    RUNNING: ["SUCCESS", "FAILED", "PENDING", "CANCELLING"],
    CANCELLING: ["CANCELLED"],
    SUCCESS: [],
    FAILED: [],
    CANCELLED: [],
  },
  cluster: {
    STARTING: ["BOOTSTRAPPING", "TERMINATING"],
    BOOTSTRAPPING: ["RUNNING", "WAITING", "TERMINATING"],
    RUNNING: ["WAITING", "TERMINATING"],
    WAITING: ["RUNNING", "TERMINATING"],
    TERMINATING: ["TERMINATED", "TERMINATED_WITH_ERRORS"],
    TERMINATED: [],
    TERMINATED_WITH_ERRORS: [],
  },
  step: {
    PENDING: ["RUNNING", "CANCELLED", "FAILED"],
    RUNNING: ["COMPLETED", "FAILED", "CANCEL_PENDING", "CANCELLED", "INTERRUPTED"],
    // A cancel promises nothing: the step may be over first.
    CANCEL_PENDING: ["CANCELLED", "COMPLETED", "FAILED", "INTERRUPTED"],
    COMPLETED: [],
    CANCELLED: [],
    FAILED: [],
    INTERRUPTED: [],
  },
  fleet: {
    PROVISIONING: ["BOOTSTRAPPING", "TERMINATING", "SUSPENDED"],
    BOOTSTRAPPING: ["RUNNING", "TERMINATING"],
    RUNNING: ["RESIZING", "SUSPENDED", "TERMINATING"],
    RESIZING: ["RUNNING", "SUSPENDED", "TERMINATING"],
    SUSPENDED: ["RUNNING", "TERMINATING"],
    TERMINATING: ["TERMINATED"],
    TERMINATED: [],
  },
  instance: {
    AWAITING_FULFILLMENT: ["PROVISIONING", "TERMINATED"],
    PROVISIONING: ["BOOTSTRAPPING", "TERMINATED"],
    BOOTSTRAPPING: ["RUNNING", "TERMINATED"],
    RUNNING: ["TERMINATED"],
    TERMINATED: [],
  },
} as const;

export type Kind = keyof typeof TRANSITIONS;
export type StateOf<K extends Kind> = keyof (typeof TRANSITIONS)[K] & string;

/** What a thing went through, with times in milliseconds. */
export interface Trace {
  readonly kind: Kind;
  readonly id: string;
  readonly steps: readonly { readonly state: string; readonly at: number }[];
}

export interface Life<K extends Kind> {
  readonly kind: K;
  readonly id: string;
  state: StateOf<K>;
  readonly steps: { readonly state: StateOf<K>; readonly at: number }[];
}

export interface Lives {
  readonly traces: readonly Trace[];
  begin<K extends Kind>(kind: K, id: string, state: StateOf<K>): Life<K>;
  /** Throws when the table does not have the move. */
  move<K extends Kind>(life: Life<K>, to: StateOf<K>): void;
}

export const isLegal = (kind: Kind, from: string, to: string): boolean => {
  const table: Readonly<Record<string, readonly string[]>> = TRANSITIONS[kind];
  return table[from]?.includes(to) === true;
};

export const isOver = (life: { readonly kind: Kind; readonly state: string }): boolean => {
  const table: Readonly<Record<string, readonly string[]>> = TRANSITIONS[life.kind];
  return table[life.state]?.length === 0;
};

export function lives(clock: Clock): Lives {
  const traces: Trace[] = [];
  return {
    traces,
    begin: (kind, id, state) => {
      const life = { kind, id, state, steps: [{ state, at: clock.now() }] };
      traces.push(life);
      return life;
    },
    move: (life, to) => {
      if (!isLegal(life.kind, life.state, to)) throw new Error(`${life.kind} ${life.id} cannot go from ${life.state} to ${to}`);
      life.state = to;
      life.steps.push({ state: to, at: clock.now() });
    },
  };
}

/** When the thing came to a state for the first time, as the seconds of the wire. */
export function reached<K extends Kind>(life: Life<K>, ...states: readonly StateOf<K>[]): Date | undefined {
  const found = life.steps.find(({ state }) => states.includes(state));
  return found === undefined ? undefined : new Date(found.at);
}
