// The serving database as the doctor sees it: whether it answers, and what keeps this account from publishing to it.

import type { MySqlSettings } from "../mysql.js";
import type { Problem } from "../problems.js";

export interface AskedDatabase {
  /** Address and version, when it answers. */
  readonly server?: string;
  readonly problems: readonly Problem[];
}

export async function askDatabase(settings: MySqlSettings): Promise<AskedDatabase> {
  const [{ addressOf }, { examineServer }] = await Promise.all([import("../mysql.js"), import("../publish.js")]);
  const asked = await examineServer(settings);
  if (!asked.ok) return asked;
  return { server: `${addressOf(settings)}: ${asked.value.facts.server}`, problems: asked.value.problems };
}
