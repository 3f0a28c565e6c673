// A former generation back in the place of the live one: one RENAME, no data moved, and the way forward stays open.

import type { Session } from "../session.js";
import { ProblemError, type Result } from "../problems.js";
import { withControl, type Progress } from "./control.js";
import { generationsOf, type Generation } from "./inventory.js";
import { closeEntry, markSwapping, openEntry, recordSwap, recover } from "./log.js";
import { migrate } from "./migrate.js";
import { formerOf } from "./names.js";
import type { PublishedTable } from "./set.js";
import { swap, type Move, type SwapOptions } from "./swap.js";

export interface RollbackOptions extends SwapOptions {
  readonly set: string;
  /** Publication to bring back. Default: the one made before the live one. */
  readonly to?: string;
  /** Version of carelake. */
  readonly version: string;
}

export interface RolledBack {
  readonly from: string | undefined;
  readonly to: string;
  readonly tables: readonly PublishedTable[];
  readonly swapMilliseconds: number;
}

export async function rollback(options: RollbackOptions): Promise<Result<RolledBack>> {
  const { connect, signal } = options;
  return withControl({ connect, run: options.to ?? options.set, access: { now: options.now, seconds: 0 }, ...(signal && { signal }) }, (session, progress) => bringBack(session, progress, options));
}

async function bringBack(session: Session, progress: Progress, options: RollbackOptions): Promise<RolledBack> {
  progress.step = "rollback";
  const { set, now } = options;
  await migrate(session, now());
  const inventory = await recover(session, now(), options.events);
  const live = generationsOf(inventory, "live").filter((each) => each.set === set);
  const target = chosen(generationsOf(inventory, "former").filter((each) => each.set === set), live[0], options);
  const moves: Move[] = [
    ...live.flatMap((generation) => generation.tables.map((each) => ({ from: each.name, to: formerOf(each.table, generation.publication) }))),
    ...target.tables.map((each) => ({ from: each.name, to: each.table })),
  ];
  const tables = target.tables.map((each) => ({ table: each.table, ...each.tag }));
  const id = await openEntry(session, { set, action: "rollback", publication: target.publication, run: tables[0]?.run ?? "", version: options.version, tables }, now());
  await markSwapping(session, id, options.connect.database);
  const swapMilliseconds = await swap(session, { moves, confirmTurn: progress.confirmTurn }, options).catch(async (error: unknown) => {
    // For sure nothing moved. Any other end is left to recovery, which asks the tables.
    if (error instanceof ProblemError && error.problem.code === "publish-locked") await closeEntry(session, id, { state: "failed", now: now(), detail: error.problem.code });
    throw error;
  });
  progress.step = "the record of the swap";
  await recordSwap(session, id, options);
  return { from: live[0]?.publication, to: target.publication, tables, swapMilliseconds };
}

function chosen(former: readonly Generation[], live: Generation | undefined, options: RollbackOptions): Generation {
  const target = former.find((each) => (options.to === undefined ? live === undefined || each.at < live.at : each.publication === options.to));
  if (target === undefined) {
    const known = former.map((each) => each.publication);
    throw new ProblemError({ code: "publication-unknown", set: options.set, known, ...(options.to === undefined ? {} : { publication: options.to }) });
  }
  const lost = (target.tables[0]?.tag.members ?? []).filter((member) => !target.tables.some((each) => each.table === member));
  if (lost.length > 0) {
    throw new ProblemError({ code: "publish-refused", step: "rollback", message: `publication ${target.publication} is not whole: ${lost.join(", ")} is missing` });
  }
  return target;
}
