// The polite client by itself: what it waits for, what it never does twice, when it gives up and says so.

import { describe, expect, it } from "vitest";
import { ProblemError } from "../../../driver/problems.js";
import type { Calls, Clock, Operation } from "../../../emr/calls/calls.js";
import { AwsRefusal, orAbsent, politeCalls } from "../../../emr/calls/calls.js";
import { PUBLISHED_RATES } from "../../../emr/calls/rates.js";

/** Time passes by sleeping alone. Sleeps are in real order even when many sleep at once. */
function timeless(): Clock & { readonly slept: number[] } {
  let now = Date.UTC(2026, 10, 22);
  const slept: number[] = [];
  const waiting: { at: number; wake: () => void }[] = [];
  let pumping = false;
  const pump = async (): Promise<void> => {
    if (pumping) return;
    pumping = true;
    // Everybody who can run does so before time passes.
    for (;;) {
      for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
      const next = waiting.sort((a, b) => a.at - b.at).shift();
      if (next === undefined) break;
      now = Math.max(now, next.at);
      next.wake();
    }
    pumping = false;
  };
  return {
    slept,
    now: () => new Date(now),
    random: () => 0.5,
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      return new Promise((wake) => {
        waiting.push({ at: now + milliseconds, wake });
        void pump();
      });
    },
  };
}

const failing = (name: string, httpStatusCode?: number): Error => Object.assign(new Error(`${name} happened`), { name, ...(httpStatusCode === undefined ? { code: name } : { $metadata: { httpStatusCode } }) });

/** Answers with what is in the list, then with "done". */
function service(...answers: readonly Error[]): { readonly send: () => Promise<string>; asked: number } {
  const state = { asked: 0, send: () => (state.asked < answers.length ? Promise.reject(answers[state.asked++] ?? new Error()) : (state.asked++, Promise.resolve("done"))) };
  return state;
}

const problemOf = (error: unknown) => (error instanceof ProblemError ? error.problem : error);

describe("asking", () => {
  it("goes on through throttling, faults of the service and broken connections, each wait longer on average", async () => {
    const clock = timeless();
    const state = service(failing("ThrottlingException", 400), failing("InternalServerException", 500), failing("ECONNRESET"));
    expect(await politeCalls({ clock }).ask("serverless:GetJobRun", state.send)).toBe("done");
    expect(state.asked).toBe(4);
    expect(clock.slept.filter((wait) => wait >= 500)).toEqual([500, 1000, 2000]);
  });

  it("never gives up for throttling", async () => {
    const state = service(...Array.from({ length: 200 }, () => failing("ThrottlingException", 400)));
    expect(await politeCalls({ clock: timeless() }).ask("emr:DescribeCluster", state.send)).toBe("done");
  });

  it("says how long it has waited for a service that is silent", async () => {
    const state = service(...Array.from({ length: 200 }, () => failing("ENOTFOUND")));
    const error = await politeCalls({ clock: timeless(), patienceSeconds: 30 }).ask("s3:GetObject", state.send).catch((thrown: unknown) => thrown);
    expect(problemOf(error)).toMatchObject({ code: "aws-unreachable", operation: "GetObject", waited: expect.stringMatching(/^3\d s$/) });
  });

  it.each([
    ["ExpiredTokenException", 400, "aws-credentials"],
    ["CredentialsProviderError", undefined, "aws-credentials"],
    ["AccessDeniedException", 400, "aws-denied"],
    ["ServiceQuotaExceededException", 402, "aws-quota"],
    ["ValidationException", 400, "aws-refused"],
  ])("does not repeat what was refused (%s)", async (name, status, code) => {
    const state = service(failing(name, status));
    const error = await politeCalls({ clock: timeless() }).ask("emr:ListSteps", state.send).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AwsRefusal);
    expect(problemOf(error)).toMatchObject({ code });
    expect(state.asked).toBe(1);
  });

  it("takes what is not there for an answer where the caller does", async () => {
    const calls = politeCalls({ clock: timeless() });
    expect(await orAbsent(calls.ask("s3:GetObject", service(failing("NoSuchKey", 404)).send))).toBeUndefined();
    await expect(orAbsent(calls.ask("s3:GetObject", service(failing("AccessDenied", 403)).send))).rejects.toBeInstanceOf(AwsRefusal);
  });

  it("lets a fault of ours through as it is", async () => {
    await expect(politeCalls({ clock: timeless() }).ask("s3:GetObject", () => Promise.reject(new TypeError("x is not a function")))).rejects.toBeInstanceOf(TypeError);
  });

  it("tells what it waits for", async () => {
    const waits: string[] = [];
    const calls = politeCalls({ clock: timeless(), notice: ({ operation, because }) => waits.push(`${operation}: ${because}`) });
    await calls.ask("emr:ListSteps", service(failing("ThrottlingException", 400), failing("ThrottlingException", 400)).send);
    expect(waits).toContain("emr:ListSteps: ThrottlingException: ThrottlingException happened");
  });
});

describe("submitting", () => {
  it.each([["InternalServerError", 500], ["ECONNRESET", undefined], ["TimeoutError", undefined]])("is made once when nobody knows whether it was done (%s)", async (name, status) => {
    const state = service(failing(name, status));
    expect(await politeCalls({ clock: timeless() }).once("emr:RunJobFlow", state.send)).toMatchObject({ is: "unclear", error: { name } });
    expect(state.asked).toBe(1);
  });

  it("is made again when the service said that it did nothing", async () => {
    const state = service(failing("ThrottlingException", 400), failing("ThrottlingException", 400));
    expect(await politeCalls({ clock: timeless() }).once("emr:RunJobFlow", state.send)).toEqual({ is: "answered", value: "done" });
    expect(state.asked).toBe(3);
  });

  it("is refused where it was refused", async () => {
    expect(await politeCalls({ clock: timeless() }).once("emr:RunJobFlow", service(failing("ValidationException", 400)).send)).toMatchObject({ is: "refused", error: { kind: "refused" } });
  });
});

describe("the published rates", () => {
  /** The service's own counting, from the moments at which calls were made. */
  const refused = (times: readonly number[], { burst, perSecond }: { readonly burst: number; readonly perSecond: number }): number => {
    let [tokens, at, over] = [burst, times[0] ?? 0, 0];
    for (const time of times) {
      tokens = Math.min(burst, tokens + ((time - at) / 1000) * perSecond);
      at = time;
      if (tokens < 1 - 1e-9) over++;
      else tokens -= 1;
    }
    return over;
  };

  it.each(Object.entries(PUBLISHED_RATES.of))("of %s are kept by fifty who ask at once", async (operation, rate) => {
    const clock = timeless();
    const calls: Calls = politeCalls({ clock });
    const times: number[] = [];
    await Promise.all(Array.from({ length: 50 }, async () => {
      for (let turn = 0; turn < 3; turn++) await calls.ask(operation as Operation, async () => void times.push(clock.now().getTime()));
    }));
    expect(times).toHaveLength(150);
    expect(refused(times, rate)).toBe(0);
    expect(calls.counts()).toEqual({ [operation]: 150 });
  });

  it("of all EMR calls together are kept too", async () => {
    const clock = timeless();
    const calls = politeCalls({ clock });
    const times: number[] = [];
    const operations = Object.keys(PUBLISHED_RATES.of).filter((name): name is Operation => name.startsWith("emr:"));
    await Promise.all(operations.flatMap((operation) => Array.from({ length: 8 }, () => calls.ask(operation, async () => void times.push(clock.now().getTime())))));
    expect(refused(times, PUBLISHED_RATES.all["emr"] ?? { burst: 0, perSecond: 0 })).toBe(0);
  });

  it("leave room for others who draw on them", async () => {
    const clock = timeless();
    const calls = politeCalls({ clock });
    const began = clock.now().getTime();
    for (let turn = 0; turn < 12; turn++) await calls.ask("emr:ListSteps", async () => undefined);
    const alone = clock.now().getTime() - began;
    const busy = politeCalls({ clock });
    const again = clock.now().getTime();
    await busy.ask("emr:ListSteps", service(failing("ThrottlingException", 400)).send);
    for (let turn = 0; turn < 11; turn++) await busy.ask("emr:ListSteps", async () => undefined);
    expect(clock.now().getTime() - again).toBeGreaterThan(alone * 3);
  });

  /** Processes that know nothing of each other and look every half minute, for so many hours: calls and refusals by hour. */
  async function lookers(processes: number, hours: number): Promise<{ readonly hour: readonly { asked: number; refused: number }[]; readonly longest: number }> {
    const clock = timeless();
    const { burst, perSecond } = PUBLISHED_RATES.of["emr:ListSteps"] ?? { burst: 0, perSecond: 0 };
    const began = clock.now().getTime();
    const hour = Array.from({ length: hours }, () => ({ asked: 0, refused: 0 }));
    let [tokens, at, longest] = [burst, began, 0];
    const serve = (): Promise<void> => {
      const now = clock.now().getTime();
      tokens = Math.min(burst, tokens + ((now - at) / 1000) * perSecond);
      at = now;
      const counted = hour[Math.floor((now - began) / 3600_000)];
      if (counted !== undefined) counted.asked++;
      if (tokens >= 1) return Promise.resolve(void (tokens -= 1));
      if (counted !== undefined) counted.refused++;
      return Promise.reject(failing("ThrottlingException", 400));
    };
    await Promise.all(Array.from({ length: processes }, async (_, seed) => {
      let state = seed + 1;
      const random = (): number => (state = (state * 16807) % 2147483647) / 2147483647;
      const calls = politeCalls({ clock: { ...clock, random } });
      for (let last = began; clock.now().getTime() < began + hours * 3600_000; ) {
        await calls.ask("emr:ListSteps", serve);
        longest = Math.max(longest, clock.now().getTime() - last);
        last = clock.now().getTime();
        await clock.sleep(30_000);
      }
    }));
    return { hour, longest: longest / 60_000 };
  }

  it("are shared by fifty processes that know nothing of each other: few calls are refused, none waits long", async () => {
    const { hour, longest } = await lookers(50, 2);
    const [first, second] = hour.map(({ asked, refused: over }) => over / asked);
    expect(first).toBeLessThan(0.15);
    expect(second).toBeLessThan(0.05);
    // Nor do they leave half of the rate unused.
    expect((hour[1]?.asked ?? 0) / 60).toBeGreaterThan(15);
    // Minutes; the events of the stage are read from S3 meanwhile.
    expect(longest).toBeLessThan(15);
  });

  it("are used in full again when the others have gone", async () => {
    const clock = timeless();
    const calls = politeCalls({ clock });
    await calls.ask("emr:ListSteps", service(failing("ThrottlingException", 400), failing("ThrottlingException", 400), failing("ThrottlingException", 400)).send);
    for (let turn = 0; turn < 120; turn++) await calls.ask("emr:ListSteps", async () => undefined);
    await clock.sleep(60_000);
    const again = clock.now().getTime();
    for (let turn = 0; turn < 9; turn++) await calls.ask("emr:ListSteps", async () => undefined);
    expect(clock.now().getTime() - again).toBe(0);
  });
});
