// Which server this is, and whether its kind can be published to. Pure: settings in, words and failures out.

import type { ProblemOf } from "../problems.js";

export type SettingFailure = ProblemOf<"mysql-settings">["failures"][number];
export type Settings = Readonly<Record<string, string>>;

export interface Flavour {
  readonly kind: "MySQL" | "Amazon RDS for MySQL" | "Aurora MySQL" | "MariaDB";
  /** As the server prints it. */
  readonly version: string;
}

/**
 * 8.0 has the collation of Spark's order, sha2() and atomic DDL. Before 8.0.19 it prints the type of an int as int(11): a live
 * table would not be known again.
 */
const OLDEST: readonly number[] = [8, 0, 19];

/** One of them ON: the server takes no change, as a replica, or a writer that has just become one. */
export const READ_ONLY: readonly string[] = ["read_only", "super_read_only", "innodb_read_only"];

export function flavourOf(settings: Settings): Flavour {
  const version = settings["version"] ?? "?";
  if (/mariadb/i.test(`${version} ${settings["version_comment"] ?? ""}`)) return { kind: "MariaDB", version };
  if (settings["aurora_version"]) return { kind: "Aurora MySQL", version };
  // Amazon's own build lives there, whatever the version.
  if (/^\/rdsdbbin\b/.test(settings["basedir"] ?? "")) return { kind: "Amazon RDS for MySQL", version };
  return { kind: "MySQL", version };
}

export function flavourText(settings: Settings): string {
  const { kind, version } = flavourOf(settings);
  const aurora = settings["aurora_version"] ? ` (Aurora ${settings["aurora_version"]})` : "";
  return `${kind} ${version} ${settings["version_comment"] ?? ""}`.trim() + aurora;
}

/** Empty when its kind and version will do. */
export function flavourFailures(settings: Settings): readonly SettingFailure[] {
  const { kind, version } = flavourOf(settings);
  const needed = `MySQL ${OLDEST.join(".")} or later (tested on 8.0 and 9.7), also as Amazon RDS or Aurora version 3`;
  if (kind === "MariaDB") {
    return [{ setting: "version", found: flavourText(settings), needed, fix: "publish to a MySQL server: MariaDB compares text by other collations, and knows neither atomic RENAME of a set after a crash nor the locks' owners" }];
  }
  if (!isTooOld(version)) return [];
  return [{ setting: "version", found: flavourText(settings), needed, fix: "upgrade the server, or publish to another" }];
}

function isTooOld(version: string): boolean {
  const found = (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
  const at = OLDEST.findIndex((part, index) => part !== (found[index] ?? 0));
  return at >= 0 && (found[at] ?? 0) < (OLDEST[at] ?? 0);
}

/** What our sessions set for themselves, and what a proxy between may take back. */
const SESSION: Readonly<Record<string, { readonly needed: string; readonly isMet: (value: string) => boolean }>> = {
  sql_mode: { needed: "STRICT_ALL_TABLES, without NO_BACKSLASH_ESCAPES and ANSI_QUOTES", isMet: (value) => value.includes("STRICT_ALL_TABLES") && !/NO_BACKSLASH_ESCAPES|ANSI_QUOTES/.test(value) },
  time_zone: { needed: "+00:00", isMet: (value) => value === "+00:00" },
  character_set_client: { needed: "utf8mb4", isMet: (value) => value === "utf8mb4" },
  character_set_connection: { needed: "utf8mb4", isMet: (value) => value === "utf8mb4" },
};

export const SESSION_SETTINGS: readonly string[] = Object.keys(SESSION);

export function sessionFailures(found: Readonly<Record<string, string | null>>): readonly SettingFailure[] {
  return Object.entries(SESSION).flatMap(([setting, { needed, isMet }]) => {
    const value = found[setting] ?? "";
    const fix = "something between here and the server (a proxy that shares connections, init_connect) takes back what a session sets: connect to the server itself";
    return isMet(value) ? [] : [{ setting: `${setting} of the session`, found: value, needed, fix }];
  });
}
