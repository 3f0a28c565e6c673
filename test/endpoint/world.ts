// What the parts of the endpoint share: clock, delays, faults, the record of lives, the place where processes run and logs go.

import type { Clock } from "./clock.js";
import type { Faults } from "./faults.js";
import type { LogWriter } from "./logs.js";
import type { Lives } from "./states.js";
import type { Workplace } from "./workplace.js";

/** Milliseconds between the states. The defaults are short; REAL_DELAYS is what people see on AWS. */
export interface Delays {
  readonly applicationCreate: number;
  readonly applicationStart: number;
  readonly applicationStop: number;
  /** SUBMITTED → PENDING. */
  readonly runPending: number;
  /** PENDING → SCHEDULED. */
  readonly runScheduled: number;
  /** SCHEDULED → RUNNING. */
  readonly runRunning: number;
  /** STARTING → BOOTSTRAPPING, PROVISIONING of instances. */
  readonly clusterProvision: number;
  readonly clusterBootstrap: number;
  readonly clusterTerminate: number;
  /** PENDING → RUNNING of a step whose turn has come. */
  readonly stepStart: number;
  readonly fleetResize: number;
  /** From the end of a process until its logs are on S3; on EC2 an ending cluster uploads what is left. */
  readonly logs: number;
  /** From a cancel until the process is told, and from then until it is killed. */
  readonly grace: number;
}

export const SHORT_DELAYS: Delays = {
  applicationCreate: 20,
  applicationStart: 30,
  applicationStop: 20,
  runPending: 10,
  runScheduled: 10,
  runRunning: 20,
  clusterProvision: 40,
  clusterBootstrap: 20,
  clusterTerminate: 20,
  stepStart: 10,
  fleetResize: 30,
  logs: 30,
  grace: 15_000,
};

/** As seen on AWS: 210 s of provisioning (aws-emr-advisor), logs about every 5 minutes on EC2. For tests that move the clock. */
export const REAL_DELAYS: Delays = {
  applicationCreate: 5_000,
  applicationStart: 60_000,
  applicationStop: 20_000,
  runPending: 2_000,
  runScheduled: 5_000,
  runRunning: 60_000,
  clusterProvision: 210_000,
  clusterBootstrap: 90_000,
  clusterTerminate: 120_000,
  stepStart: 10_000,
  fleetResize: 180_000,
  logs: 240_000,
  grace: 15_000,
};

export interface World {
  readonly clock: Clock;
  readonly delays: Delays;
  readonly faults: Faults;
  readonly lives: Lives;
  readonly work: Workplace;
  readonly logs: LogWriter;
  readonly account: string;
  readonly region: string;
  /** Concurrent vCPU of EMR Serverless in the account (quota L-D05C8A75). */
  readonly vcpuQuota: number;
  /** A new id in the form of the service: `prefix` and capital letters and digits, or small ones for Serverless. */
  id(form: "j-" | "s-" | "if-" | "ci-" | "i-" | "application" | "run"): string;
  /** Keeps a promise of work that no caller waits for; a failure of it is a bug. */
  background(work: Promise<unknown>): void;
}

/** Runs `then` after `ms` of the clock when the thing is still in the same state. */
export function later(world: World, life: { readonly state: string }, step: { readonly ms: number; readonly then: () => void }): void {
  const was = life.state;
  world.clock.after(step.ms, () => {
    if (life.state === was) step.then();
  });
}
