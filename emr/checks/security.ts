// The security configuration that clusters are started with: is it there, and may steps have a role of their own.

import { DescribeSecurityConfigurationCommand } from "@aws-sdk/client-emr";
import { z } from "zod";
import { emr as emrShape } from "../../driver/profile.js";
import { isUnknown } from "../calls/calls.js";
import type { Check } from "./check.js";
import { check, fine, unknown, wrong } from "./check.js";
import type { CheckParts } from "./check-parts.js";
import { startsClusters } from "./check-parts.js";

/** Of its text, which has many more keys. */
const configuration = z.object({ AuthorizationConfiguration: z.object({ IAMConfiguration: z.object({ EnableApplicationScopedIAMRole: z.boolean().optional() }).optional() }).optional() });

export function securityChecks(parts: CheckParts): readonly Promise<Check>[] {
  const { profile } = parts;
  const { security_configuration } = profile.emr ?? emrShape.parse({});
  const isNeeded = profile.job_role !== undefined;
  if (!startsClusters(profile) || (security_configuration === undefined && !isNeeded)) return [];
  return [
    check({ id: "security-configuration", what: "security configuration", optional: true }, async () => {
      const leaveOut = "leave job_role out and give its rights to the instance profile";
      if (security_configuration === undefined) return wrong("none is named, and without one a step cannot have job_role", `name one with EnableApplicationScopedIAMRole in emr.security_configuration, or ${leaveOut}`);
      const text = await textOf(parts, security_configuration);
      if (text === undefined) return wrong(`there is no security configuration ${security_configuration} in this account and region`, "mend emr.security_configuration; aws emr list-security-configurations lists those that are there");
      const isScoped = scopesRoles(text);
      if (isScoped === undefined) return unknown(`${security_configuration} is there; its text is no JSON of the known form`, `aws emr describe-security-configuration --name ${security_configuration} shows it`);
      if (isNeeded && !isScoped) return wrong(`${security_configuration} does not let steps have roles of their own, and the profile names a job_role`, `create one with AuthorizationConfiguration.IAMConfiguration.EnableApplicationScopedIAMRole: true (one that is there cannot be changed), or ${leaveOut}`);
      return fine(`${security_configuration}: steps ${isScoped ? "have roles of their own" : "work under the instance profile"}`);
    }),
  ];
}

async function textOf({ calls, clients }: CheckParts, Name: string): Promise<string | undefined> {
  try {
    return (await calls.ask("emr:DescribeSecurityConfiguration", () => clients.emr.send(new DescribeSecurityConfigurationCommand({ Name })))).SecurityConfiguration ?? "";
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

/** Undefined when the text is not what it is documented to be. */
function scopesRoles(text: string): boolean | undefined {
  try {
    const read = configuration.safeParse(JSON.parse(text));
    return read.success ? read.data.AuthorizationConfiguration?.IAMConfiguration?.EnableApplicationScopedIAMRole === true : undefined;
  } catch {
    return undefined;
  }
}
