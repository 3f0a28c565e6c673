// The serving database of a profile, for the commands that cannot do without one.

import type { Database } from "../publish/database.js";
import type { Profile } from "../profile.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Context } from "./context.js";
import { mysqlSettings } from "./run-plan.js";

export interface Serving {
  readonly profile: Profile;
  /** Name of the profile. */
  readonly named: string;
  /** What the database is asked for, as the message says it: "to read from". */
  readonly purpose: string;
}

export async function servingDatabase({ profile, named, purpose }: Serving, context: Context): Promise<Result<Database>> {
  const settings = await mysqlSettings(profile, context);
  if (!settings.ok) return settings;
  if (settings.value !== undefined) return ok(settings.value);
  return fail({ code: "config-missing", what: `MySQL database ${purpose}`, looked: [`\`mysql\` of profile ${named} in carelake.yaml`], help: "name the database in a profile" });
}
