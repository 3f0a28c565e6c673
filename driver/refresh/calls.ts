// Calls to the Power BI REST API: bearer token, one renewal when the service no longer takes it, waits where waiting
// helps. In: an operation. Out: the service's answer, or that nobody knows whether it was done.

import type { HttpAnswer, HttpRequest, Send } from "./http.js";
import { answered, isThrottled, patiently, rest, Stopped, type Patience } from "./patience.js";
import type { Tokens } from "./token.js";

export interface Call {
  /** As problems name it: "refresh". */
  readonly operation: string;
  readonly method: HttpRequest["method"];
  /** From the model on: "/refreshes". */
  readonly path: string;
  readonly body?: unknown;
}

export interface Calls {
  /** For what may be asked twice. ProblemError: powerbi-unreachable, powerbi-login. */
  ask(call: Call): Promise<HttpAnswer>;
  /** For what may not: made again only when the service said that it did nothing. `unclear`: done or not, nobody knows. */
  once(call: Call): Promise<HttpAnswer | "unclear">;
}

export interface CallsOptions {
  /** Of the model: "https://api.powerbi.com/v1.0/myorg/groups/…/datasets/…". */
  readonly url: string;
  readonly tokens: Tokens;
  readonly send: Send;
  readonly patience: Patience;
}

export function callsTo({ url, tokens, send, patience }: CallsOptions): Calls {
  const attempt = async ({ method, path, body }: Call): Promise<HttpAnswer> => {
    const made = async (): Promise<{ readonly answer: HttpAnswer; readonly token: string }> => {
      const token = await tokens.get();
      const headers = { authorization: `Bearer ${token}`, accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) };
      return { answer: await send({ method, url: `${url}${path}`, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }), token };
    };
    const { answer, token } = await made();
    if (answer.status !== 401) return answer;
    tokens.drop(token);
    return (await made()).answer;
  };
  return {
    ask: (call) => patiently(call.operation, () => attempt(call), patience),
    once: async (call) => {
      for (let tries = 0; ; tries++) {
        if (patience.signal.aborted) throw new Stopped();
        const answer = await answered(() => attempt(call));
        if (answer instanceof Error || answer.status >= 500) return "unclear";
        if (!isThrottled(answer)) return answer;
        await rest(call.operation, { answer, because: "it answered 429", tries }, patience);
      }
    },
  };
}
