// Who asks, from which region, and whether the roles that the profile names are there and may be taken on by whom they
// are meant for.

import type { Role } from "@aws-sdk/client-iam";
import { GetInstanceProfileCommand, GetRoleCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Profile } from "../../driver/profile.js";
import { emr as emrShape } from "../../driver/profile.js";
import { orAbsent } from "../calls/calls.js";
import type { Check } from "./check.js";
import { check, fine, wrong } from "./check.js";
import type { CheckParts } from "./check-parts.js";
import { startsClusters } from "./check-parts.js";

const ROLE_HELP = "carelake doctor --policies prints what it must allow and whom it must trust";

export const callerCheck = ({ calls, sts, profile }: Pick<CheckParts, "calls" | "sts" | "profile">): Promise<Check> =>
  check({ id: "caller", what: "credentials" }, async () => {
    const { Arn = "somebody", Account = "" } = await calls.ask("sts:GetCallerIdentity", () => sts.send(new GetCallerIdentityCommand({})));
    const meant = /^arn:[^:]+:iam::(\d{12}):/.exec(profile.job_role ?? "")?.[1];
    if (meant !== undefined && meant !== Account) return wrong(`${Arn}, in account ${Account}; job_role is in account ${meant}`, "take credentials of that account (AWS_PROFILE, a role of the CI job), or mend job_role");
    return fine(Arn);
  });

export const regionCheck = ({ sts, profile }: Pick<CheckParts, "sts" | "profile">): Promise<Check> =>
  check({ id: "region", what: "region" }, async () => {
    const found = await sts.config.region().catch(() => undefined);
    if (found === undefined) return wrong("none: neither the profile nor the AWS configuration names one", "set `region:` in the profile");
    return fine(profile.region === undefined ? `${found}, from the AWS configuration; \`region:\` in the profile makes it the same for everybody` : found);
  });

export function roleChecks(parts: CheckParts): readonly Promise<Check>[] {
  const { profile } = parts;
  const { service_role, instance_profile } = profile.emr ?? emrShape.parse({});
  return [
    ...(profile.job_role === undefined ? [] : [roleCheck(parts, { id: "job-role", what: "job_role", role: profile.job_role, trusts: trustedBy(profile) })]),
    ...(startsClusters(profile) ? [roleCheck(parts, { id: "service-role", what: "emr.service_role", role: service_role, trusts: "elasticmapreduce.amazonaws.com" }), instanceProfileCheck(parts, instance_profile)] : []),
  ];
}

/** Who takes on the job role: the service, or the nodes of a cluster, whose role is of the account's own choosing. */
const trustedBy = ({ engine }: Profile): string | undefined => (engine === "emr-serverless" ? "emr-serverless.amazonaws.com" : undefined);

interface RoleAsked {
  readonly id: string;
  readonly what: string;
  /** Name or ARN. */
  readonly role: string;
  /** Service that must be able to take it on. */
  readonly trusts: string | undefined;
}

const roleCheck = ({ calls, iam }: CheckParts, { id, what, role, trusts }: RoleAsked): Promise<Check> =>
  check({ id, what, optional: true }, async () => {
    const RoleName = role.split("/").at(-1) ?? role;
    const found = (await orAbsent(calls.ask("iam:GetRole", () => iam.send(new GetRoleCommand({ RoleName })))))?.Role;
    if (found === undefined) return wrong(`there is no role ${RoleName} in this account`, `create it, or mend ${what} in the profile; ${ROLE_HELP}`);
    if (role.startsWith("arn:") && found.Arn !== role) return wrong(`the role ${RoleName} is ${found.Arn ?? ""}`, `write that ARN into ${what}`);
    if (trusts !== undefined && !doesTrust(found, trusts)) return wrong(`${RoleName} does not trust ${trusts}`, ROLE_HELP);
    return fine(found.Arn ?? RoleName);
  });

const instanceProfileCheck = ({ calls, iam }: CheckParts, name: string): Promise<Check> =>
  check({ id: "instance-profile", what: "emr.instance_profile", optional: true }, async () => {
    const found = (await orAbsent(calls.ask("iam:GetInstanceProfile", () => iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name })))))?.InstanceProfile;
    if (found === undefined) return wrong(`there is no instance profile ${name} in this account`, "create it, or mend emr.instance_profile in the profile");
    const [role] = found.Roles ?? [];
    return role === undefined ? wrong(`the instance profile ${name} holds no role`, "add the role that the nodes work under") : fine(`${name} with role ${role.RoleName ?? ""}`);
  });

/** The trust policy is a document, URL-encoded. A service that it names anywhere is trusted as far as can be told from its text. */
function doesTrust({ AssumeRolePolicyDocument = "" }: Role, service: string): boolean {
  return decodeURIComponent(AssumeRolePolicyDocument).includes(`"${service}"`);
}
