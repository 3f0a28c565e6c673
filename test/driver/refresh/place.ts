// A refresh as the command makes it, against the stand-in over HTTP, with a clock that only its pauses move.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { send } from "../../../driver/cli/http.js";
import { folderStore } from "../../../driver/local/folder-store.js";
import type { Owner } from "../../../driver/lock.js";
import { ok } from "../../../driver/problems.js";
import { callsTo } from "../../../driver/refresh/calls.js";
import type { ModelOptions } from "../../../driver/refresh/cancel.js";
import type { RefreshEvent } from "../../../driver/refresh/events.js";
import { refreshRecords, type RefreshRecords } from "../../../driver/refresh/record.js";
import { refresh, type RefreshOptions } from "../../../driver/refresh/refresh.js";
import type { LiveTable } from "../../../driver/refresh/request.js";
import { powerBi } from "../../../driver/refresh/service.js";
import { tokensOf } from "../../../driver/refresh/token.js";
import { AUDIENCE, MODEL, PRINCIPAL, startPowerBi, WORKSPACE, type PowerBiServer } from "../../servers/power-bi/server.js";

export interface Place {
  readonly server: PowerBiServer;
  readonly records: RefreshRecords;
  readonly events: RefreshEvent[];
  /** Milliseconds of every pause. */
  readonly pauses: number[];
  /** Called at every pause: what happens meanwhile. */
  meanwhile: (pause: number) => void;
  /** The tables of a publication become live, with rows of each. */
  publish(publication: string, rows: Readonly<Record<string, number>>): void;
  /** Another table of the model that is loaded from a published one, with rows of its own. */
  alsoFrom(table: string, model: string): void;
  readonly model: ModelOptions;
  refresh(over?: Partial<RefreshOptions>): ReturnType<typeof refresh>;
  end(): Promise<void>;
}

const OWNER: Owner = { host: "here", pid: 1, user: "somebody" };

export async function makePlace(): Promise<Place> {
  const server = await startPowerBi();
  const folder = mkdtempSync(join(tmpdir(), "carelake-refresh-"));
  const records = refreshRecords(folderStore(folder, () => "1"), { set: "pair", model: MODEL });
  const events: RefreshEvent[] = [];
  const pauses: number[] = [];
  let time = Date.parse("2026-01-02T03:04:05Z");
  let live: readonly LiveTable[] = [];
  const clock = {
    now: () => new Date(time),
    random: () => 0.5,
    pause: async (milliseconds: number) => {
      time += milliseconds;
      pauses.push(milliseconds);
      place.meanwhile(pauses.length);
    },
  };
  const listen = (event: RefreshEvent): void => void events.push(event);
  const service: ModelOptions["service"] = (signal) => {
    const patience = { clock, signal, notice: (wait: { operation: string; because: string; milliseconds: number }) => listen({ event: "refresh-waits", ...wait }) };
    const tokens = tokensOf({ login: server.url, audience: AUDIENCE, ...PRINCIPAL }, send, patience);
    return powerBi(callsTo({ url: `${server.url}/v1.0/myorg/groups/${WORKSPACE}/datasets/${MODEL}`, tokens, send, patience }), clock.now);
  };
  const model: ModelOptions = { model: MODEL, service, records, pollSeconds: 30, clock, signal: new AbortController().signal, listen };
  const place: Place = {
    server, records, events, pauses, model,
    meanwhile: () => undefined,
    publish: (publication, rows) => {
      Object.assign(server.model.source, rows);
      live = Object.entries(rows).map(([table, count]) => ({ table, model: table, rows: count, generation: { publication, at: `loaded ${publication}` } }));
    },
    alsoFrom: (table, model) => {
      server.model.source[model] = 1;
      live = live.flatMap((each) => (each.table === table ? [each, { ...each, model, rows: undefined }] : [each]));
    },
    refresh: (over = {}) =>
      refresh({
        ...model,
        live: async () => ok(live),
        settings: { maxParallelism: 4, retryCount: 1, timeoutMinutes: 90 },
        enhanced: undefined, force: false, check: true, owner: OWNER, isAlive: () => false, version: "0.0.1",
        onStop: async () => "detach",
        ...over,
      }),
    end: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return place;
}
