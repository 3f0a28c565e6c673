// Everything that a profile needs on AWS, looked at in one go. Out: a check for each, in the order in which one would
// mend them.

import type { Check } from "./check.js";
import { unknown } from "./check.js";
import type { CheckOptions } from "./check-parts.js";
import { checkClients } from "./check-parts.js";
import { homeCheck, releaseCheck } from "./compute.js";
import type { ExpectedStage } from "./demand.js";
import { callerCheck, regionCheck, roleChecks } from "./identity.js";
import { lakeChecks } from "./lake.js";
import { subnetChecks } from "./network.js";
import { quotaChecks } from "./quotas.js";
import { securityChecks } from "./security.js";

/** `stages`: what runs of the profile would start; asked for when AWS can be. */
export async function profileChecks(options: CheckOptions, stages: () => Promise<readonly ExpectedStage[]>): Promise<readonly Check[]> {
  const clients = checkClients(options.profile.region);
  const [region, caller] = [await regionCheck({ ...options, ...clients }), await callerCheck({ ...options, ...clients })];
  try {
    // Without anybody to ask as, every other answer would be the same one.
    const isNobody = region.verdict === "failed" || caller.problem?.code === "aws-credentials";
    if (isNobody) return [region, caller, { id: "rest", what: "everything else", ...unknown("cannot be asked without credentials and a region") }];
    const parts = { ...options, ...clients, stages: await stages() };
    const [lake, ...others] = await Promise.all([lakeChecks(parts), ...roleChecks(parts), releaseCheck(parts), homeCheck(parts), ...securityChecks(parts), ...subnetChecks(parts), ...quotaChecks(parts)]);
    return [region, caller, ...lake, ...others];
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}
