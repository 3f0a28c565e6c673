// Cancels the refresh that the record of this model has without an end. Others' refreshes are left alone.

import { fail, ok, ProblemError, type Result } from "../problems.js";
import { followToEnd, identify, type End, type Watch } from "./follow.js";
import type { PowerBi } from "./service.js";

export interface ModelOptions extends Omit<Watch, "service"> {
  /** Id of the semantic model, for problems. */
  readonly model: string;
  /** Its calls end with the signal. */
  readonly service: (signal: AbortSignal) => PowerBi;
}

export interface Cancelled {
  readonly id: string;
  /** It may have ended before it could be cancelled. */
  readonly outcome: End["outcome"];
}

/** Cancels the refresh that the record has without an end and follows it; undefined when there is none. */
export async function cancelRefresh(options: ModelOptions): Promise<Result<Cancelled | undefined>> {
  const { records, clock } = options;
  const watch: Watch = { ...options, service: options.service(options.signal) };
  const last = await records.last();
  if (last === undefined || last.ended !== undefined) return ok(undefined);
  try {
    const id = last.id ?? (await identify(last, watch));
    if (id === undefined) return ok(undefined);
    if (!last.asked.enhanced) return fail({ code: "refresh-not-cancellable", refresh: id });
    await watch.service.cancel(id);
    const end = await followToEnd({ id, enhanced: true }, watch);
    await records.end(last.number, { at: clock.now().toISOString(), outcome: end.outcome, words: [...end.words] });
    return ok({ id, outcome: end.outcome });
  } catch (error) {
    if (error instanceof ProblemError) return fail(error.problem);
    throw error;
  }
}
