// The publisher's own connection: opened, under the publishers' lock when something is to change, closed, and every
// failure turned into a problem. In: settings and the work; out: a Result.

import { fail, ok, type Result } from "../problems.js";
import type { Session } from "../session.js";
import { sessionWith, type Database } from "./database.js";
import { problemOf, Stopped, type FaultContext } from "./faults.js";
import { endFormer, type Connections } from "./reconnect.js";
import { takeTurn, type EndTurn } from "./turn.js";

export interface ControlOptions {
  readonly connect: Database;
  readonly run: string;
  /** alone: nobody else may publish meanwhile. */
  readonly access: "read" | "alone";
  /** With access alone: how long to wait for somebody who publishes now. Default 0. */
  readonly turnSeconds?: number;
  readonly onWait?: (owner: string) => void;
  /** Of an earlier round of the same work: ended, so that they hold nothing. */
  readonly connections?: Connections;
  readonly signal?: AbortSignal;
}

/** Where the work stands, for the problem that may come. */
export interface Progress {
  step: string;
}

export async function withControl<T>(options: ControlOptions, work: (session: Session, progress: Progress) => Promise<T>): Promise<Result<T>> {
  const progress: Progress = { step: "connect" };
  const context = (): FaultContext => ({ settings: options.connect, step: progress.step, run: options.run });
  let session: Session | undefined;
  let endTurn: EndTurn | undefined;
  try {
    if (options.signal?.aborted === true) throw new Stopped();
    session = await sessionWith(options.connect);
    if (options.connections !== undefined) await endFormer(session, options.connections);
    progress.step = "lock";
    const { turnSeconds: seconds = 0, onWait, signal } = options;
    if (options.access === "alone") endTurn = await takeTurn(session, options.connect, { seconds, ...(onWait && { onWait }), ...(signal && { signal }) });
    return ok(await work(session, progress));
  } catch (error) {
    const problem = problemOf(error, context());
    if (problem === undefined) throw error;
    return fail(problem);
  } finally {
    await endTurn?.().catch(() => undefined);
    await session?.close();
  }
}
