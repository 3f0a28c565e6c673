// A secret that a profile names by reference, read at the moment it is used.

import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { PasswordReference } from "../profile.js";
import type { Context } from "./context.js";

export interface SecretPlace {
  /** As the message says it: "password of the MySQL database". */
  readonly what: string;
  /** Of AWS Secrets Manager; the SDK's own without it. */
  readonly region: string | undefined;
  readonly context: Pick<Context, "env">;
}

export async function secretOf({ env, secret, key }: PasswordReference, { what, region, context }: SecretPlace): Promise<Result<string>> {
  if (secret !== undefined) return (await import("../../emr/access/secrets.js")).readSecret({ id: secret, key }, region);
  const value = env === undefined ? undefined : context.env[env];
  if (value !== undefined) return ok(value);
  return fail({ code: "config-missing", what, looked: [`environment variable ${env ?? ""}`], help: `set ${env ?? ""}` });
}
