// The publisher's own connection: opened, under the publishers' lock when something is to change, closed, and every
// failure turned into a problem. In: settings and the work; out: a Result.

import { fail, ok, type Result } from "../problems.js";
import type { Session } from "../session.js";
import { sessionWith, type Database } from "./database.js";
import { problemOf, Stopped, type FaultContext } from "./faults.js";
import { endFormer, type Connections } from "./reconnect.js";
import { takeTurn, type Turn, type TurnRequest } from "./turn.js";

export interface ControlOptions {
  readonly connect: Database;
  readonly run: string;
  /** A turn: nobody else may publish meanwhile. */
  readonly access: "read" | Omit<TurnRequest, "signal">;
  /** Of an earlier round of the same work: ended, so that they hold nothing. */
  readonly connections?: Connections;
  readonly signal?: AbortSignal;
}

/** Where the work stands, for the problem that may come. */
export interface Progress {
  step: string;
  /** Throws when the turn has ended meanwhile. */
  confirmTurn: Turn["confirm"];
}

export async function withControl<T>(options: ControlOptions, work: (session: Session, progress: Progress) => Promise<T>): Promise<Result<T>> {
  const progress: Progress = { step: "connect", confirmTurn: () => Promise.resolve() };
  const context = (): FaultContext => ({ settings: options.connect, step: progress.step, run: options.run });
  let session: Session | undefined;
  let turn: Turn | undefined;
  try {
    if (options.signal?.aborted === true) throw new Stopped();
    session = await sessionWith(options.connect);
    if (options.connections !== undefined) await endFormer(session, options.connections);
    progress.step = "lock";
    const { access, signal } = options;
    if (access !== "read") {
      turn = await takeTurn(session, options.connect, { ...access, ...(signal && { signal }) });
      progress.confirmTurn = turn.confirm;
    }
    return ok(await work(session, progress));
  } catch (error) {
    const problem = problemOf(error, context());
    if (problem === undefined) throw error;
    return fail(problem);
  } finally {
    await turn?.release().catch(() => undefined);
    await session?.close();
  }
}
