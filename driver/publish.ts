// Publication of a set of tables: the steps, in order. In: exported segments and a MySQL server. Out: the whole set
// swapped in by one RENAME, or the live tables exactly as they were and a problem.
// Never here: SQL text (publish/ddl.ts), mysql2 (mysql.ts), Spark.

import { blockerText } from "./publish/blockers.js";
import { withControl, type Progress } from "./publish/control.js";
import { crewSize, withCrew } from "./publish/crew.js";
import { AfterSwap, problemOf, Stopped } from "./publish/faults.js";
import { alreadyLive, generationOf, type NewGeneration } from "./publish/generation.js";
import { generationsOf, takeInventory, type Inventory, type OwnedTable } from "./publish/inventory.js";
import { dropTables } from "./publish/leftovers.js";
import { buildIndexes, loadSegments } from "./publish/load.js";
import { closeEntry, markSwapping, openEntry, recordSwap, recover } from "./publish/log.js";
import { forgetSegments, missingSegments } from "./publish/marks.js";
import { migrate } from "./publish/migrate.js";
import { formerOf, stagingOf } from "./publish/names.js";
import { preflight, type Preflight } from "./publish/preflight.js";
import { inRounds, type Connections } from "./publish/reconnect.js";
import { segmentProblems, segmentsOf } from "./publish/segments.js";
import type { Published, PublishOptions, PublishStep } from "./publish/set.js";
import { makeStaging } from "./publish/staging.js";
import { swap, type Move } from "./publish/swap.js";
import { verify } from "./publish/verify.js";
import { ok, settle, type Result } from "./problems.js";
import type { Session } from "./session.js";

export { placeOf, type Database } from "./publish/database.js";
export { clean, finishRecords, leftovers, publications, type Leftovers, type Publications } from "./publish/leftovers.js";
export { check, examineServer, type Findings } from "./publish/preflight.js";
export { isRecorded } from "./publish/log.js";
export { readLive } from "./publish/read.js";
export { rollback, type RolledBack } from "./publish/rollback.js";
export type { Published, PublishedTable, PublishEvent, PublishOptions, PublishTable } from "./publish/set.js";

/** Two pipelines that share a database end at about the same time every night: neither fails for that. */
const TURN_SECONDS = 120;
const DAY_MS = 86_400_000;

/** One publication under way. */
interface Work extends NewGeneration {
  /** What is live, when it is not what it says: nothing to go back to. */
  readonly spoiled: string | undefined;
  readonly session: Session;
  readonly options: PublishOptions;
  readonly connections: Connections;
  readonly facts: Preflight;
  readonly enter: (step: PublishStep) => void;
  readonly progress: Progress;
}

/**
 * Publishes the tables as one generation, and goes on from the last whole segment when the connection breaks. Every
 * failure that can be expected is a problem, and after each the live tables are as they were; staging tables are dropped,
 * or stay for the next try and are listed by leftovers().
 */
export async function publish(options: PublishOptions): Promise<Result<Published>> {
  const unfit = settle(await segmentProblems(options.tables, options.files), () => undefined);
  if (!unfit.ok) return unfit;
  const connections: Connections = { ids: new Set() };
  return inRounds(options, async (round) => {
    const { connect, run, signal, now, turnSeconds: seconds = TURN_SECONDS } = round;
    const onWait = (owner: string): void => round.events?.({ event: "publish-queues", owner });
    const done = await withControl({ connect, run, access: { now, seconds, onWait }, connections, ...(signal && { signal }) }, (session, progress) => prepare({ session, progress, options: round, connections }));
    return done.ok ? done.value : done;
  });
}

async function prepare(begun: Pick<Work, "session" | "progress" | "options" | "connections">): Promise<Result<Published>> {
  const { session, progress, options } = begun;
  const enter = (step: PublishStep): void => {
    if (options.signal?.aborted === true) throw new Stopped();
    progress.step = step;
    options.events?.({ event: "publish-step", step });
  };
  enter("preflight");
  const facts = await preflight(session, options, await takeInventory(session));
  if (!facts.ok) return facts;
  const { name, because } = facts.value.path;
  if (because !== undefined) options.events?.({ event: "publish-path", path: name, because });
  const readers = facts.value.readers?.map(blockerText) ?? [];
  if (readers.length > 0) options.events?.({ event: "publish-readers", readers });
  await migrate(session, options.now());
  const inventory = await recover(session, options.now(), options.events);
  const generation = generationOf(options, inventory);
  const { live, spoiled } = await alreadyLive(session, options, { inventory, tables: generation.tables, connections: begun.connections, enter: () => enter("compare") });
  if (live !== undefined) return ok({ outcome: "already-live", ...live, changes: [], swapMilliseconds: 0, dropped: [], server: facts.value.server });
  return ok(await carryOut({ ...begun, ...generation, spoiled, facts: facts.value, enter }, inventory));
}

async function carryOut(work: Work, inventory: Inventory): Promise<Published> {
  const { session, options, publication, tables, facts, enter, progress } = work;
  const { set, run, version, now } = options;
  const id = await openEntry(session, { set, action: "publish", publication, run, version, tables }, now());
  try {
    await stage(work, inventory);
    enter("swap");
    await markSwapping(session, id, options.connect.database);
    const swapMilliseconds = await swap(session, { moves: movesOf(work, inventory), confirmTurn: progress.confirmTurn }, options);
    const dropped = await afterSwap(work, id, swapMilliseconds);
    return { outcome: "published", publication, tables, changes: facts.contract.changes, swapMilliseconds, dropped, server: facts.server };
  } catch (error) {
    // What is live is not given up: recovery finishes its record.
    if (!(error instanceof AfterSwap)) await giveUp(work, id, error);
    throw error;
  }
}

/** From here on readers have the new tables: nothing that fails may say otherwise, and nothing is cancelled. */
async function afterSwap(work: Work, id: string, milliseconds: number): Promise<readonly string[]> {
  const { session, options, publication, progress } = work;
  progress.step = "the record of the swap";
  const after = await recordSwap(session, id, options);
  options.events?.({ event: "publish-swapped", publication, milliseconds });
  return tidy(work, after);
}

/** New tables beside the live ones, loaded, indexed and verified. */
async function stage(work: Work, inventory: Inventory): Promise<void> {
  const { session, options, publication, tables, facts, connections, enter } = work;
  enter("create");
  await makeStaging(session, { tables: options.tables, tags: tables, inventory });
  const missing = await missingSegments(session, options.tables.flatMap((table) => segmentsOf(table, options.files)), publication);
  const size = crewSize(options, Math.max(missing.length, options.tables.length));
  await withCrew(session, { ...options, size, connections }, async (crew) => {
    enter("load");
    await loadSegments(crew, options, { publication, missing, path: facts.path });
    enter("index");
    await buildIndexes(crew, options.tables, publication);
    enter("verify");
    await verify(crew, options, publication);
  });
}

const placed = (inventory: Inventory, place: OwnedTable["place"]): readonly OwnedTable[] => inventory.owned.filter((each) => each.place === place);

/** Everything live of the set goes aside, then the staged tables take the names. */
function movesOf({ options, publication }: Work, inventory: Inventory): readonly Move[] {
  const live = placed(inventory, "live").filter((each) => each.tag.set === options.set);
  return [
    ...live.map((each) => ({ from: each.name, to: formerOf(each.name, each.tag.publication) })),
    ...options.tables.map((table) => ({ from: stagingOf(table.name, publication), to: table.name })),
  ];
}

/** Drops what was spoiled, and generations beyond those to keep, by number and by age. One that is still read stays until the next publication. */
async function tidy({ session, options, spoiled }: Work, after: Inventory): Promise<readonly string[]> {
  // Not entered like the other steps: what is live cannot be cancelled any more.
  options.events?.({ event: "publish-step", step: "tidy" });
  const former = generationsOf(after, "former").filter((each) => each.set === options.set);
  const sound = former.filter((each) => each.publication !== spoiled);
  const { keepDays = 0 } = options;
  const young = new Date(options.now().getTime() - keepDays * DAY_MS).toISOString();
  // Without an age to keep, no clock has a say: another computer's may have been ahead.
  const beyond = sound.slice(options.keepGenerations ?? 2).filter((each) => keepDays === 0 || each.at < young);
  const old = [...former.filter((each) => !sound.includes(each)), ...beyond].flatMap((each) => each.tables);
  await forgetSegments(session, after).catch(() => undefined);
  const { dropped, kept } = await dropTables(session, old).catch((error: unknown) => keptAll(old, error));
  for (const each of kept) options.events?.({ event: "publish-kept", ...each });
  return dropped;
}

/** A server that went away after all was done spoils nothing: the next publication drops them. */
function keptAll(tables: readonly OwnedTable[], error: unknown): Awaited<ReturnType<typeof dropTables>> {
  const why = error instanceof Error ? error.message : String(error);
  return { dropped: [], kept: tables.map((each) => ({ table: each.name, why })) };
}

/**
 * Best effort: when the server is gone nothing can be tidied, and the next publication or clean() does it. Staging
 * tables stay, and are listed, for a look when their content was wrong, and to go on with when only the way was barred.
 */
async function giveUp({ session, publication, options, progress }: Work, id: string, error: unknown): Promise<void> {
  const { connect: settings, run } = options;
  const problem = problemOf(error, { settings, step: progress.step, run })?.code ?? String(error);
  try {
    const inventory = await takeInventory(session);
    const staging = placed(inventory, "staging").filter((each) => each.tag.publication === publication && each.tag.set === options.set);
    // No staging left under our name means that the RENAME went through: recovery finishes the record.
    if (staging.length === 0 && placed(inventory, "live").some((each) => each.tag.publication === publication)) return;
    if (!STAYS.has(problem)) await dropTables(session, staging);
    await closeEntry(session, id, { state: "failed", now: options.now(), detail: problem });
  } catch {
    // The cause is told by the caller; this was only tidying.
  }
}

/** After the last, the next publisher may be at work on the same staging tables. */
const STAYS = new Set(["publish-mismatch", "publish-locked", "publish-interrupted", "publish-in-progress"]);
