// A secret of AWS Secrets Manager by reference, resolved at the moment it is used and kept nowhere.

import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Result } from "../../driver/problems.js";
import { fail, ok } from "../../driver/problems.js";
import { awsError, awsProblem } from "../calls/aws-error.js";

export interface SecretReference {
  /** Name or ARN. */
  readonly id: string;
  /** Key in the secret's JSON; without it the whole secret is meant. */
  readonly key?: string | undefined;
}

/** Problem: aws-denied, aws-credentials, aws-refused …, or secret-unfit when the secret has no such key. */
export async function readSecret({ id, key }: SecretReference, region: string | undefined): Promise<Result<string>> {
  const client = new SecretsManagerClient(region === undefined ? {} : { region });
  try {
    const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (text === undefined) return fail({ code: "secret-unfit", id, message: "it is binary, a text is needed" });
    return key === undefined ? ok(text) : valueOf(text, { id, key });
  } catch (error) {
    const known = awsError(error);
    if (known === undefined) throw error;
    return fail(awsProblem(known, "secretsmanager:GetSecretValue"));
  } finally {
    client.destroy();
  }
}

function valueOf(text: string, { id, key }: { readonly id: string; readonly key: string }): Result<string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail({ code: "secret-unfit", id, message: `it is no JSON, so it has no key ${key}` });
  }
  const found: unknown = typeof value === "object" && value !== null ? new Map<string, unknown>(Object.entries(value)).get(key) : undefined;
  return typeof found === "string" || typeof found === "number" ? ok(String(found)) : fail({ code: "secret-unfit", id, message: `its JSON has no key ${key}` });
}
