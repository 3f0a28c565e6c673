// How a stage attempt on AWS is found again: the key that makes its submission idempotent, and the small records in
// its folder. In: the folder's URI (StageHandle.ref). Every record is written whole, and may be written twice.

import { createHash } from "node:crypto";
import { z } from "zod";

/** Idempotency key of an attempt: run, stage and attempt are in its folder's name. 32 characters, hex. */
export const keyOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

const causes = ["time-limit", "cancelled", "capacity", "quota", "bootstrap", "instance-loss", "configuration", "service", "gone"] as const;
const mode = z.enum(["stage", "run", "existing"]);
/** Whose a cluster is: this stage's, its run's, or somebody else's. */
export type ClusterMode = z.infer<typeof mode>;

/** target.json: where the attempt will be submitted. Written before anything is asked of the service. */
export const serverlessTarget = z.object({ engine: z.literal("emr-serverless"), key: z.string(), at: z.string(), application: z.string(), limit_minutes: z.number() });
export const clusterTarget = z.object({
  engine: z.literal("emr"),
  key: z.string(),
  at: z.string(),
  mode,
  /** What a cluster of ours carries in its name and tags. */
  cluster_key: z.string(),
  /** Null until RunJobFlow has answered. */
  cluster: z.string().nullable(),
  /** A step may have been asked for on that cluster. */
  asked: z.boolean(),
  limit_minutes: z.number(),
});
export type ServerlessTarget = z.infer<typeof serverlessTarget>;
export type ClusterTarget = z.infer<typeof clusterTarget>;

/** submission.json: what the service answered. */
export const serverlessSubmission = serverlessTarget.extend({ job_run: z.string(), logs: z.string() });
export const clusterSubmission = clusterTarget.extend({ cluster: z.string(), step: z.string(), /** Null when the cluster keeps none. */ logs: z.string().nullable() });
export type ServerlessSubmission = z.infer<typeof serverlessSubmission>;
export type ClusterSubmission = z.infer<typeof clusterSubmission>;

/** cancel.json: who asked for the end. Without it a cancelled run was ended by its time limit or by a stranger. */
export const cancelRecord = z.object({ by: z.string(), at: z.string(), cause: z.enum(["cancelled", "time-limit"]) });
export type CancelRecord = z.infer<typeof cancelRecord>;

const usage = z.discriminatedUnion("engine", [
  z.object({ engine: z.literal("emr-serverless"), final: z.boolean(), billed: z.object({ vCPUHour: z.number(), memoryGBHour: z.number(), storageGBHour: z.number() }), seconds: z.number() }),
  z.object({ engine: z.literal("emr"), final: z.boolean(), cluster: z.string(), shared: z.boolean(), seconds: z.number(), instances: z.array(z.object({ type: z.string(), market: z.enum(["ON_DEMAND", "SPOT"]), seconds: z.number() })) }),
]);

/** ended.json: how it ended and what it used. Services forget runs and clusters; the lake does not. */
export const endRecord = z.object({ exitCode: z.number().nullable(), cause: z.enum(causes).optional(), reason: z.string().optional(), usage: usage.optional() });
export type EndRecord = z.infer<typeof endRecord>;

/** Run and attempt of `<lake>/ledger/stages/<run>/<stage>-<attempt>`. */
export function attemptOf(ref: string): { readonly run: string; readonly attempt: string } {
  const [run = "", attempt = ""] = ref.split("/").slice(-2);
  return { run, attempt };
}

export const submissionName = (ref: string, key: string): string => {
  const { run, attempt } = attemptOf(ref);
  return `carelake ${run} ${attempt} ${key}`.slice(-256);
};
