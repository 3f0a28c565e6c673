// The semantic model of a profile with all it takes to refresh it: token, calls, record, and the tables that are live.

import type { EventSink } from "../events.js";
import { nearest } from "../nearest.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { PowerBiProfile, Profile } from "../profile.js";
import type { Database } from "../publish/database.js";
import { cancelRefresh, type Cancelled, type ModelOptions } from "../refresh/cancel.js";
import type { Patience } from "../refresh/patience.js";
import { refreshRecords } from "../refresh/record.js";
import { refresh, type Refreshed, type RefreshOptions } from "../refresh/refresh.js";
import type { LiveTable } from "../refresh/request.js";
import { powerBi } from "../refresh/service.js";
import { askDetachOrCancel } from "./ask.js";
import type { Context } from "./context.js";
import type { Lake } from "./lake.js";
import { modelTables } from "./model-tables.js";
import { callsBelow, clockOf, modelUrl, principalTokens, type Principal } from "./power-bi-calls.js";
import { VERSION } from "./project.js";
import { secretOf } from "./secret.js";
import { servingDatabase } from "./serving.js";

export interface ModelPlace {
  readonly profile: Profile;
  /** Name of the profile. */
  readonly named: string;
  /** Tables that are published together: the pipeline's name. */
  readonly set: string;
  readonly lake: Lake;
  readonly listen: EventSink;
}

export interface Wanted {
  /** Also what the model shows already. */
  readonly force: boolean;
  /** Names in MySQL or in the model; all tables without any. */
  readonly tables: readonly string[];
}

export interface Model {
  refresh(wanted: Wanted): Promise<Result<Refreshed>>;
  cancel(): Promise<Result<Cancelled | undefined>>;
}

/** What the profile lacks is told here, before anything is done. */
export async function modelOf(place: ModelPlace, context: Context): Promise<Result<Model>> {
  const { profile, named } = place;
  const { powerbi, region } = profile;
  if (powerbi === undefined) return fail({ code: "config-missing", what: "semantic model of Power BI", looked: [`\`powerbi\` of profile ${named} in carelake.yaml`], help: "name workspace, model and service principal there (docs/power-bi.md)" });
  const secret = await secretOf(powerbi.secret, { what: "secret of the service principal", region, context });
  if (!secret.ok) return secret;
  const connect = await servingDatabase({ profile, named, purpose: "whose tables the model shows" }, context);
  if (!connect.ok) return connect;
  const options = modelOptions(place, { powerbi, secret: secret.value, context });
  return ok({
    refresh: async ({ force, tables }) => {
      if (tables.length > 0 && powerbi.enhanced === false) return fail({ code: "usage", message: "--table needs enhanced refreshes, and powerbi.enhanced of the profile says that the capacity has none" });
      const live = (): Promise<Result<readonly LiveTable[]>> => liveTables(place, { connect: connect.value, named: powerbi.tables, wanted: tables, now: context.now });
      return refresh({ ...options, ...requestOptions(powerbi, context), live, force });
    },
    cancel: () => cancelRefresh(options),
  });
}

interface Access extends Principal {
  readonly context: Context;
}

function modelOptions({ set, lake, listen }: ModelPlace, { context, ...principal }: Access): ModelOptions {
  const { powerbi } = principal;
  const { model } = powerbi;
  const { now, signal } = context;
  const clock = clockOf(context);
  const notice: Patience["notice"] = (wait) => listen({ kind: "refresh", event: { event: "refresh-waits", ...wait } });
  return {
    model,
    service: (until) => {
      const patience: Patience = { clock, signal: until, notice };
      return powerBi(callsBelow(modelUrl(powerbi), principalTokens(principal, patience), patience), now);
    },
    records: refreshRecords(lake.store, { set, model }),
    pollSeconds: powerbi.poll_seconds,
    clock,
    signal,
    listen: (event) => listen({ kind: "refresh", event }),
  };
}

function requestOptions(powerbi: PowerBiProfile, context: Context): Omit<RefreshOptions, keyof ModelOptions | "live" | "force"> {
  const { max_parallelism: maxParallelism, retry_count: retryCount, timeout_minutes: timeoutMinutes, enhanced, check } = powerbi;
  const { owner, isAlive } = context;
  return { settings: { maxParallelism, retryCount, timeoutMinutes }, enhanced, check, owner, isAlive, version: VERSION, onStop: () => askDetachOrCancel(context, "refresh") };
}

/** A minute and a half, three seconds each: between a swap and its record are moments. */
const RECORD_TRIES = 30;

interface LiveSource {
  readonly connect: Database;
  readonly named: PowerBiProfile["tables"];
  readonly wanted: readonly string[];
  readonly now: () => Date;
}

/**
 * What is live of the set, as tables of the model. On record as well: Power BI loads a year again only when
 * carelake_tables says that it was published anew, and would keep the former rows of a swap that is not written there.
 */
async function liveTables({ set, listen }: ModelPlace, source: LiveSource): Promise<Result<readonly LiveTable[]>> {
  const { connect, named, wanted, now } = source;
  const { finishRecords, isRecorded, readLive } = await import("../publish.js");
  const look = () => readLive({ connect, set }, async ([session], live) => ({ isOnRecord: await isRecorded(session, set, live.tables), tables: await modelTables(live, named) }));
  let read = await look();
  // A publisher of another set writes the record when it begins, and keeps the turn for long after: looked at between tries.
  for (let attempt = 1; read.ok && read.value?.isOnRecord === false; attempt++) {
    const finished = await finishRecords({ connect, now, events: (event) => listen({ kind: "publish", event }) });
    if (!finished.ok && (finished.problems[0].code !== "publish-in-progress" || attempt === RECORD_TRIES)) return finished;
    read = await look();
    if (finished.ok) break;
  }
  if (!read.ok) return read;
  if (read.value === undefined) return fail({ code: "nothing-published", what: `nothing of ${set} is published in this database` });
  const { tables } = read.value;
  const known = [...new Set(tables.flatMap(({ table, model }) => [table, model]))];
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown === undefined) return ok(wanted.length === 0 ? tables : tables.filter(({ table, model }) => wanted.includes(table) || wanted.includes(model)));
  const near = nearest(unknown, known);
  return fail({ code: "usage", message: `no table of the model is named ${unknown}, or loaded from one of that name`, suggestion: near === undefined ? `there are ${known.join(", ")}` : `did you mean \`${near}\`?`, at: { file: "--table", text: unknown } });
}
