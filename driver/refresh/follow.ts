// Looking after refreshes that the service has taken: finding ours, waiting for others', following one to its end.
// Nothing here asks for a refresh, and nothing counts as failed because somebody stopped looking.

import type { RefreshEvent } from "./events.js";
import type { Clock } from "./http.js";
import { Stopped } from "./patience.js";
import type { Asked, Ended, RefreshRecords } from "./record.js";
import type { Looked, PastRefresh, PowerBi } from "./service.js";

export interface Watch {
  readonly service: PowerBi;
  readonly records: RefreshRecords;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly listen: (event: RefreshEvent) => void;
  /** Most seconds between two looks. */
  readonly pollSeconds: number;
}

export interface Found {
  readonly id: string;
  readonly enhanced: boolean;
}

export type End = Pick<Ended, "outcome" | "words">;

const FIRST_SECONDS = 2;
/** Looks at a history that may be behind: about half a minute. */
const LOOKS = 6;
/** Entries of a history that are read. Those of a day and more. */
const HISTORY = 60;

/** A growing pause with jitter, or what the service asks for. Throws Stopped. */
async function pauseBefore(look: number, { clock, signal, pollSeconds }: Watch, asked?: number): Promise<void> {
  const seconds = Math.min(pollSeconds, FIRST_SECONDS * 1.5 ** look) * (0.75 + clock.random() / 2);
  await clock.pause(Math.max(asked ?? 0, seconds * 1000), signal);
  if (signal.aborted) throw new Stopped();
}

/** Looks until it is over. */
export async function followToEnd(found: Found, watch: Watch): Promise<End> {
  const began = watch.clock.now().getTime();
  for (let look = 0, absent = 0; ; look++) {
    const seen = await lookAt(found, watch.service);
    if (seen !== undefined && seen.state !== "running") return { outcome: seen.state, words: [...seen.words] };
    absent = seen === undefined ? absent + 1 : 0;
    if (absent > LOOKS) return { outcome: "lost", words: [] };
    watch.listen({ event: "refresh-running", seconds: (watch.clock.now().getTime() - began) / 1000 });
    await pauseBefore(look, watch, seen?.wait);
  }
}

/** A plain refresh has no details: its entry in the history is all there is. */
export async function lookAt({ id, enhanced }: Found, service: PowerBi): Promise<Looked | undefined> {
  if (enhanced) return service.look(id);
  const entry = (await service.history(HISTORY)).find((each) => each.id === id);
  return entry === undefined ? undefined : { ...entry, tables: [] };
}

/** Returns the history when nothing of the model is being refreshed any more. */
export async function untilFree(watch: Watch): Promise<readonly PastRefresh[]> {
  for (let look = 0; ; look++) {
    const history = await watch.service.history(HISTORY);
    const other = history.find(({ state }) => state === "running");
    if (other === undefined) return history;
    if (look === 0) watch.listen({ event: "refresh-queues", id: other.id });
    await pauseBefore(look, watch);
  }
}

/**
 * The refresh that a request of the record brought about, written down when it is found; undefined when the service took
 * none. It is the one that was not there before, of the same kind and of the same tables.
 */
export async function identify({ number, asked }: { readonly number: number; readonly asked: Asked }, watch: Watch): Promise<string | undefined> {
  const { records, service, clock } = watch;
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) await pauseBefore(look, watch);
    // Whoever asked may have got his answer meanwhile.
    const last = await records.last();
    if (last?.number === number && last.id !== undefined) return last.id;
    for (const { id } of (await service.history(HISTORY)).filter((each) => each.isEnhanced === asked.enhanced && !asked.before.includes(each.id))) {
      if (asked.enhanced && !isOf(asked.tables, await service.look(id))) continue;
      await records.start(number, { at: clock.now().toISOString(), id });
      return id;
    }
  }
  return undefined;
}

/** The service names the tables of a request, as long as it has a name for them. */
function isOf(tables: readonly string[], looked: Looked | undefined): boolean {
  const named = looked?.tables ?? [];
  return named.length === 0 || (named.length === tables.length && tables.every((table) => named.includes(table)));
}
