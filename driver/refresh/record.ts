// The record of refreshes, in the ledger beside the runs: asked (before the request goes out), started, ended. Each is
// an object that is made once, so of two drivers one asks and the other finds out.

import { z } from "zod";
import { owner } from "../lock.js";
import type { Store } from "../store.js";
import type { Shown } from "./request.js";

const generation = z.object({ publication: z.string(), at: z.string() });
const generations = z.record(z.string(), generation);

const asked = z.object({
  at: z.string(),
  owner,
  carelake: z.string(),
  /** False: a plain refresh of the whole model. */
  enhanced: z.boolean(),
  /** Names of the model's tables. */
  tables: z.array(z.string()),
  /** What the model has of each table before it, and once it is refreshed. */
  shown: generations,
  brings: generations,
  /** Refreshes that the service knew before: one that is not among them came later. */
  before: z.array(z.string()),
});
export type Asked = z.infer<typeof asked>;

const started = z.object({ at: z.string(), id: z.string() });
type Started = z.infer<typeof started>;
/** `not-started`: it was asked for and the service did not take it. `lost`: the service knows it no more. */
const ended = z.object({ at: z.string(), outcome: z.enum(["completed", "failed", "cancelled", "timed-out", "disabled", "not-started", "lost"]), words: z.array(z.string()) });
export type Ended = z.infer<typeof ended>;

export interface RefreshRecord {
  readonly number: number;
  readonly asked: Asked;
  readonly id: string | undefined;
  readonly ended: Ended | undefined;
}

/** What the model has of each table after the last refresh that is over. */
export function shownBy(last: RefreshRecord | undefined): Shown {
  if (last === undefined) return {};
  return last.ended?.outcome === "completed" ? last.asked.brings : last.asked.shown;
}

export interface RefreshRecords {
  last(): Promise<RefreshRecord | undefined>;
  /** False when somebody else made this number. */
  ask(number: number, request: Asked): Promise<boolean>;
  start(number: number, start: Started): Promise<void>;
  end(number: number, end: Ended): Promise<void>;
}

/** `model`: id of the semantic model; `set`: tables that are published together. */
export function refreshRecords(store: Store, { set, model }: { readonly set: string; readonly model: string }): RefreshRecords {
  const folder = `refreshes/${set}/${model}`;
  const keyOf = (number: number, what: string): string => `${folder}/${String(number).padStart(6, "0")}-${what}.json`;
  const read = async <T>(key: string, shape: z.ZodType<T>): Promise<T | undefined> => {
    const text = await store.read(key);
    return text === undefined ? undefined : shape.parse(JSON.parse(text));
  };
  const create = (key: string, value: unknown): Promise<boolean> => store.create(key, JSON.stringify(value));
  return {
    last: async () => {
      const number = Math.max(0, ...(await store.list(folder)).map((key) => Number(/(\d+)-asked\.json$/.exec(key)?.[1] ?? 0)));
      const [request, start, end] = await Promise.all([read(keyOf(number, "asked"), asked), read(keyOf(number, "started"), started), read(keyOf(number, "ended"), ended)]);
      return request === undefined ? undefined : { number, asked: request, id: start?.id, ended: end };
    },
    ask: (number, request) => create(keyOf(number, "asked"), request),
    start: async (number, start) => void (await create(keyOf(number, "started"), start)),
    end: async (number, end) => void (await create(keyOf(number, "ended"), end)),
  };
}
