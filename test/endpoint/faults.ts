// Faults on order. A test orders what shall go wrong, how often and for which operation; the endpoint asks as it goes.

/** What can happen to a call. `lost-reply`: the work is done, the answer never comes. `reset`: nothing is done. */
export type CallFault =
  | { readonly fault: "throttled" | "lost-reply" | "reset" | "internal-error" }
  | { readonly fault: "slow"; readonly ms: number }
  /** Lists do not yet show what is younger than `ms`. */
  | { readonly fault: "stale-list"; readonly ms: number };

/** What can happen to clusters, steps, runs and their logs. Each is used up by the next thing that it fits. */
export type WorkFault =
  | { readonly fault: "bootstrap-failure" }
  /** INSTANCE_FLEET_TIMEOUT: the next cluster gets no instances. */
  | { readonly fault: "fleet-timeout" }
  /** The next cluster gets no spot instance: its fleets switch to on-demand, or it ends, as each fleet says. */
  | { readonly fault: "no-spot" }
  /** The next run asks for workers beyond what there is, and fails by ApplicationMaxCapacityExceededException. */
  | { readonly fault: "capacity-exceeded" }
  /** RUNNING (step) or SCHEDULED (run) until somebody cancels. */
  | { readonly fault: "stuck" }
  /** The next step that starts is INTERRUPTED. */
  | { readonly fault: "interrupted" }
  /** The next cancelled step in cluster deploy mode leaves its application running. */
  | { readonly fault: "detached" }
  /** FailureDetails stay empty for `ms` after the failure. */
  | { readonly fault: "failure-details-late"; readonly ms: number }
  | LogFault;

export type LogFault =
  | { readonly fault: "logs-late"; readonly ms: number }
  | { readonly fault: "logs-missing" | "logs-txt" | "logs-rotated" | "logs-unreadable" };

type Often = {
  /** How many times; 1 when not said. */
  readonly count?: number;
};

export type CallOrder = CallFault &
  Often & {
    /** Name of the operation, or `*`. */
    readonly operation: string;
    /** Lets so many calls pass first. */
    readonly after?: number;
    /** Instead of `count`: the part of all calls that it hits, 0 to 1, drawn from `seed`. */
    readonly share?: number;
    readonly seed?: number;
  };

export interface Faults {
  order(order: CallOrder | (WorkFault & Often)): void;
  /** Takes all orders back. */
  clear(): void;
  /** What hits this call. At most one fault a call, in the sequence of the orders. */
  forCall(operation: string): CallFault | undefined;
  forWork<F extends WorkFault["fault"]>(...wanted: readonly F[]): Extract<WorkFault, { fault: F }> | undefined;
}

interface Open {
  readonly fault: CallOrder | WorkFault;
  left: number;
  pass: number;
  readonly draw: (() => boolean) | undefined;
}

export function faults(): Faults {
  const open: Open[] = [];
  return {
    order: (order) => {
      const { count = 1 } = order;
      const isDrawn = "operation" in order && order.share !== undefined;
      open.push({
        fault: order,
        left: isDrawn ? (order.count ?? Number.POSITIVE_INFINITY) : count,
        pass: "operation" in order ? (order.after ?? 0) : 0,
        draw: isDrawn ? drawing(order.share ?? 0, order.seed ?? 1) : undefined,
      });
    },
    clear: () => void open.splice(0),
    forCall: (operation) => {
      for (const each of open) {
        const { fault } = each;
        if (!("operation" in fault) || (fault.operation !== "*" && fault.operation !== operation) || each.left <= 0) continue;
        if (each.pass > 0) {
          each.pass -= 1;
          continue;
        }
        if (each.draw !== undefined && !each.draw()) continue;
        each.left -= 1;
        return fault;
      }
      return undefined;
    },
    forWork: (...wanted) => {
      const names: readonly string[] = wanted;
      const found = open.find((each) => !("operation" in each.fault) && each.left > 0 && names.includes(each.fault.fault));
      if (found === undefined) return undefined;
      found.left -= 1;
      // `wanted` holds the name that was compared, which the compiler cannot follow.
      return found.fault as Extract<WorkFault, { fault: (typeof wanted)[number] }>;
    },
  };
}

/** The same seed, the same calls hit. */
function drawing(share: number, seed: number): () => boolean {
  const random = seeded(seed);
  return () => random() < share;
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
