// Spark on an S3 stand-in: the jars that set-up brought for tests, and the settings that point S3A and Iceberg at it.
// In: the server. Out: class path and --conf values. The keys go by the environment, as on a user's laptop.

import { GLUE_JARS, AWS_JARS, S3A_JARS } from "../../driver/local/artifacts-aws.js";
import { findJars } from "../../driver/local/spark.js";
import { testMachine } from "./machine.js";

export interface S3Endpoint {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Absolute paths of S3A and its SDK. Throws when set-up did not bring them. */
export function s3aJars(): readonly string[] {
  return testJars().slice(0, S3A_JARS.length);
}

/** Absolute paths of Iceberg's Glue catalog and S3FileIO, which stand before S3A's on a class path. */
export function glueJars(): readonly string[] {
  return testJars().slice(-GLUE_JARS.length);
}

function testJars(): readonly string[] {
  const found = findJars(testMachine(), AWS_JARS);
  if (!found.ok) throw new Error(`no S3 jars (carelake setup --for test): ${JSON.stringify(found.problems[0])}`);
  return found.value;
}

/** s3:// is S3A, as on EMR from 7.10 on. The keys are not among the settings: s3Keys. */
export function s3aConf({ endpoint }: Pick<S3Endpoint, "endpoint">): Readonly<Record<string, string>> {
  return {
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3a.endpoint": endpoint,
    "spark.hadoop.fs.s3a.endpoint.region": "us-east-1",
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
    "spark.hadoop.fs.s3a.aws.credentials.provider": "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider",
  };
}

/** Environment of a process that may read and write there. */
export function s3Keys({ accessKey, secretKey }: S3Endpoint): Readonly<Record<string, string>> {
  return { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey, AWS_REGION: "us-east-1" };
}
