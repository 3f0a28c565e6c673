// One HTTP request and its answer, as far as Power BI needs them. What sends it comes in from outside.

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  /** Undefined where the answer has no such header; the case of its name does not count. */
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

/** Rejects when no answer came: not reached, broken off, or too late. */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

/** Time and chance of a command. */
export interface Clock {
  readonly now: () => Date;
  /** Ends early when the signal does. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** 0 up to 1. */
  readonly random: () => number;
}

/** The body as JSON, or undefined when it is none. */
export function jsonOf({ body }: Pick<HttpAnswer, "body">): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Milliseconds that the service asks to wait: seconds, or a date. */
export function askedToWait(answer: HttpAnswer, now: Date): number | undefined {
  const text = answer.header("retry-after");
  if (text === undefined) return undefined;
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
