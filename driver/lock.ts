// One driver at a time works on a pipeline of a lake. Each owner makes the next numbered lock, which only one can;
// nobody ever deletes another's, so two that find a dead owner cannot both take over.

import { z } from "zod";
import type { Result } from "./problems.js";
import { fail, ok } from "./problems.js";
import type { Store } from "./store.js";

export const owner = z.object({
  host: z.string(),
  pid: z.number(),
  user: z.string(),
});
export type Owner = z.infer<typeof owner>;

const lockFile = z.object({ owner, run: z.string(), since: z.string() });
const beat = z.object({ at: z.string() });

export interface LockRequest {
  readonly store: Store;
  readonly pipeline: string;
  readonly run: string;
  readonly owner: Owner;
  readonly now: () => Date;
  /** False when the owner's process is known to be gone; undefined when it runs on another host. */
  readonly isAlive: (owner: Owner) => boolean | undefined;
}

export interface Lock {
  release(): Promise<void>;
  /** Says that the owner still works. Call more often than every STALE_SECONDS. */
  beat(): Promise<void>;
}

/** An owner on another host that has not said anything for so long is taken for dead. */
export const STALE_SECONDS = 90;

export async function acquireLock(request: LockRequest): Promise<Result<Lock>> {
  const { store, pipeline, run, now } = request;
  const held = await heldLock(request);
  if (held.by !== undefined) return fail({ code: "run-in-progress", pipeline, run: held.by.run, owner: ownerText(held.by.owner), since: held.by.since });
  const key = keyOf(pipeline, held.number + 1);
  const text = JSON.stringify({ owner: request.owner, run, since: now().toISOString() });
  if (!(await store.create(`${key}.json`, text))) return acquireLock(request);
  return ok({
    release: async () => void (await store.create(`${key}.released`, now().toISOString())),
    beat: () => store.write(`${key}.beat`, JSON.stringify({ at: now().toISOString() })),
  });
}

interface Held {
  readonly number: number;
  readonly by: z.infer<typeof lockFile> | undefined;
}

/** Who holds the pipeline now, if anybody does. */
export async function heldLock(request: Pick<LockRequest, "store" | "pipeline" | "now" | "isAlive">): Promise<Held> {
  const { store, pipeline, now, isAlive } = request;
  const keys = await store.list(`locks/${pipeline}`);
  const last = keys.filter((key) => key.endsWith(".json")).at(-1);
  const number = last === undefined ? 0 : Number(/(\d+)\.json$/.exec(last)?.[1]);
  if (last === undefined || keys.includes(`${keyOf(pipeline, number)}.released`)) return { number, by: undefined };
  const text = await store.read(last);
  if (text === undefined) return { number, by: undefined };
  const by = lockFile.parse(JSON.parse(text));
  const alive = isAlive(by.owner);
  if (alive !== undefined) return { number, by: alive ? by : undefined };
  const beatText = await store.read(`${keyOf(pipeline, number)}.beat`);
  const heard = beatText === undefined ? by.since : beat.parse(JSON.parse(beatText)).at;
  const silent = (now().getTime() - new Date(heard).getTime()) / 1000;
  return { number, by: silent < STALE_SECONDS ? by : undefined };
}

const keyOf = (pipeline: string, number: number): string => `locks/${pipeline}/${String(number).padStart(6, "0")}`;
export const ownerText = (who: Owner): string => `${who.user}@${who.host}, process ${who.pid}`;
