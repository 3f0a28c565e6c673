// The one polite client: every call to AWS goes through it. Keeps the published rates, waits with full jitter where
// waiting helps, tells what it waits for, and counts. In: a function that makes one request. Never retries a
// submission whose fate is unclear: the engine looks first.

import { ProblemError } from "../../driver/problems.js";
import type { AwsError } from "./aws-error.js";
import { awsError, awsProblem, isPassing } from "./aws-error.js";
import type { Bucket } from "./bucket.js";
import { bucketOf } from "./bucket.js";
import type { Rates } from "./rates.js";
import { PUBLISHED_RATES } from "./rates.js";

export interface Clock {
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** 0 up to 1. */
  readonly random: () => number;
}

/** "emr:ListSteps", "serverless:GetJobRun", "s3:PutObject". */
export type Operation = `${"emr" | "serverless" | "s3" | "sts" | "iam" | "ec2" | "servicequotas"}:${string}`;

export interface CallsOptions {
  readonly clock: Clock;
  readonly rates?: Rates;
  /** How long a reading call goes on against a service that does not answer. Throttling never ends a call. */
  readonly patienceSeconds?: number;
  /** Told of every wait that is longer than a blink. */
  readonly notice?: (wait: { readonly operation: Operation; readonly because: string; readonly milliseconds: number }) => void;
}

export type Submitted<T> =
  | { readonly is: "answered"; readonly value: T }
  /** Nothing was done. */
  | { readonly is: "refused"; readonly error: AwsError }
  /** Done or not: nobody knows. */
  | { readonly is: "unclear"; readonly error: AwsError };

export interface Calls {
  readonly clock: Clock;
  /**
   * For calls that may be made twice: asks until there is an answer. Throws AwsRefusal, which the caller may know how
   * to take, and a ProblemError (aws-unreachable) when patience has ended.
   */
  ask<T>(operation: Operation, send: () => Promise<T>): Promise<T>;
  /** For calls that may not: made again only when the service said that it did nothing. */
  once<T>(operation: Operation, send: () => Promise<T>): Promise<Submitted<T>>;
  /** Requests made so far, by operation. */
  counts(): Readonly<Record<string, number>>;
}

/** The service answered no. Carries the problem for those who do not know better. */
export class AwsRefusal extends ProblemError {
  constructor(
    readonly error: AwsError,
    operation: string,
  ) {
    super(awsProblem(error, operation));
  }
}

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;
const PATIENCE_SECONDS = 60;
const BLINK = 500;

export function politeCalls({ clock, rates = PUBLISHED_RATES, patienceSeconds = PATIENCE_SECONDS, notice }: CallsOptions): Calls {
  const counts = new Map<string, number>();
  const now = (): number => clock.now().getTime();
  const bucketsOf = bucketsFor(rates, clock.random);
  const wait = async (operation: Operation, because: string, milliseconds: number): Promise<void> => {
    if (milliseconds <= 0) return;
    if (milliseconds > BLINK) notice?.({ operation, because, milliseconds });
    await clock.sleep(milliseconds);
  };
  /** One request at the service's pace: its value, or what it failed of. */
  const attempt = async <T>(operation: Operation, send: () => Promise<T>): Promise<{ readonly value: T } | { readonly error: AwsError }> => {
    const limits = bucketsOf(operation);
    // One after the other: a place in the common queue is taken when the call can be made, not before. Else calls that
    // were kept apart by their own rate would gather there.
    for (const bucket of limits) await wait(operation, "the service's request rate", bucket.take(now()));
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    try {
      const value = await send();
      for (const bucket of limits) bucket.fine();
      return { value };
    } catch (thrown) {
      const error = awsError(thrown);
      if (error === undefined) throw thrown;
      if (error.kind === "throttled" && isLook(operation)) limits[0]?.tooMuch();
      return { error };
    }
  };
  const backOff = (operation: Operation, error: AwsError, tries: number): Promise<void> =>
    wait(operation, `${error.name}: ${error.message}`, clock.random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries));
  const ask = async <T>(operation: Operation, send: () => Promise<T>): Promise<T> => {
    let silentSince: number | undefined;
    for (let tries = 0; ; tries++) {
      const answer = await attempt(operation, send);
      if ("value" in answer) return answer.value;
      const { error } = answer;
      if (!isPassing(error)) throw new AwsRefusal(error, nameOf(operation));
      silentSince = error.kind === "throttled" ? undefined : (silentSince ?? now());
      const silent = silentSince === undefined ? 0 : (now() - silentSince) / 1000;
      if (silent > patienceSeconds) throw new ProblemError({ code: "aws-unreachable", operation: nameOf(operation), message: `${error.name}: ${error.message}`, waited: `${Math.round(silent)} s` });
      await backOff(operation, error, tries);
    }
  };
  const once = async <T>(operation: Operation, send: () => Promise<T>): Promise<Submitted<T>> => {
    for (let tries = 0; ; tries++) {
      const answer = await attempt(operation, send);
      if ("value" in answer) return { is: "answered", value: answer.value };
      const { error } = answer;
      if (error.kind !== "throttled") return { is: isPassing(error) ? "unclear" : "refused", error };
      await backOff(operation, error, tries);
    }
  };
  return { clock, ask, once, counts: () => Object.fromEntries(counts) };
}

/**
 * Calls that are made again and again while runs are followed. Only they can give way for long: work that is not added
 * leaves a cluster idle, which is paid for and ends itself.
 */
const isLook = (operation: Operation): boolean => /^(Describe|List|Get)/.test(nameOf(operation));

/** Buckets of an operation: its own, then the service's; made when first asked for and kept. */
function bucketsFor(rates: Rates, random: () => number): (operation: Operation) => readonly Bucket[] {
  const buckets = new Map<string, Bucket>();
  return (operation) => {
    const service = operation.split(":")[0] ?? "";
    const wanted = [[operation, rates.of[operation]], [service, rates.all[service]]] as const;
    return wanted.flatMap(([name, rate]) => {
      if (rate === undefined) return [];
      const found = buckets.get(name) ?? bucketOf(rate, random);
      buckets.set(name, found);
      return [found];
    });
  };
}

const nameOf = (operation: Operation): string => operation.split(":")[1] ?? operation;

/** The value, or undefined when the service says that there is no such thing. */
export async function orAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AwsRefusal && error.error.kind === "absent") return undefined;
    throw error;
  }
}

/** EMR answers a wrong id with a refusal in words. */
export const isUnknown = (error: unknown): boolean => error instanceof AwsRefusal && (error.error.kind === "absent" || (error.error.kind === "refused" && /not valid|not found|does not exist|no such/i.test(error.error.message)));
