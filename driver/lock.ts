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
  /** When the process began, in words of its computer: the number alone may be another's by now. Absent in old locks. */
  started: z.string().optional(),
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
  /** Between two signs of life. Default 20 000. */
  readonly beatMilliseconds?: number;
}

export interface Lock {
  /** Runs whose owners died with the lock in their hands, so that what they had started can be looked for. */
  readonly dead: readonly string[];
  release(): Promise<void>;
  /** Says that the owner still works. The lock does so by itself, whatever its owner is busy with. */
  beat(): Promise<void>;
}

/** An owner on another host that has not said anything for so long is taken for dead. */
export const STALE_SECONDS = 90;
const BEAT_MILLISECONDS = 20_000;

export async function acquireLock(request: LockRequest): Promise<Result<Lock>> {
  const { store, pipeline, run, now } = request;
  const held = await heldLock(request);
  if (held.by !== undefined) return fail({ code: "run-in-progress", pipeline, run: held.by.run, owner: ownerText(held.by.owner), since: held.by.since });
  const dead = await deadRuns(request, held.number);
  const key = keyOf(pipeline, held.number + 1);
  const text = JSON.stringify({ owner: request.owner, run, since: now().toISOString() });
  if (!(await store.create(`${key}.json`, text))) return acquireLock(request);
  const sign = (): Promise<void> => store.write(`${key}.beat`, JSON.stringify({ at: now().toISOString() }));
  // Not tied to any step of the work: a swap that waits for readers is as alive as a stage that is followed.
  const beating = setInterval(() => void sign().catch(() => undefined), request.beatMilliseconds ?? BEAT_MILLISECONDS).unref();
  return ok({
    dead,
    release: async () => {
      clearInterval(beating);
      await store.create(`${key}.released`, now().toISOString());
    },
    beat: sign,
  });
}

/** Runs of earlier locks that nobody released. */
async function deadRuns({ store, pipeline }: LockRequest, upTo: number): Promise<readonly string[]> {
  const keys = new Set(await store.list(`locks/${pipeline}`));
  const left = Array.from({ length: upTo }, (_, index) => keyOf(pipeline, index + 1)).filter((key) => keys.has(`${key}.json`) && !keys.has(`${key}.released`));
  const texts = await Promise.all(left.map((key) => store.read(`${key}.json`)));
  return texts.flatMap((text) => (text === undefined ? [] : [lockFile.parse(JSON.parse(text)).run]));
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
