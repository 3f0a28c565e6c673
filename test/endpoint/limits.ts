// Request rates as AWS publishes them (Amazon EMR endpoints and quotas; EMR Serverless endpoints and quotas), per account
// and region. A bucket holds `burst` calls and fills by `rate` a second.

import type { Clock } from "./clock.js";
import type { ServiceName } from "./model.js";

export interface Rate {
  readonly burst: number;
  readonly rate: number;
}

const HALF: Rate = { burst: 10, rate: 0.5 };
const ONE: Rate = { burst: 25, rate: 1 };
const TEN: Rate = { burst: 50, rate: 10 };

/** EMR: all calls together besides each operation's own. */
export const ALL_EMR: Rate = { burst: 25, rate: 5 };

export const RATES: Readonly<Record<ServiceName, Readonly<Record<string, Rate>>>> = {
  emr: {
    AddJobFlowSteps: HALF,
    CancelSteps: HALF,
    DescribeStep: HALF,
    ListSteps: HALF,
    RunJobFlow: HALF,
    TerminateJobFlows: HALF,
    ModifyCluster: HALF,
    ListInstances: HALF,
    DescribeCluster: { burst: 10, rate: 1 },
    ListClusters: { burst: 20, rate: 0.5 },
  },
  "emr-serverless": {
    StartJobRun: ONE,
    CancelJobRun: ONE,
    ListJobRuns: ONE,
    CreateApplication: ONE,
    UpdateApplication: ONE,
    StartApplication: ONE,
    StopApplication: ONE,
    GetJobRun: TEN,
    GetApplication: TEN,
    ListApplications: TEN,
  },
};

export interface Limits {
  /** Takes one call out of the buckets; false: throttled. */
  allows(service: ServiceName, operation: string): boolean;
}

export function limits(clock: Clock): Limits {
  const buckets = new Map<string, { left: number; at: number }>();
  const has = (name: string, rate: Rate): boolean => {
    const now = clock.now();
    const { left, at } = buckets.get(name) ?? { left: rate.burst, at: now };
    const filled = Math.min(rate.burst, left + ((now - at) / 1000) * rate.rate);
    buckets.set(name, { left: filled, at: now });
    return filled >= 1;
  };
  const take = (name: string): void => {
    const bucket = buckets.get(name);
    if (bucket !== undefined) bucket.left -= 1;
  };
  return {
    allows: (service, operation) => {
      const own = RATES[service][operation];
      const wanted: [string, Rate][] = [...(own === undefined ? [] : [[`${service}.${operation}`, own] satisfies [string, Rate]]), ...(service === "emr" ? [["emr", ALL_EMR] satisfies [string, Rate]] : [])];
      if (!wanted.every(([name, rate]) => has(name, rate))) return false;
      wanted.forEach(([name]) => take(name));
      return true;
    },
  };
}
