// One semantic model of Power BI as this room sees it: its refreshes and its rows. In: calls. Out: values whose shape is
// proven. Names of fields and words are those of Microsoft's description of the API.

import { z } from "zod";
import type { Problem } from "../problems.js";
import { ProblemError } from "../problems.js";
import type { Calls } from "./calls.js";
import { askedToWait, jsonOf, type HttpAnswer } from "./http.js";
import type { RefreshBody } from "./request.js";
import { stateOf, wordsOf, type RefreshState } from "./state.js";

export type { RefreshState };

/** Of a model's history, newest first. */
export interface PastRefresh extends RefreshState {
  readonly id: string;
  readonly isEnhanced: boolean;
}

export type Started =
  /** `id` is absent where the service keeps it to itself: a refresh that is not enhanced. */
  | { readonly is: "accepted"; readonly id: string | undefined }
  /** Another refresh of the model goes on. */
  | { readonly is: "busy" }
  /** The capacity takes only plain refreshes. */
  | { readonly is: "plain-only"; readonly message: string }
  | { readonly is: "unclear" };

export interface Looked extends RefreshState {
  /** Tables of the request. */
  readonly tables: readonly string[];
  /** Milliseconds that the service asks to wait before the next look. */
  readonly wait?: number;
}

/** Every call throws a ProblemError when the service refuses it: powerbi-denied, powerbi-refused … */
export interface PowerBi {
  history(top: number): Promise<readonly PastRefresh[]>;
  start(body: RefreshBody): Promise<Started>;
  /** Of an enhanced refresh; undefined when there is none of that id. */
  look(id: string): Promise<Looked | undefined>;
  /** Of an enhanced refresh. One that is over stays as it is. */
  cancel(id: string): Promise<void>;
  /** The only row of a DAX query. */
  row(dax: string): Promise<Readonly<Record<string, unknown>>>;
}

const history = z.object({
  value: z.array(z.object({ requestId: z.string(), refreshType: z.string(), status: z.string(), extendedStatus: z.string().optional(), endTime: z.string().optional(), serviceExceptionJson: z.string().nullish() })),
});
const details = z.object({
  status: z.string(),
  extendedStatus: z.string().optional(),
  objects: z.array(z.object({ table: z.string().optional(), status: z.string().optional() })).default([]),
  messages: z.array(z.object({ code: z.string().optional(), message: z.string().optional(), type: z.string().optional() })).nullish(),
});
const refusal = z.object({ error: z.object({ code: z.string().optional(), message: z.string().optional() }) });
const queried = z.object({ results: z.array(z.object({ tables: z.array(z.object({ rows: z.array(z.record(z.string(), z.unknown())) })) })) });

export function powerBi(calls: Calls, now: () => Date): PowerBi {
  return {
    history: async (top) => {
      const answer = await calls.ask({ operation: "the refresh history", method: "GET", path: `/refreshes?$top=${String(top)}` });
      return parsed(answer, { operation: "the refresh history", shape: history }).value.map((each) => ({
        id: each.requestId,
        isEnhanced: each.refreshType === "ViaEnhancedApi",
        ...stateOf({ ...each, words: wordsOf(each.serviceExceptionJson) }),
      }));
    },
    start: async (body) => started(await calls.once({ operation: "the refresh", method: "POST", path: "/refreshes", body })),
    look: async (id) => {
      const answer = await calls.ask({ operation: "the state of the refresh", method: "GET", path: `/refreshes/${id}` });
      if (answer.status === 404) return undefined;
      const found = parsed(answer, { operation: "the state of the refresh", shape: details });
      const failed = found.objects.filter((each) => each.status !== undefined && !["Completed", "NotStarted", "InProgress"].includes(each.status)).map((each) => `${each.table ?? "?"}: ${each.status ?? ""}`);
      const said = (found.messages ?? []).filter((each) => each.type !== "Warning").map((each) => [each.code, each.message].filter((word) => word !== undefined).join(": "));
      const wait = askedToWait(answer, now());
      const tables = [...new Set(found.objects.flatMap(({ table }) => table ?? []))];
      return { ...stateOf({ ...found, words: [...said, ...failed] }), tables, ...(wait === undefined ? {} : { wait }) };
    },
    cancel: async (id) => {
      const answer = await calls.ask({ operation: "the cancellation", method: "DELETE", path: `/refreshes/${id}` });
      // It ended before it could be cancelled: the next look tells how.
      if (answer.status === 400 || answer.status === 404 || answer.status === 409) return;
      refuse(answer, "the cancellation");
    },
    row: async (dax) => {
      const answer = await calls.ask({ operation: "the query", method: "POST", path: "/executeQueries", body: { queries: [{ query: dax }], serializerSettings: { includeNulls: true } } });
      const [row] = parsed(answer, { operation: "the query", shape: queried }).results[0]?.tables[0]?.rows ?? [];
      return row ?? {};
    },
  };
}

/** The service says so with either of both. */
const isBusy = (status: number, words: string): boolean => status === 409 || (status === 400 && /already executing|already in progress/i.test(words));
const isPlainOnly = (status: number, words: string): boolean => (status === 400 || status === 403) && /enhanced refresh|shared capacit|premium|dedicated capacit/i.test(words);

function started(answer: HttpAnswer | "unclear"): Started {
  if (answer === "unclear") return { is: "unclear" };
  if (answer.status === 202 || answer.status === 200) {
    const place = answer.header("location");
    return { is: "accepted", id: place === undefined ? (answer.header("x-ms-request-id") ?? answer.header("requestid")) : place.split("/").at(-1) };
  }
  const { message } = refusalOf(answer);
  if (isBusy(answer.status, message)) return { is: "busy" };
  if (isPlainOnly(answer.status, message)) return { is: "plain-only", message };
  throw new ProblemError(problemOf(answer, "the refresh"));
}

/** The answer's body. ProblemError: powerbi-denied, powerbi-refused. */
export function parsed<T>(answer: HttpAnswer, { operation, shape }: { readonly operation: string; readonly shape: z.ZodType<T> }): T {
  refuse(answer, operation);
  const found = shape.safeParse(jsonOf(answer));
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw new ProblemError({ code: "powerbi-refused", operation, status: answer.status, error: "an answer of another form", message: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` });
}

function refuse(answer: HttpAnswer, operation: string): void {
  if (answer.status >= 400) throw new ProblemError(problemOf(answer, operation));
}

function problemOf(answer: HttpAnswer, operation: string): Problem {
  const { error, message } = refusalOf(answer);
  const { status } = answer;
  if (status === 401 || status === 403 || status === 404) return { code: "powerbi-denied", operation, status, message: `${error}: ${message}` };
  return { code: "powerbi-refused", operation, status, error, message };
}

function refusalOf(answer: HttpAnswer): { readonly error: string; readonly message: string } {
  const { data } = refusal.safeParse(jsonOf(answer));
  return { error: data?.error.code ?? `status ${String(answer.status)}`, message: data?.error.message ?? "without further words" };
}
