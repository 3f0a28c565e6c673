// The serving database of a profile: how it is reached, by whom, and whose certificates are trusted.

import type { Profile } from "../profile.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Database } from "../publish/database.js";
import type { Context } from "./context.js";
import { say } from "./present.js";
import { secretOf } from "./secret.js";

type Named = Pick<Profile, "mysql" | "region">;

/** The profile's database with its password, or undefined when it names none. What its certificates will do soon is said. */
export async function databaseOf({ mysql, region }: Named, context: Context): Promise<Result<Database | undefined>> {
  if (mysql === undefined) return ok(undefined);
  const { host, port, user, password: reference, database, tls, ca_file: caFile, data_api: dataApi } = mysql;
  if (dataApi !== undefined) return ok((await import("../../emr/data-api/database.js")).dataApiDatabase({ ...dataApi, database }));
  if (user === undefined || reference === undefined) throw new TypeError("a profile without account came through");
  const { iam, ...secret } = reference;
  const password = iam === true ? ok((await import("../../emr/access/database-token.js")).databaseTokens({ host, port, user, region })) : await secretOf(secret, { what: "password of the MySQL database", region, context });
  if (!password.ok) return password;
  const authorities = caFile === undefined && tls === "verify" ? await authoritiesOf(host, context) : undefined;
  return ok({ host, port, user, password: password.value, database, tls, ...(iam === true ? { cleartext: true } : {}), ...(caFile === undefined ? {} : { caFile }), ...(authorities === undefined ? {} : { authorities }) });
}

async function authoritiesOf(host: string, context: Context): Promise<readonly string[] | undefined> {
  const { authoritiesFor, certificateWarnings, CURRENT_BUNDLE } = await import("../../emr/access/certificates.js");
  for (const warning of certificateWarnings(host, context.now())) say(`warning: ${warning}; a newer carelake has newer ones, or \`ca_file\` names the file of ${CURRENT_BUNDLE}`);
  return authoritiesFor(host);
}

export interface Serving {
  readonly profile: Profile;
  /** Name of the profile. */
  readonly named: string;
  /** What the database is asked for, as the message says it: "to read from". */
  readonly purpose: string;
}

/** For the commands that cannot do without one. */
export async function servingDatabase({ profile, named, purpose }: Serving, context: Context): Promise<Result<Database>> {
  const settings = await databaseOf(profile, context);
  if (!settings.ok) return settings;
  if (settings.value !== undefined) return ok(settings.value);
  return fail({ code: "config-missing", what: `MySQL database ${purpose}`, looked: [`\`mysql\` of profile ${named} in carelake.yaml`], help: "name the database in a profile" });
}
