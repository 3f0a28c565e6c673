// AWS clients as this project needs them: no retries of their own, because a submission must not be made twice, and
// explicit time limits of one request, because a connection may die without a word. Region, credentials and endpoints
// (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL*) are found by the SDK's own chain.

import { EMRClient } from "@aws-sdk/client-emr";
import { EMRServerlessClient } from "@aws-sdk/client-emr-serverless";
import { S3Client } from "@aws-sdk/client-s3";

export interface AwsClients {
  readonly emr: EMRClient;
  readonly serverless: EMRServerlessClient;
  readonly s3: S3Client;
  /** For large files in parts, which the SDK tries again one by one. */
  readonly s3Parts: S3Client;
}

export interface ClientOptions {
  /** Where the SDK shall not look for it itself. */
  readonly region?: string;
  /** Bucket in the path, not in the host name: what servers other than AWS understand. */
  readonly pathStyle?: boolean;
  readonly requestSeconds?: number;
}

const CONNECT_MILLISECONDS = 10_000;
const REQUEST_SECONDS = 60;
const PART_TRIES = 6;

export function awsClients({ region, pathStyle = false, requestSeconds = REQUEST_SECONDS }: ClientOptions): AwsClients {
  const asked = {
    ...(region === undefined ? {} : { region }),
    requestHandler: { connectionTimeout: CONNECT_MILLISECONDS, requestTimeout: requestSeconds * 1000, throwOnRequestTimeout: true },
  };
  const once = { ...asked, maxAttempts: 1 };
  return {
    emr: new EMRClient(once),
    serverless: new EMRServerlessClient(once),
    s3: new S3Client({ ...once, forcePathStyle: pathStyle }),
    s3Parts: new S3Client({ ...(region === undefined ? {} : { region }), forcePathStyle: pathStyle, maxAttempts: PART_TRIES }),
  };
}
