// What an AWS client threw → what it means for us. In: the error. Out: its class, or a Problem for people.
// Branches on names and status: the services model few of the errors that really come.

import type { Problem } from "../../driver/problems.js";

export interface AwsError {
  /**
   * throttled: nothing was done. server, network: nobody knows whether it was done.
   * credentials, denied, quota, absent, conflict, refused: nothing was done, and asking again does not help.
   */
  readonly kind: "throttled" | "server" | "network" | "credentials" | "denied" | "quota" | "absent" | "conflict" | "refused";
  readonly name: string;
  readonly message: string;
  readonly status?: number;
}

const THROTTLED = new Set(["ThrottlingException", "Throttling", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "BandwidthLimitExceeded", "PriorRequestNotComplete"]);
const CREDENTIALS = new Set(["CredentialsProviderError", "TokenProviderError", "ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch", "InvalidAccessKeyId", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "IncompleteSignature"]);
const DENIED = new Set(["AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized", "AllAccessDisabled"]);
const ABSENT = new Set(["NoSuchKey", "NotFound", "NoSuchBucket", "ResourceNotFoundException", "NoSuchResourceException", "NoSuchUpload"]);
const SERVER = new Set(["InternalServerError", "InternalServerException", "InternalFailure", "InternalError", "ServiceUnavailable", "ServiceUnavailableException", "RequestTimeout", "RequestTimeoutException"]);
const NETWORK_CODE = /^(E[A-Z]+|UND_ERR_.*|CERT_.*|DEPTH_.*|SELF_SIGNED_.*|UNABLE_TO_.*|ERR_TLS_.*|ERR_SSL_.*)$/;

/** Undefined when no AWS client threw it: a fault of ours, to be thrown on. */
export function awsError(error: unknown): AwsError | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = statusOf(error);
  const { name } = error;
  const about = { name, message: error.message === "" ? name : error.message, ...(status === undefined ? {} : { status }) };
  if (THROTTLED.has(name) || status === 429) return { kind: "throttled", ...about };
  if (CREDENTIALS.has(name) || /^(Region is missing|Could not load credentials)/.test(error.message)) return { kind: "credentials", ...about };
  if (DENIED.has(name) || status === 403) return { kind: "denied", ...about };
  if (name === "ServiceQuotaExceededException" || status === 402) return { kind: "quota", ...about };
  if (name === "ConflictException" || name === "PreconditionFailed" || name === "ConditionalRequestConflict" || status === 409 || status === 412) return { kind: "conflict", ...about };
  if (ABSENT.has(name) || status === 404) return { kind: "absent", ...about };
  if (SERVER.has(name) || (status !== undefined && status >= 500)) return { kind: "server", ...about };
  if (status !== undefined && status >= 400) return { kind: "refused", ...about };
  if (name === "TimeoutError" || name === "AbortError" || isNetwork(error)) return { kind: "network", ...about };
  // An answer that could not be read: it was cut off, or came from something in between.
  if (status !== undefined || "$response" in error) return { kind: "server", ...about };
  return undefined;
}

/** Waiting helps, and asking again may. */
export const isPassing = ({ kind }: AwsError): boolean => kind === "throttled" || kind === "server" || kind === "network";

export function awsProblem(error: AwsError, operation: string): Problem {
  const { message, name } = error;
  if (error.kind === "credentials") return { code: "aws-credentials", operation, message };
  if (error.kind === "denied") {
    const resource = /on resource:? (\S+)/.exec(message)?.[1];
    return { code: "aws-denied", operation, message, ...(resource === undefined ? {} : { resource }) };
  }
  if (error.kind === "quota" || /\bquota\b|limit exceeded|maximum number of/i.test(message)) return { code: "aws-quota", operation, quota: /\bL-[0-9A-F]{8}\b/.exec(message)?.[0] ?? name, message };
  return { code: "aws-refused", operation, error: name, message };
}

function statusOf(error: Error): number | undefined {
  if (!("$metadata" in error) || typeof error.$metadata !== "object" || error.$metadata === null) return undefined;
  return "httpStatusCode" in error.$metadata && typeof error.$metadata.httpStatusCode === "number" ? error.$metadata.httpStatusCode : undefined;
}

function isNetwork(error: Error): boolean {
  return ("code" in error && typeof error.code === "string" && NETWORK_CODE.test(error.code)) || /socket hang up|aborted|other side closed/i.test(error.message);
}
