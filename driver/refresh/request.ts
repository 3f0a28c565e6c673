// What is asked of Power BI: which tables are due, and the body of the request. Pure.

/** A table of the model, and the generation that is live of the published table that it is loaded from. */
export interface LiveTable {
  /** Name of the published table in MySQL. Several tables of the model may be loaded from it. */
  readonly table: string;
  /** Name in the model. */
  readonly model: string;
  /** Rows that it has in the model when it shows the generation; undefined where that is not known. */
  readonly rows: number | undefined;
  readonly generation: Generation;
}

export interface Generation {
  readonly publication: string;
  /** When its loading began: a publication's name alone may come twice. */
  readonly at: string;
}

/** Tables by their name in the model → the generation that they show. */
export type Shown = Readonly<Record<string, Generation>>;

export const dueTables = (tables: readonly LiveTable[], shown: Shown): readonly LiveTable[] =>
  tables.filter(({ model, generation }) => shown[model]?.publication !== generation.publication || shown[model].at !== generation.at);

export const afterRefresh = (tables: readonly LiveTable[], shown: Shown): Shown => ({ ...shown, ...Object.fromEntries(tables.map(({ model, generation }) => [model, generation])) });

export interface RefreshSettings {
  /** Commands to the source at once. */
  readonly maxParallelism: number;
  /** Tries of the service itself after the first. */
  readonly retryCount: number;
  /** Of one try. */
  readonly timeoutMinutes: number;
}

export type RefreshBody = EnhancedBody | PlainBody;

export interface EnhancedBody {
  readonly type: "Full";
  readonly commitMode: "Transactional";
  readonly objects: readonly { readonly table: string }[];
  readonly maxParallelism: number;
  readonly retryCount: number;
  /** hh:mm:ss */
  readonly timeout: string;
}

/** All that a shared capacity takes, and it has no mail for a service principal. */
export interface PlainBody {
  readonly notifyOption: "NoNotification";
}

export const PLAIN_BODY: PlainBody = { notifyOption: "NoNotification" };

/** Transactional: readers of the model see all tables of one generation, or those of the one before. */
export function enhancedBody(tables: readonly Pick<LiveTable, "model">[], { maxParallelism, retryCount, timeoutMinutes }: RefreshSettings): EnhancedBody {
  const two = (value: number): string => String(value).padStart(2, "0");
  const timeout = `${two(Math.floor(timeoutMinutes / 60))}:${two(timeoutMinutes % 60)}:00`;
  return { type: "Full", commitMode: "Transactional", objects: tables.map(({ model }) => ({ table: model })), maxParallelism, retryCount, timeout };
}
