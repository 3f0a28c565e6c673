// What a plan on AWS needs beside machines: a release that is supported for how long, and what of IAM. Asks nobody.

import type { Policies } from "../../emr/access/policies.js";
import type { Pipeline } from "../job.js";
import type { Profile } from "../profile.js";
import { policiesOf } from "./policies.js";

export interface PlanNeeds {
  /** Nulls where nothing is known of the label. */
  readonly release: { readonly label: string; readonly spark: string | null; readonly support_until: string | null };
  /** Actions by who does them; absent where the profile does not say in which account. */
  readonly iam?: Readonly<Record<string, readonly string[]>>;
}

/** Undefined on this computer. */
export async function needsOf(profile: Profile, pipeline: Pipeline, today: string): Promise<PlanNeeds | undefined> {
  if (profile.engine === "local") return undefined;
  const { findRelease, supportOn } = await import("../../emr/facts/releases.js");
  const label = profile.release;
  const policies = await policiesOf(profile, [pipeline]);
  return {
    release: { label, spark: findRelease(label)?.spark ?? null, support_until: supportOn(label, today)?.until ?? null },
    ...(policies.ok ? { iam: actionsOf(policies.value) } : {}),
  };
}

/** Of those that a run needs: what only the doctor asks is not among them. */
function actionsOf({ driver, job_role, service_role, instance_profile }: Policies): Readonly<Record<string, readonly string[]>> {
  const documents = Object.entries({ driver, job_role, service_role, instance_profile });
  return Object.fromEntries(documents.flatMap(([who, document]) => (document === undefined ? [] : [[who, [...new Set(document.Statement.flatMap(({ Action }) => Action))].sort()] as const])));
}

/** `profile`: its name. */
export function needsText({ release, iam }: PlanNeeds, profile: string): readonly string[] {
  const { label, spark, support_until } = release;
  const services = (actions: readonly string[]): string => [...new Set(actions.map((each) => each.split(":")[0] ?? ""))].join(", ");
  const allowed = Object.entries(iam ?? {}).map(([who, actions]) => `  ${who}: ${String(actions.length)} actions of ${services(actions)}`);
  return [
    `release ${label}${spark === null ? "" : `: Spark ${spark}`}${support_until === null ? "" : `, standard support until ${support_until}`}`,
    ...(allowed.length === 0 ? [] : [`needs of IAM, which carelake doctor --policies --profile ${profile} prints as policies:`, ...allowed]),
    "the SQL of a job: carelake render JOB; of all of them: --json",
  ];
}
