// What the account may do in the database, read from SHOW GRANTS, one privilege after the other.
// Reads only.

import type { Session } from "../session.js";
import { cell } from "./inventory.js";

/** RENAME needs ALTER and DROP on the old name, CREATE and INSERT on the new one. The rest: load, verify, log. */
const NEEDED = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX"] as const;

export async function missingPrivileges(session: Session): Promise<readonly string[]> {
  // As the server spells it: some fold names to lower case, in grants too.
  const [here] = await session.query("select database() as name");
  const database = cell(here, "name");
  const [role] = await session.query("select current_role() as active");
  const active = role?.["active"] ?? "NONE";
  const grants = await session.query(active === "NONE" ? "show grants" : `show grants for current_user() using ${active}`);
  const lines = grants.map((row) => Object.values(row)[0] ?? "");
  const held = new Set(lines.flatMap((line) => toldOf(line, database, "GRANT")));
  // With partial_revokes on, a database can be taken out of a global grant.
  const revoked = new Set(lines.flatMap((line) => toldOf(line, database, "REVOKE")));
  return NEEDED.filter((privilege) => revoked.has(privilege) || !(held.has(privilege) || held.has("ALL PRIVILEGES")));
}

/** Privileges of one line of SHOW GRANTS when it covers the whole database. */
export function toldOf(line: string, database: string, word: "GRANT" | "REVOKE"): readonly string[] {
  const found = /^(?:GRANT|REVOKE) (.+) ON (\*|`(?:[^`]|``)+`)\.\* (?:TO|FROM) /.exec(line.startsWith(word) ? line : "");
  if (found === null) return [];
  const [, privileges = "", scope = ""] = found;
  if (scope !== "*" && !covers(scope.slice(1, -1).replaceAll("``", "`"), database)) return [];
  return privileges.split(", ").map((each) => each.trim().toUpperCase());
}

/** In a grant, _ and % are wildcards unless escaped. */
function covers(pattern: string, database: string): boolean {
  const parts = pattern.match(/\\[_%\\]|./gsu) ?? [];
  const source = parts.map((part) => (part === "%" ? ".*" : part === "_" ? "." : (part.length > 1 ? part.slice(1) : part).replace(/[$()*+.?[\\\]^{|}]/g, "\\$&")));
  return new RegExp(`^${source.join("")}$`, "su").test(database);
}
