// Power BI for a test: a semantic model in a workspace, and Microsoft's login, on loopback. Every request and every
// answer is held to the description. A refresh goes on for as many looks as it is told to, so no test waits for a clock.

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerMistakes, requestMistakes } from "./contract.js";
import type { OperationName } from "./description.js";
import { modelOf, type ModelState } from "./model.js";

export const PRINCIPAL = { tenant: "contoso.example", client: "11111111-2222-4333-8444-555555555555", secret: "s3cret~of+the/principal" } as const;
export const WORKSPACE = "f089354e-8366-4e18-aea3-4cb4a3a50b48";
export const MODEL = "cfafbeb1-8037-4d0c-896e-a46fb27ff229";
export const AUDIENCE = "https://analysis.windows.net/powerbi/api";

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What happens to the next request of an operation, once. */
export type Fault =
  | { readonly on: OperationName | "token"; readonly answer: Answer }
  /** Carried out, and the answer is lost; or cut before it is looked at. */
  | { readonly on: OperationName | "token"; readonly lose: "answer" | "request" };

export interface PowerBiServer {
  readonly url: string;
  readonly model: ModelState;
  /** Requests so far, as "POST start". */
  readonly seen: string[];
  /** Bodies of the requests for a refresh. */
  readonly asked: unknown[];
  /** What did not fit the description: must stay empty. */
  readonly mistakes: string[];
  readonly tokens: { granted: number; revoke(): void; seconds: number };
  fault(fault: Fault): void;
  stop(): Promise<void>;
}

export async function startPowerBi(): Promise<PowerBiServer> {
  const model = modelOf();
  const faults: Fault[] = [];
  const valid = new Set<string>();
  const seen: string[] = [];
  const asked: unknown[] = [];
  const mistakes: string[] = [];
  const tokens = { granted: 0, seconds: 3599, revoke: () => valid.clear() };

  const grant = (form: URLSearchParams): Answer => {
    if (form.get("grant_type") !== "client_credentials" || form.get("scope") !== `${AUDIENCE}/.default`) return { status: 400, body: { error: "invalid_scope", error_description: "AADSTS70011: The provided value for scope is not valid." } };
    if (form.get("client_id") !== PRINCIPAL.client || form.get("client_secret") !== PRINCIPAL.secret) return { status: 401, body: { error: "invalid_client", error_description: "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1" } };
    const token = `token-${randomUUID()}`;
    valid.add(token);
    tokens.granted++;
    return { status: 200, body: { token_type: "Bearer", expires_in: tokens.seconds, access_token: token } };
  };

  const call = (request: IncomingMessage, operation: OperationName, { id, body }: { readonly id: string; readonly body: unknown }): Answer => {
    const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
    if (!valid.has(token)) return { status: 401, body: { error: { code: "TokenExpired", message: "Access token has expired, resubmit with a new access token" } } };
    if (operation === "start") asked.push(body);
    mistakes.push(...requestMistakes(operation, body));
    const answer = model.answer(operation, { id, body, top: Number(new URL(request.url ?? "", "http://localhost").searchParams.get("$top") ?? 60) });
    mistakes.push(...answerMistakes(operation, { status: answer.status, body: answer.body }));
    const place = answer.started === undefined ? {} : { "x-ms-request-id": answer.started, location: `${url}/v1.0/myorg/groups/${WORKSPACE}/datasets/${MODEL}/refreshes/${answer.started}` };
    return { ...answer, headers: { ...place, ...answer.headers } };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request);
    const found = operationOf(request);
    if (found === undefined) return respond(response, { status: 404, body: { error: { code: "PowerBIEntityNotFound", message: "" } } });
    const { operation, id } = found;
    seen.push(operation);
    const at = faults.findIndex((each) => each.on === operation);
    const [fault] = at < 0 ? [] : faults.splice(at, 1);
    if (fault !== undefined && "answer" in fault) return respond(response, fault.answer);
    if (fault?.lose === "request") return void request.socket.destroy();
    const answer = operation === "token" ? grant(new URLSearchParams(text)) : call(request, operation, { id, body: text === "" ? undefined : JSON.parse(text) });
    if (fault !== undefined) return void request.socket.destroy();
    respond(response, answer);
  };

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    url, model, seen, asked, mistakes, tokens,
    fault: (fault) => faults.push(fault),
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function operationOf({ method, url = "" }: IncomingMessage): { readonly operation: OperationName | "token"; readonly id: string } | undefined {
  const { pathname } = new URL(url, "http://localhost");
  if (method === "POST" && pathname === `/${PRINCIPAL.tenant}/oauth2/v2.0/token`) return { operation: "token", id: "" };
  const workspace = `/v1.0/myorg/groups/${WORKSPACE}`;
  if (method === "GET" && pathname === workspace) return { operation: "workspace", id: WORKSPACE };
  if (method === "GET" && pathname === `${workspace}/datasets/${MODEL}`) return { operation: "model", id: MODEL };
  const found = new RegExp(`^${workspace}/datasets/${MODEL}/(refreshes|executeQueries)(?:/([^/]+))?$`).exec(pathname);
  const [, what, id = ""] = found ?? [];
  if (what === "executeQueries" && method === "POST") return { operation: "query", id };
  if (what !== "refreshes") return undefined;
  const operations: Readonly<Record<string, OperationName>> = id === "" ? { GET: "history", POST: "start" } : { GET: "look", DELETE: "cancel" };
  const operation = operations[method ?? ""];
  return operation === undefined ? undefined : { operation, id };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}

function respond(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  response.writeHead(status, { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) });
  response.end(body === undefined ? "" : JSON.stringify(body));
}
