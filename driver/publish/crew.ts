// The connections that load at once. In: settings and a list of tasks; out: all done, or the first failure, with every
// other connection ended on the server as well. Never here: what a task does.

import type { Session } from "../session.js";
import { sessionWith } from "./database.js";
import { Stopped } from "./faults.js";
import type { Connections } from "./reconnect.js";
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

/** `control` ends what the crew left running: a cut connection alone would go on building an index. */
export async function withCrew<T>(control: Session, options: CrewOptions, work: (crew: Crew) => Promise<T>): Promise<T> {
  const sessions: Session[] = [];
  const stop = (): void => sessions.forEach((session) => session.cut(new Stopped()));
  options.signal?.addEventListener("abort", stop);
  try {
    for (let count = 0; count < options.size; count++) {
      const session = await sessionWith(options.connect);
      sessions.push(session);
      if (session.id !== undefined) options.connections.ids.add(session.id);
    }
    if (options.signal?.aborted === true) throw new Stopped();
    const done = await work({ each: (tasks, task) => share(sessions, tasks, task) });
    await Promise.all(sessions.map((session) => session.close()));
    return done;
  } catch (error) {
    for (const session of sessions) session.cut(new Stopped());
    await endOnServer(control, sessions, options.killSeconds ?? KILL_SECONDS);
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", stop);
  }
}

/** A line that stalled for the load may stall here too: then the control connection is cut, and the server's time-outs end the rest. */
async function endOnServer(control: Session, sessions: readonly Session[], seconds: number): Promise<void> {
  const late = setTimeout(() => control.cut(new Stopped()), seconds * 1000);
  try {
    for (const { id } of sessions) if (id !== undefined) await control.run("kill ?", [id]).catch(() => undefined);
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
