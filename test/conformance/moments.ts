// Every moment at which a driver on AWS can die, by the request to S3 or the service that it is at. What it has written
// and asked for by then differs from one moment to the next; between two of them it only computes.
// A driver on this computer has moments of its own, which test/driver/killed-driver.spark.test.ts goes through.

import type { EngineName } from "../../driver/engine.js";
import type { Stop } from "./gateway.js";

export interface Moment extends Pick<Stop, "at" | "when"> {
  readonly name: string;
  /** Both where each asks its service in its own way; one where the engine has no part in it. */
  readonly on: readonly EngineName[];
  /** How the run stands afterwards; absent when there is none yet. */
  readonly leaves?: "interrupted" | "succeeded";
  /** Over the profile. */
  readonly more?: Readonly<Record<string, unknown>>;
}

const SERVERLESS = ["emr-serverless"] as const;
const CLUSTER = ["emr"] as const;
const BOTH = ["emr", "emr-serverless"] as const;
const START_JOB_RUN = /^POST \/applications\/[^/]+\/jobruns/;

/** In the order in which a run of the pipeline `fills`, in two stages, comes by. */
export const MOMENTS: readonly Moment[] = [
  { name: "before it holds the lock", on: SERVERLESS, at: /^PUT .*\/locks\/fills\/000001\.json/, when: "before" },
  { name: "with the lock and nothing else", on: SERVERLESS, at: /^PUT .*\/locks\/fills\/000001\.json/, when: "after" },
  { name: "with a plan that no run belongs to", on: SERVERLESS, at: /^PUT .*\/plan\.json/, when: "after" },
  { name: "with a run in the ledger and no stage", on: SERVERLESS, at: /^PUT .*-stage-submitted\.json/, when: "before", leaves: "interrupted" },
  { name: "with a stage in the ledger that no service was asked for", on: SERVERLESS, at: /^PUT .*-stage-submitted\.json/, when: "after", leaves: "interrupted" },
  { name: "with half of the stage's files sent", on: SERVERLESS, at: /^PUT .*-1\/stage\.json/, when: "after", leaves: "interrupted" },
  { name: "with an application that nobody wrote down", on: SERVERLESS, at: /^POST \/applications\??$/, when: "after", leaves: "interrupted", more: { emr_serverless: { maximum_vcpu: 24 } } },
  { name: "about to ask for the job run", on: SERVERLESS, at: START_JOB_RUN, when: "before", leaves: "interrupted" },
  { name: "with a job run that it never heard of", on: SERVERLESS, at: START_JOB_RUN, when: "after", leaves: "interrupted" },
  { name: "about to ask for the cluster", on: CLUSTER, at: /^RunJobFlow$/, when: "before", leaves: "interrupted" },
  { name: "with a cluster that it never heard of", on: CLUSTER, at: /^RunJobFlow$/, when: "after", leaves: "interrupted" },
  { name: "about to ask for the step", on: CLUSTER, at: /^AddJobFlowSteps$/, when: "before", leaves: "interrupted" },
  { name: "with a step that it never heard of", on: CLUSTER, at: /^AddJobFlowSteps$/, when: "after", leaves: "interrupted" },
  { name: "with an answer of the service that it never wrote down", on: BOTH, at: /^PUT .*\/submission\.json/, when: "before", leaves: "interrupted" },
  { name: "while the stage works", on: BOTH, at: /^GET .*\/events\/000001\.jsonl/, when: "after", leaves: "interrupted" },
  { name: "when the stage is over and nobody wrote it down", on: BOTH, at: /^PUT .*-stage-finished\.json/, when: "before", leaves: "interrupted" },
  { name: "between the end of a stage and what it leaves in the lake", on: SERVERLESS, at: /^PUT .*\/done\/fills\/raw\//, when: "before", leaves: "interrupted" },
  { name: "in the middle of writing down what a stage left", on: SERVERLESS, at: /^PUT .*\/done\/fills\/raw\//, when: "after", leaves: "interrupted" },
  { name: "between two stages", on: BOTH, at: /^PUT .*\/0003-stage-submitted\.json/, when: "before", leaves: "interrupted" },
  { name: "while its second stage works", on: SERVERLESS, at: /^GET .*\/curate-1\/events\/000001\.jsonl/, when: "after", leaves: "interrupted" },
  { name: "with everything done but said", on: SERVERLESS, at: /^PUT .*\/\d{4}-finished\.json/, when: "before", leaves: "interrupted" },
  { name: "after its last word, with the lock", on: SERVERLESS, at: /^PUT .*\.released/, when: "before", leaves: "succeeded" },
];
