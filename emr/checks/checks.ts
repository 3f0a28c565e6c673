// Everything that a profile needs on AWS, looked at in one go. Out: a check for each, in the order in which one would
// mend them.

import type { Check } from "./check.js";
import { unknown } from "./check.js";
import type { CheckOptions } from "./check-parts.js";
import { checkParts } from "./check-parts.js";
import { homeCheck, releaseCheck, unaskedChecks } from "./compute.js";
import { callerCheck, regionCheck, roleChecks } from "./identity.js";
import { lakeChecks } from "./lake.js";

export async function profileChecks(options: CheckOptions): Promise<readonly Check[]> {
  const parts = checkParts(options);
  try {
    const [region, caller] = [await regionCheck(parts), await callerCheck(parts)];
    // Without anybody to ask as, every other answer would be the same one.
    const isNobody = region.verdict === "failed" || caller.problem?.code === "aws-credentials";
    if (isNobody) return [region, caller, { id: "rest", what: "everything else", ...unknown("cannot be asked without credentials and a region") }];
    const [lake, ...others] = await Promise.all([lakeChecks(parts), ...roleChecks(parts), releaseCheck(parts), homeCheck(parts)]);
    return [region, caller, ...lake, ...others, ...unaskedChecks(parts)];
  } finally {
    parts.sts.destroy();
    parts.iam.destroy();
  }
}
