// Has Power BI refresh what it does not show yet, and follows it: record → request → end → record, until nothing is due.
// A refresh is asked for once, whatever becomes of answers and drivers: the record is written before the request goes
// out, and who finds one without an end looks for its refresh in the service before asking again.

import type { Owner } from "../lock.js";
import { ownerText } from "../lock.js";
import { fail, ok, ProblemError, type Problem, type Result } from "../problems.js";
import { cancelRefresh, type ModelOptions } from "./cancel.js";
import { countedTables, rowsDiffer } from "./check.js";
import { followToEnd, identify, lookAt, untilFree, type End, type Found, type Watch } from "./follow.js";
import { Stopped } from "./patience.js";
import { shownBy, type Asked, type RefreshRecord } from "./record.js";
import { afterRefresh, dueTables, enhancedBody, PLAIN_BODY, type LiveTable, type RefreshSettings } from "./request.js";

export interface RefreshOptions extends ModelOptions {
  /** The tables of the model, and what is live of their sources now. */
  readonly live: () => Promise<Result<readonly LiveTable[]>>;
  readonly settings: RefreshSettings;
  /** False: a shared capacity, which refreshes the whole model and nothing else. Undefined: the service tells. */
  readonly enhanced: boolean | undefined;
  /** Also what the model shows already. */
  readonly force: boolean;
  /** Compare the rows of the model with those published. */
  readonly check: boolean;
  readonly owner: Owner;
  readonly isAlive: (owner: Owner) => boolean | undefined;
  /** Of carelake. */
  readonly version: string;
  /** Asked when the command is told to stop while a refresh goes on. */
  readonly onStop: () => Promise<"cancel" | "detach">;
}

export interface Refreshed {
  /** up-to-date: the model shows what is live, so nothing was asked for. */
  readonly outcome: "refreshed" | "up-to-date";
  /** Id of the last refresh. */
  readonly refresh: string | null;
  readonly tables: readonly LiveTable[];
  /** Tables whose rows were counted in the model, and are as many as were published. */
  readonly counted: readonly LiveTable[];
}

/** What one request has come to. */
type Attempt = { readonly is: "over"; readonly found: Found; readonly end: End } | { readonly is: "not-started"; readonly enhanced: boolean } | { readonly is: "lost-answer" };

/** Requests whose answers were lost, one after the other, before it is given up. */
const TRIES = 3;
/** A driver on another computer that asked so long ago has had its answer, or has died. */
const UNSEEN_SECONDS = 600;

/** Problems: refresh-failed, refresh-detached, refresh-in-progress, and those of the service and of `live`. */
export async function refresh(options: RefreshOptions): Promise<Result<Refreshed>> {
  const watch: Watch = { ...options, service: options.service(options.signal) };
  try {
    return await refreshed(options, watch);
  } catch (error) {
    if (error instanceof ProblemError) return fail(error.problem);
    if (!(error instanceof Stopped)) throw error;
    return stopped(options, error);
  }
}

async function refreshed(options: RefreshOptions, watch: Watch): Promise<Result<Refreshed>> {
  const { records, live, listen } = options;
  let { force, enhanced } = options;
  let done: string | undefined;
  for (let lost = 0; ; ) {
    const last = await records.last();
    if (last !== undefined && last.ended === undefined) {
      const settled = await settle(last, options, watch);
      if (settled !== undefined && settled.end.outcome !== "completed") return fail(failure(settled, options));
      done = settled?.found.id ?? done;
      continue;
    }
    const tables = await live();
    if (!tables.ok) return tables;
    const due = force ? tables.value : dueTables(tables.value, shownBy(last));
    if (due.length === 0 && done === undefined) return ok({ outcome: "up-to-date", refresh: null, tables: tables.value, counted: [] });
    if (due.length === 0) return checked({ outcome: "refreshed", refresh: done ?? null, tables: tables.value, counted: [] }, options, watch);
    if (done !== undefined) listen({ event: "refresh-again", tables: due.map(({ model }) => model) });
    // A plain refresh takes all tables of the model along.
    const tried = await attempt({ due: enhanced === false ? tables.value : due, last, enhanced: enhanced !== false }, options, watch);
    if (tried === undefined) continue;
    if (tried.is === "lost-answer" && ++lost === TRIES) return fail({ code: "powerbi-unreachable", operation: "the refresh", message: "the answer was lost, and the history has no refresh of ours", waited: `${String(TRIES)} requests` });
    if (tried.is === "not-started") enhanced = tried.enhanced ? enhanced : false;
    if (tried.is !== "over") continue;
    if (tried.end.outcome !== "completed") return fail(failure(tried, options));
    done = tried.found.id;
    force = false;
  }
}

async function checked(done: Refreshed, { check }: RefreshOptions, { service }: Watch): Promise<Result<Refreshed>> {
  if (!check) return ok(done);
  try {
    const counted = countedTables(done.tables);
    const differs = await rowsDiffer(counted, service);
    return differs === undefined ? ok({ ...done, counted }) : fail(differs);
  } catch (error) {
    if (error instanceof ProblemError) return fail({ ...error.problem, left: "the refresh is done; only its rows could not be compared" });
    throw error;
  }
}

interface Request {
  readonly due: readonly LiveTable[];
  readonly last: RefreshRecord | undefined;
  readonly enhanced: boolean;
}

/** One request, from its record to its end. Undefined when another driver asked at the same moment. */
async function attempt({ due, last, enhanced }: Request, options: RefreshOptions, watch: Watch): Promise<Attempt | undefined> {
  const { records, clock, owner, version, listen, settings } = options;
  const before = (await untilFree(watch)).map(({ id }) => id);
  const number = (last?.number ?? 0) + 1;
  const shown = shownBy(last);
  const at = (): string => clock.now().toISOString();
  const asked: Asked = { at: at(), owner, carelake: version, enhanced, tables: due.map(({ model }) => model), shown, brings: afterRefresh(due, shown), before };
  if (!(await records.ask(number, asked))) return undefined;
  listen({ event: "refresh-asked", tables: asked.tables, enhanced });
  const notStarted = (words: readonly string[]): Promise<void> => records.end(number, { at: at(), outcome: "not-started", words: [...words] });
  const answer = await orRefused(() => watch.service.start(enhanced ? enhancedBody(due, settings) : PLAIN_BODY), notStarted);
  if (answer.is === "busy" || answer.is === "plain-only") {
    await notStarted([]);
    if (answer.is === "busy") listen({ event: "refresh-queues", id: undefined });
    else listen({ event: "refresh-plain", message: answer.message });
    return { is: "not-started", enhanced: answer.is === "busy" };
  }
  if (answer.is === "unclear") listen({ event: "refresh-unclear" });
  const told = answer.is === "accepted" ? answer.id : undefined;
  if (told !== undefined) await records.start(number, { at: at(), id: told });
  const id = told ?? (await identify({ number, asked }, watch));
  if (id === undefined) {
    await notStarted(["the service has no refresh of this request"]);
    return { is: "lost-answer" };
  }
  listen({ event: "refresh-started", id });
  return over({ number, found: { id, enhanced } }, options, watch);
}

/** A refusal ends the record: nothing was started. */
async function orRefused<T>(work: () => Promise<T>, refused: (words: readonly string[]) => Promise<void>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProblemError) await refused([error.problem.code]);
    throw error;
  }
}

async function over({ number, found }: { readonly number: number; readonly found: Found }, { records, clock }: RefreshOptions, watch: Watch): Promise<Extract<Attempt, { is: "over" }>> {
  const end = await followToEnd(found, watch);
  await records.end(number, { at: clock.now().toISOString(), outcome: end.outcome, words: [...end.words] });
  return { is: "over", found, end };
}

/** Goes on with what an earlier driver left. Undefined when it was over already: what is due is asked for anew. */
async function settle(last: RefreshRecord, options: RefreshOptions, watch: Watch): Promise<Extract<Attempt, { is: "over" }> | undefined> {
  const { records, clock, isAlive, listen } = options;
  const { number, asked } = last;
  const id = last.id ?? (await identify(last, watch));
  const end = (outcome: End["outcome"], words: readonly string[]): Promise<void> => records.end(number, { at: clock.now().toISOString(), outcome, words: [...words] });
  if (id === undefined) {
    const isYoung = clock.now().getTime() - Date.parse(asked.at) < UNSEEN_SECONDS * 1000;
    if (isAlive(asked.owner) ?? isYoung) throw new ProblemError({ code: "refresh-in-progress", owner: ownerText(asked.owner), since: asked.at });
    await end("not-started", ["its driver ended, and the service has no refresh of this request"]);
    return undefined;
  }
  const found: Found = { id, enhanced: asked.enhanced };
  const seen = await lookAt(found, watch.service);
  if (seen?.state === "running") {
    listen({ event: "refresh-attached", id });
    return over({ number, found }, options, watch);
  }
  await end(seen?.state ?? "lost", seen?.words ?? []);
  return undefined;
}

/** The request is one transaction. */
const UNCHANGED = "the model shows what it showed before";

const failure = ({ found, end }: Extract<Attempt, { is: "over" }>, { model }: RefreshOptions): Problem => ({ code: "refresh-failed", model, refresh: found.id, outcome: end.outcome, words: end.words, left: UNCHANGED });

/** Told to stop: what goes on in the service is left or cancelled; before that there is nothing to decide. */
async function stopped(options: RefreshOptions, error: Stopped): Promise<Result<Refreshed>> {
  const last = await options.records.last();
  if (last === undefined || last.ended !== undefined) throw error;
  if (last.asked.enhanced && (await options.onStop()) === "cancel") {
    const cancelled = await cancelRefresh({ ...options, signal: new AbortController().signal });
    return cancelled.ok ? fail({ code: "refresh-failed", model: options.model, refresh: cancelled.value?.id ?? "", outcome: cancelled.value?.outcome ?? "lost", words: ["by this command"] }) : cancelled;
  }
  return fail({ code: "refresh-detached", ...(last.id === undefined ? {} : { refresh: last.id }), cancellable: last.asked.enhanced });
}
