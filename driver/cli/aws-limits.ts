// What of a plan a service, an account or the profile itself would refuse, told before anything is submitted.

import type { Prices } from "../../emr/facts/prices.js";
import type { Finding } from "../../emr/sizing/limits.js";
import type { Plan } from "../plan.js";
import type { Problem } from "../problems.js";
import type { Profile } from "../profile.js";
import { SESSION } from "../run-stage.js";
import { attemptFolders } from "./lake.js";

export interface LimitsRequest {
  readonly plan: Plan;
  readonly profile: Profile;
  /** s3://bucket/prefix. */
  readonly lake: string;
  readonly now: Date;
  readonly prices: Prices;
}

/** Nothing on this computer. */
export async function limitsOf({ plan, profile, lake, now, prices }: LimitsRequest): Promise<readonly Finding[]> {
  const { engine } = profile;
  if (engine === "local") return [];
  const [{ limitFindings }, { stageConf }, { stepStrings }, { runnerCode }] = await Promise.all([import("../../emr/sizing/limits.js"), import("../../emr/submission/spark-settings.js"), import("../../emr/cluster/request.js"), import("../../emr/submission/artifacts.js")]);
  const addIceberg = engine === "emr-serverless" || profile.emr?.cluster.startsWith("j-") === true;
  // Run and runner have no names yet: these are as long as theirs will be.
  const [code, folderOf] = [runnerCode(lake, "0".repeat(64)), attemptFolders(lake)];
  const stages = plan.stages.flatMap(({ name, shape }) => {
    if (shape === undefined) return [];
    const conf = stageConf({ engine, lake, addIceberg }, { conf: profile.spark, env: [], shape });
    const stageUri = `${folderOf(`${plan.id.slice(0, 8)}-1`, name, 1)}/stage.json`;
    return [{ name, shape, conf, ...(engine === "emr" ? { step: stepStrings(conf, { code, stageUri }) } : {}) }];
  });
  return limitFindings({ profile, stages, session: SESSION, log_uri: `${lake}/logs/`, today: now.toISOString().slice(0, 10), prices });
}

/** The problem that those among them make which no run gets past. */
export function limitsProblem(findings: readonly Finding[]): Problem | undefined {
  const refused = findings.filter(({ severity }) => severity === "error");
  return refused.length === 0 ? undefined : { code: "limits-exceeded", findings: refused.map(({ what, limit, found, help }) => ({ what, limit, found, help })) };
}
