// The semantic model of the stand-in: its rows, its refreshes and how they end.

import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { OperationName } from "./description.js";

export interface End {
  readonly status: "Completed" | "Failed" | "Disabled";
  readonly extendedStatus?: "TimedOut" | "Cancelled";
  readonly messages?: readonly { readonly code: string; readonly message: string; readonly type: "Error" | "Warning" }[];
  /** Status of single tables. */
  readonly tables?: Readonly<Record<string, string>>;
}

interface Refresh {
  readonly id: string;
  readonly enhanced: boolean;
  readonly type: string;
  readonly tables: readonly string[];
  readonly start: string;
  looksLeft: number;
  end: End | undefined;
}

export interface ModelAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Id of a refresh that began and may be told. */
  readonly started?: string;
}

export interface ModelState {
  readonly refreshes: Refresh[];
  capacity: "premium" | "shared";
  /** Looks at a refresh until it ends. */
  looks: number;
  /** How the next ones end; the first for the first. */
  readonly ends: End[];
  /** Rows that the database has by now of each table of the model; a refresh that completes takes them over. */
  readonly source: Record<string, number>;
  readonly rows: Record<string, number>;
  /** Somebody else's refresh. */
  begin(type: string, looks: number): string;
  /** What the service says of the model. */
  described: { isRefreshable: boolean; isEffectiveIdentityRequired: boolean };
  endNow(id: string, end: End): void;
  answer(operation: OperationName, request: { readonly id: string; readonly body: unknown; readonly top: number }): ModelAnswer;
}

const startBody = z.object({ notifyOption: z.string().optional(), objects: z.array(z.object({ table: z.string() })).default([]) });
const queryBody = z.object({ queries: z.array(z.object({ query: z.string() })).length(1) });
const refused = (status: number, code: string, message: string): ModelAnswer => ({ status, body: { error: { code, message } } });
const NO_ENHANCED = "Enhanced refresh is not supported for models on shared capacity.";

export function modelOf(): ModelState {
  const running = (): Refresh | undefined => state.refreshes.find((each) => each.end === undefined);
  const look = (refresh: Refresh): void => {
    if (refresh.end !== undefined || refresh.looksLeft-- > 0) return;
    refresh.end = state.ends.shift() ?? { status: "Completed" };
    if (refresh.end.status === "Completed") for (const table of refresh.tables) state.rows[table] = state.source[table] ?? 0;
  };
  const add = (refresh: Pick<Refresh, "enhanced" | "type" | "tables">, looks: number): string => {
    const id = randomUUID();
    state.refreshes.unshift({ ...refresh, id, start: new Date().toISOString(), looksLeft: looks, end: undefined });
    return id;
  };
  const start = (body: unknown): ModelAnswer => {
    const { notifyOption, objects } = startBody.parse(body);
    const enhanced = notifyOption === undefined;
    if (enhanced && state.capacity === "shared") return refused(400, "InvalidRequest", NO_ENHANCED);
    if (running() !== undefined) return refused(400, "InvalidRequest", "Invalid dataset refresh request. Another refresh request is already executing");
    const unknown = objects.find(({ table }) => state.source[table] === undefined);
    if (unknown !== undefined) return refused(400, "InvalidRequest", `The model has no table ${unknown.table}`);
    const id = add({ enhanced, type: enhanced ? "ViaEnhancedApi" : "ViaApi", tables: enhanced ? objects.map(({ table }) => table) : Object.keys(state.source) }, state.looks);
    return { status: 202, ...(enhanced ? { started: id } : {}) };
  };
  const answers: Readonly<Record<OperationName, (request: { readonly id: string; readonly body: unknown; readonly top: number }) => ModelAnswer>> = {
    workspace: ({ id }) => ({ status: 200, body: { id, name: "Medicare", isReadOnly: false, isOnDedicatedCapacity: state.capacity === "premium" } }),
    model: ({ id }) => ({ status: 200, body: { id, name: "Part D", addRowsAPIEnabled: false, isEffectiveIdentityRolesRequired: false, isOnPremGatewayRequired: true, targetStorageMode: "Abf", ...state.described } }),
    history: ({ top }) => {
      const now = running();
      if (now !== undefined) look(now);
      return { status: 200, body: { value: state.refreshes.slice(0, top).map(entryOf) } };
    },
    start: ({ body }) => start(body),
    look: ({ id }) => {
      const found = state.refreshes.find((each) => each.id === id && each.enhanced);
      if (found === undefined) return refused(404, "ItemNotFound", "");
      look(found);
      return { status: found.end === undefined ? 202 : 200, body: detailOf(found) };
    },
    cancel: ({ id }) => {
      const found = state.refreshes.find((each) => each.id === id && each.enhanced);
      if (found === undefined || found.end !== undefined) return refused(400, "InvalidRequest", "The refresh is over");
      found.end = { status: "Failed", extendedStatus: "Cancelled" };
      return { status: 200 };
    },
    query: ({ body }) => {
      const tables = [...(queryBody.parse(body).queries[0]?.query ?? "").matchAll(/"(\w+)", COUNTROWS\('((?:[^']|'')+)'\)/g)];
      const row = Object.fromEntries(tables.map(([, column = "", table = ""]) => [`[${column}]`, state.rows[table.replaceAll("''", "'")] || null]));
      return { status: 200, body: { results: [{ tables: [{ rows: [row] }] }] } };
    },
  };
  const state: ModelState = {
    refreshes: [],
    capacity: "premium",
    looks: 2,
    ends: [],
    source: {},
    rows: {},
    described: { isRefreshable: true, isEffectiveIdentityRequired: false },
    begin: (type, looks) => add({ enhanced: type === "ViaEnhancedApi", type, tables: [] }, looks),
    endNow: (id, end) => {
      const found = state.refreshes.find((each) => each.id === id);
      if (found !== undefined) found.end = end;
    },
    answer: (operation, request) => answers[operation](request),
  };
  return state;
}

const ended = ({ end }: Refresh): { readonly endTime?: string } => (end === undefined ? {} : { endTime: new Date().toISOString() });

function entryOf(refresh: Refresh): unknown {
  const { id, type, start, end } = refresh;
  const error = end?.status === "Failed" ? { serviceExceptionJson: JSON.stringify({ errorCode: "ModelRefreshFailed_CredentialsNotSpecified" }) } : {};
  return { requestId: id, refreshType: type, startTime: start, status: end?.extendedStatus === "Cancelled" ? "Cancelled" : (end?.status ?? "Unknown"), ...ended(refresh), ...error };
}

function detailOf(refresh: Refresh): unknown {
  const { start, tables, end } = refresh;
  const objects = tables.map((table) => ({ table, status: end === undefined ? "InProgress" : (end.tables?.[table] ?? "Completed") }));
  const status = end === undefined ? { status: "Unknown", extendedStatus: "InProgress" } : { status: end.status, extendedStatus: end.extendedStatus ?? end.status };
  return { startTime: start, ...ended(refresh), type: "Full", commitMode: "Transactional", ...status, currentRefreshType: "Full", numberOfAttempts: 0, objects, ...(end?.messages === undefined ? {} : { messages: end.messages }) };
}
