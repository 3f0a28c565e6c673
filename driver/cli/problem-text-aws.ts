// Problems of AWS: who may not, what is not there, what a quota forbids.

import type { Texts } from "./problem-words.js";

type AwsCode =
  | "aws-credentials" | "aws-denied" | "aws-refused" | "aws-unreachable" | "aws-quota" | "price-list-unreadable" | "bucket-missing" | "application-gone"
  | "cluster-gone" | "cluster-unfit" | "shape-missing" | "step-too-long" | "secret-not-sent" | "cancel-unfinished" | "secret-unfit" | "limits-exceeded";

export const awsText: Texts<AwsCode> = {
  "aws-credentials": ({ operation, message }) => ({ source: "world", headline: `AWS accepts no credentials of this computer (${operation})`, notes: [message], help: "aws sts get-caller-identity shows who you are; AWS_PROFILE, aws sso login or a role of the CI job give credentials" }),
  "aws-denied": ({ operation, message, resource }) => ({ source: "world", headline: `AWS does not permit ${operation}${resource === undefined ? "" : ` on ${resource}`}`, notes: [message], help: "carelake doctor --policies prints the policies that the profile needs" }),
  "aws-refused": ({ operation, error, message }) => ({ source: "world", headline: `AWS refused ${operation}: ${error}`, notes: [message] }),
  "aws-unreachable": ({ operation, message, waited }) => ({ source: "world", headline: `AWS did not answer ${operation} for ${waited}`, notes: [message], help: "what was submitted goes on there; the same command finds it again" }),
  "aws-quota": ({ operation, quota, message }) => ({ source: "world", headline: `a quota of the account forbids ${operation}: ${quota}`, notes: [message], help: "ask for more under Service Quotas, or lower the profile's size" }),
  "price-list-unreadable": ({ url, message }) => ({ source: "world", headline: `the price list of AWS cannot be read: ${message}`, notes: [url], help: "the prices in use stay as they are (carelake prices); try again, or write the file by hand as docs/formats.md shows it" }),
  "bucket-missing": ({ bucket, message }) => ({ source: "world", headline: `there is no bucket ${bucket} in this region and account`, notes: [message], help: "create it, or mend lake and region in the profile" }),
  "application-gone": ({ application, state }) => ({ source: "world", headline: `the application ${application} takes no jobs: ${state}`, help: "name another one in emr_serverless.application, or leave the key out: one is found or created" }),
  "cluster-gone": ({ cluster, state, reason }) => ({ source: "world", headline: `the cluster ${cluster} takes no steps: ${state}`, notes: reason === "" ? [] : [reason], help: "name a cluster that runs in emr.cluster, or per-stage" }),
  "cluster-unfit": ({ cluster, message }) => ({ source: "world", headline: `the cluster ${cluster} does not fit`, notes: [message] }),
  "shape-missing": ({ stage, engine }) => ({ source: "usage", headline: `the plan does not say what stage ${stage} runs on with engine ${engine}`, help: "plan again with this profile" }),
  "step-too-long": ({ stage, characters, limit }) => ({ source: "usage", headline: `the arguments of stage ${stage} have ${characters} characters, EMR takes ${limit}`, help: "shorten the Spark settings of the profile" }),
  "secret-not-sent": ({ names, engine }) => ({ source: "usage", headline: `${names.join(", ")} of this computer cannot be handed to ${engine}`, notes: ["a password travels by reference only, and an environment variable is none that AWS knows"], help: "password: { secret: NAME, key: KEY } names an entry of Secrets Manager" }),
  "secret-unfit": ({ id, message }) => ({ source: "world", headline: `the secret ${id} of Secrets Manager does not fit: ${message}`, help: "password: { secret: NAME, key: KEY } names the secret and the key in its JSON" }),
  "limits-exceeded": ({ findings }) => ({ source: "usage", headline: "the run would be refused, so nothing was submitted", notes: findings.map(({ what, limit, found, help }) => `${what}: ${found}; the limit is ${limit}; ${help}`), help: "carelake plan shows the sizes and their reasons" }),
  "cancel-unfinished": ({ what, state, waited }) => ({ source: "world", headline: `${what} was told to stop and still is ${state} after ${waited}`, help: "the same command waits on; it costs until it has ended" }),
};
