// Tokens of IAM in the place of a database password. In: the account and the server. Out: a function that signs a new
// token each time it is called: one is valid for 15 minutes, and only for connecting.

import { Signer } from "@aws-sdk/rds-signer";
import { ProblemError } from "../../driver/problems.js";
import { awsError, awsProblem } from "../calls/aws-error.js";

export interface TokenFor {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The SDK's own chain finds it when it is not given. */
  readonly region: string | undefined;
}

/** Signing asks no server; only credentials may be missing. Throws a ProblemError then. */
export function databaseTokens({ host: hostname, port, user: username, region }: TokenFor): () => Promise<string> {
  const signer = new Signer({ hostname, port, username, ...(region === undefined ? {} : { region }) });
  return async () => {
    try {
      return await signer.getAuthToken();
    } catch (error) {
      const known = awsError(error);
      if (known === undefined) throw error;
      throw new ProblemError(awsProblem(known, "rds-db:connect"));
    }
  };
}
