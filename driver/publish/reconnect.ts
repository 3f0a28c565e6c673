// A publication in rounds: after a broken connection another round goes on with what stands whole. And the connections
// of the round before, which the server may not know to be dead: they hold locks, so they are ended first.

import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../session.js";
import type { Problem, Result } from "../problems.js";
import { READ_ONLY } from "./flavour.js";
import { cell } from "./inventory.js";
import type { PublishOptions } from "./set.js";

const RECONNECT_SECONDS = 60;
const PAUSES_MS = [100, 500, 1000, 2000, 4000];

/** `work` is called with the events of its round; it must find by itself what an earlier one left. */
export async function inRounds<T>(options: PublishOptions, work: (round: PublishOptions) => Promise<Result<T>>): Promise<Result<T>> {
  const { now, events, signal, reconnectSeconds = RECONNECT_SECONDS } = options;
  let broken: Result<T> | undefined;
  let until = 0;
  let pauses = 0;
  for (;;) {
    let segments = 0;
    const listen: PublishOptions["events"] = (event) => {
      if (event.event === "publish-loaded") segments++;
      events?.(event);
    };
    const done = await work({ ...options, events: listen });
    if (done.ok || signal?.aborted === true || !isBroken(done.problems[0], broken !== undefined)) return done;
    if (broken === undefined || segments > 0) {
      broken = done;
      until = now().getTime() + reconnectSeconds * 1000;
      pauses = 0;
    }
    if (now().getTime() >= until) return broken;
    events?.({ event: "publish-reconnects", problem: done.problems[0] });
    await sleep(PAUSES_MS[Math.min(pauses++, PAUSES_MS.length - 1)] ?? 1000);
  }
}

/** A server that was never fit is told at once; one that went away may come back, or another one become the writer. */
function isBroken(problem: Problem, again: boolean): boolean {
  if (problem.code === "publish-interrupted") return true;
  return again && (problem.code === "mysql-unreachable" || (problem.code === "mysql-settings" && problem.failures.every(({ setting }) => READ_ONLY.includes(setting))));
}

/** Connections of this publication by the server they were made to. */
export interface Connections {
  server?: ServerInstance;
  readonly ids: Set<number>;
}

interface ServerInstance {
  readonly uuid: string;
  /** Seconds since 1970, by its own clock. */
  readonly started: number;
}

/** On the same server, not started anew since: elsewhere these numbers are somebody else's. */
export async function endFormer(session: Session, connections: Connections): Promise<void> {
  // Without it: MariaDB, of which preflight says so with the rest of what is missing.
  const server = await instanceOf(session).catch(() => undefined);
  const { server: former, ids } = connections;
  if (former !== undefined && server !== undefined && former.uuid === server.uuid && Math.abs(former.started - server.started) <= CLOCK_SECONDS) {
    for (const id of ids) await session.run("kill ?", [id]).catch(() => undefined);
  }
  ids.clear();
  if (session.id !== undefined) ids.add(session.id);
  if (server !== undefined) connections.server = server;
}

/** Both numbers are whole seconds and not taken at one moment. */
const CLOCK_SECONDS = 2;

async function instanceOf(session: Session): Promise<ServerInstance> {
  const [named] = await session.query("select @@server_uuid as uuid, unix_timestamp() as now");
  const [uptime] = await session.query("show global status like 'Uptime'");
  return { uuid: cell(named, "uuid"), started: Number(cell(named, "now")) - Number(cell(uptime, "Value")) };
}
