// The serving database as the doctor sees it: whether it answers, and what keeps this account from publishing to it.

import type { Database } from "../publish/database.js";
import type { Problem } from "../problems.js";
import { PATH_WORDS } from "./progress.js";

export interface AskedDatabase {
  /** Address and version, when it answers. */
  readonly server?: string;
  readonly problems: readonly Problem[];
}

export async function askDatabase(settings: Database): Promise<AskedDatabase> {
  const { examineServer, placeOf } = await import("../publish.js");
  const asked = await examineServer(settings);
  if (!asked.ok) return asked;
  const { name, because } = asked.value.facts.path;
  return { server: `${placeOf(settings)}: ${asked.value.facts.server}${because === undefined ? "" : `; ${because}, so rows go by ${PATH_WORDS[name]}`}`, problems: asked.value.problems };
}
