// The bearer token of a service principal: OAuth 2 client credentials, one form POST, kept until shortly before it ends.
// The secret goes into that form and nowhere else: no error and no log repeats it.

import { z } from "zod";
import { ProblemError } from "../problems.js";
import { jsonOf, type Send } from "./http.js";
import { patiently, type Patience } from "./patience.js";

export interface Principal {
  /** "https://login.microsoftonline.com". */
  readonly login: string;
  /** Id or domain of the tenant. */
  readonly tenant: string;
  /** Application id. */
  readonly client: string;
  readonly secret: string;
  /** What the token is for: "https://analysis.windows.net/powerbi/api". */
  readonly audience: string;
}

export interface Tokens {
  /** ProblemError: powerbi-login, powerbi-unreachable. */
  get(): Promise<string>;
  /** The service did not take this one: the next get asks for another. */
  drop(token: string): void;
}

const granted = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number() });
const refused = z.object({ error: z.string(), error_description: z.string().optional() });

/** A token that ends within it is not used any more: the clocks of two computers differ. */
const MARGIN_SECONDS = 300;

export function tokensOf(principal: Principal, send: Send, patience: Patience): Tokens {
  let kept: { readonly token: string; readonly until: number } | undefined;
  return {
    get: async () => {
      const now = patience.clock.now().getTime();
      if (kept !== undefined && now < kept.until) return kept.token;
      const { access_token: token, expires_in: seconds } = await grant(principal, send, patience);
      kept = { token, until: now + (seconds - Math.min(MARGIN_SECONDS, seconds / 2)) * 1000 };
      return token;
    },
    drop: (token) => {
      if (kept?.token === token) kept = undefined;
    },
  };
}

async function grant({ login, tenant, client, secret, audience }: Principal, send: Send, patience: Patience): Promise<z.infer<typeof granted>> {
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: client, client_secret: secret, scope: `${audience}/.default` });
  const request = { method: "POST", url: `${login}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`, headers: { "content-type": "application/x-www-form-urlencoded" }, body: form.toString() } as const;
  const answer = await patiently("the token", () => send(request), patience);
  const token = answer.status === 200 ? granted.safeParse(jsonOf(answer)) : undefined;
  if (token?.success === true) return token.data;
  const { data } = refused.safeParse(jsonOf(answer));
  // The first line says what is wrong; trace and correlation ids follow.
  const words = data === undefined ? `it answered ${String(answer.status)}` : (data.error_description ?? data.error).split(/\r?\n/)[0] ?? data.error;
  throw new ProblemError({ code: "powerbi-login", tenant, client, message: words.replaceAll(secret, "…") });
}
