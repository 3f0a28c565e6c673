// The tables as they will be against the tables readers know: what goes, changes its type, or is not ours to replace.
// Reads only.

import type { Session } from "../session.js";
import type { Problem } from "../problems.js";
import { mysqlType, sizeFaults } from "./ddl.js";
import { cell, type Inventory, type OwnedTable } from "./inventory.js";
import { formerOf, NAME_LIMIT, stagingOf } from "./names.js";
import { yearsOf, type PublishOptions, type PublishTable } from "./set.js";

export interface ContractCheck {
  readonly problems: readonly Problem[];
  /** What readers will find different, breaking or not. */
  readonly changes: readonly string[];
  /** Live tables of the set that are no longer published. They go aside with the swap. */
  readonly retired: readonly OwnedTable[];
}

interface LiveColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

export async function contractProblems(session: Session, options: PublishOptions, inventory: Inventory): Promise<ContractCheck> {
  const live = inventory.owned.filter((each) => each.place === "live");
  const problems = options.tables.flatMap((table) => tableProblems(table, { options, inventory }));
  const changes: string[] = [];
  for (const table of options.tables.filter((each) => live.some((one) => one.name === each.name))) {
    const diff = compare(table, await liveColumns(session, table.name), await liveKey(session, table.name));
    diff.breaking.push(...yearsLost(table, live));
    changes.push(...[...diff.breaking, ...diff.harmless].map((change) => `${table.name}: ${change}`));
    if (diff.breaking.length > 0 && options.allowBreaking !== true) {
      problems.push({ code: "publish-contract-broken", table: table.name, changes: diff.breaking });
    }
  }
  const retired = live.filter((each) => each.tag.set === options.set && !options.tables.some((table) => table.name === each.name));
  for (const each of retired) {
    changes.push(`${each.name}: table is no longer published`);
    if (options.allowBreaking !== true) problems.push({ code: "publish-contract-broken", table: each.name, changes: ["table is no longer published"] });
  }
  return { problems, changes, retired };
}

/** A year that readers have and the new table lacks: an older run, or a lake that lost it. */
function yearsLost(table: PublishTable, live: readonly OwnedTable[]): readonly string[] {
  const was = live.find((each) => each.name === table.name)?.tag.years ?? [];
  const is = yearsOf(table);
  return was.filter((year) => !is.includes(year)).map((year) => `year ${String(year)} is no longer in it`);
}

/** What allowBreaking does not lift: tables of others, and definitions MySQL cannot hold. */
function tableProblems(table: PublishTable, { options, inventory }: { options: PublishOptions; inventory: Inventory }): Problem[] {
  const problems: Problem[] = [];
  const refuse = (message: string): void => void problems.push({ code: "publish-refused", table: table.name, step: "preflight", message });
  if (inventory.foreign.includes(table.name)) refuse("a table of this name is there and was not made by carelake");
  const owner = inventory.owned.find((each) => each.name === table.name && each.tag.set !== options.set);
  if (owner !== undefined) refuse(`a table of this name belongs to the set ${owner.tag.set}`);
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(table.name)) refuse("a published table's name has lower case letters, digits and single underscores");
  const longest = Math.max(stagingOf(table.name, options.publication).length, formerOf(table.name, options.publication).length);
  if (longest > NAME_LIMIT) refuse(`its name and the publication's (${options.publication}) have more than ${NAME_LIMIT} characters together`);
  const unbounded = table.columns.filter((column) => column.type === "string" && column.maxLength === undefined);
  for (const fault of sizeFaults(table)) refuse(fault);
  if (unbounded.length > 0) refuse(`no maxLength in its definition: ${unbounded.map((column) => column.name).join(", ")}`);
  return problems;
}

async function liveColumns(session: Session, table: string): Promise<readonly LiveColumn[]> {
  const rows = await session.query(
    "select column_name as name, column_type as type, is_nullable as nullable from information_schema.columns " +
      "where table_schema = database() and table_name = ? order by ordinal_position",
    [table],
  );
  // MariaDB and old servers print a display width for integers.
  const plain = (type: string): string => type.replace(/^(int|bigint)\(\d+\)$/, "$1");
  return rows.map((row) => ({ name: cell(row, "name"), type: plain(cell(row, "type")), nullable: cell(row, "nullable") === "YES" }));
}

async function liveKey(session: Session, table: string): Promise<readonly string[]> {
  const rows = await session.query(
    "select column_name as name from information_schema.key_column_usage " +
      "where table_schema = database() and table_name = ? and constraint_name = 'PRIMARY' order by ordinal_position",
    [table],
  );
  return rows.map((row) => cell(row, "name"));
}

/** Pure: the differences a reader can stumble over, and those it cannot. */
export function compare(table: PublishTable, live: readonly LiveColumn[], key: readonly string[]) {
  const breaking: string[] = [];
  const harmless: string[] = [];
  for (const was of live) {
    const column = table.columns.find((each) => each.name === was.name);
    if (column === undefined) {
      breaking.push(`column ${was.name} ${was.type} is dropped`);
      continue;
    }
    const type = mysqlType(column);
    if (type !== was.type) (widens(was.type, type) ? harmless : breaking).push(`column ${was.name} changes from ${was.type} to ${type}`);
    const nullable = column.nullable === true;
    if (nullable !== was.nullable) harmless.push(`column ${was.name} ${nullable ? "may now be null" : "is no longer null"}`);
  }
  for (const column of table.columns) {
    if (!live.some((was) => was.name === column.name)) harmless.push(`column ${column.name} ${mysqlType(column)} is new`);
  }
  if (key.join() !== table.key.join()) breaking.push(`primary key changes from (${key.join(", ")}) to (${table.key.join(", ")})`);
  return { breaking, harmless };
}

/** Every value of the old type is a value of the new one, and is printed the same. */
function widens(from: string, to: string): boolean {
  if (from === "int" && to === "bigint") return true;
  const [, wasKind, was, wasScale] = /^(varchar|decimal)\((\d+)(?:,(\d+))?\)$/.exec(from) ?? [];
  const [, kind, is, scale] = /^(varchar|decimal)\((\d+)(?:,(\d+))?\)$/.exec(to) ?? [];
  return wasKind !== undefined && wasKind === kind && wasScale === scale && Number(was) <= Number(is);
}
