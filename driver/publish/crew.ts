// The connections that load at once. In: settings and a list of tasks; out: all done, or the first failure, with every
// other connection ended on the server as well. They work in the turn of the control connection, and end with it.
// Never here: what a task does.

import type { Session } from "../session.js";
import { sessionWith } from "./database.js";
import { Stopped } from "./faults.js";
import { endFormer, type Connections } from "./reconnect.js";
import type { PublishOptions } from "./set.js";

export interface Crew {
  /** Each task once, by whichever connection is free, in order of the list. */
  each<T>(tasks: readonly T[], work: (session: Session, task: T) => Promise<void>): Promise<void>;
}

export type CrewOptions = Pick<PublishOptions, "connect" | "signal"> & {
  readonly size: number;
  /** The crew's are added to it. */
  readonly connections: Connections;
  /** How long the server may take to end what the crew left running. Default 10. */
  readonly killSeconds?: number;
};

const KILL_SECONDS = 10;
/** One connection is bound by one core of the server; more than a few gain nothing. */
const PARALLEL = 4;

export const crewSize = ({ parallel = PARALLEL }: Pick<PublishOptions, "parallel">, tasks: number): number => Math.max(1, Math.min(parallel, tasks));

/** `control` ends what the crew left running: a cut connection alone would go on building an index. */
export async function withCrew<T>(control: Session, options: CrewOptions, work: (crew: Crew) => Promise<T>): Promise<T> {
  const sessions: Session[] = [];
  const cut = (reason: Error): void => sessions.forEach((session) => session.cut(reason));
  const stop = (): void => cut(new Stopped());
  // Its turn went with it: the next publisher may be at work on the same staging tables.
  const lost = (): void => cut(whyOver(control));
  options.signal?.addEventListener("abort", stop);
  control.over.addEventListener("abort", lost);
  try {
    for (let count = 0; count < options.size; count++) {
      const session = await sessionWith(options.connect);
      sessions.push(session);
      if (session.id !== undefined) options.connections.ids.add(session.id);
    }
    if (options.signal?.aborted === true) throw new Stopped();
    if (control.over.aborted) throw whyOver(control);
    const done = await work({ each: (tasks, task) => share(sessions, tasks, task) });
    await Promise.all(sessions.map((session) => session.close()));
    return done;
  } catch (error) {
    stop();
    await endOnServer(control, sessions, options);
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    control.over.removeEventListener("abort", lost);
  }
}

function whyOver({ over }: Session): Error {
  const reason: unknown = over.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** A line that stalled for the load may stall here too: then the control connection is cut, and the server's time-outs end the rest. */
async function endOnServer(control: Session, sessions: readonly Session[], { connect, connections, killSeconds = KILL_SECONDS }: CrewOptions): Promise<void> {
  const ids = sessions.flatMap(({ id }) => (id === undefined ? [] : [id]));
  if (ids.length === 0) return;
  const isOver = control.over.aborted;
  const teller = isOver ? await sessionWith(connect).catch(() => undefined) : control;
  if (teller === undefined) return;
  const late = setTimeout(() => teller.cut(new Stopped()), killSeconds * 1000);
  try {
    // A new connection may have come to another server.
    if (isOver) await endFormer(teller, connections).finally(() => teller.close());
    else for (const id of ids) await teller.run("kill ?", [id]).catch(() => undefined);
  } catch {
    // The server's time-outs end them, or the next round.
  } finally {
    clearTimeout(late);
  }
}

async function share<T>(sessions: readonly Session[], tasks: readonly T[], work: (session: Session, task: T) => Promise<void>): Promise<void> {
  const waiting = [...tasks];
  const failures: unknown[] = [];
  const labour = async (session: Session): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined && failures.length === 0; task = waiting.shift()) {
      try {
        await work(session, task);
      } catch (error) {
        failures.push(error);
        for (const other of sessions) if (other !== session) other.cut(new Stopped());
      }
    }
  };
  await Promise.all(sessions.map(labour));
  // The first is the cause, the others were cut because of it.
  if (failures.length > 0) throw failures[0];
}
