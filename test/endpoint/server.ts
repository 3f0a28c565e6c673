// The HTTP side: one server for both APIs. Every request is held to the model before a handler sees it, and every answer
// before it leaves; an answer that breaks the model is a bug of the endpoint and is kept for stop() to throw.

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { check, isObject, type Finding } from "./check.js";
import type { Clock } from "./clock.js";
import type { CallFault, Faults } from "./faults.js";
import type { Limits } from "./limits.js";
import { MODELS, type ServiceName } from "./model.js";
import { Refusal, internal, throttling, validation, type ServiceError } from "./service-error.js";
import { address, answer, checkSigned, errorAnswer, onWire, readInput, type Addressed, type Answer, type Request } from "./wire.js";

/** One call, as it came and as it ended. */
export interface CallRecord {
  readonly service: ServiceName;
  readonly operation: string;
  /** Milliseconds since 1970, of the endpoint's clock. */
  readonly at: number;
  readonly input: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly error?: string;
  readonly message?: string;
  readonly fault?: CallFault["fault"];
  /** False after a lost reply or a reset connection. */
  readonly replied: boolean;
}

/** What a handler gets beside its input. */
export interface CallContext {
  /** Lists leave out what is younger than so many milliseconds. */
  readonly staleMs: number;
}

/** The input has been held to the model of its operation when a handler gets it. */
export type Handler = (input: never, context: CallContext) => object | undefined;
export type Handlers = Readonly<Record<ServiceName, Readonly<Record<string, Handler>>>>;

export interface ServerParts {
  readonly handlers: Handlers;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Undefined: no throttling but what is ordered. */
  readonly limits: Limits | undefined;
  readonly calls: CallRecord[];
  readonly bugs: Error[];
}

export async function listen(parts: ServerParts): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((incoming, outgoing) => void serve(parts, incoming, outgoing));
  // Clients keep connections; one that the server closes first costs them an ECONNRESET that no test has ordered.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // listen() on a port gives an AddressInfo, never a pipe's name.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server };
}

async function serve(parts: ServerParts, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    const request: Request = { method: incoming.method ?? "", url: incoming.url ?? "", headers: incoming.headers, body: await bodyOf(incoming) };
    const done = handle(parts, request);
    if (done.waitMs > 0) await new Promise<void>((resolve) => void parts.clock.after(done.waitMs, resolve));
    if (done.answer === undefined) return void incoming.socket.destroy();
    outgoing.writeHead(done.answer.status, { ...done.answer.headers, "content-length": Buffer.byteLength(done.answer.body) });
    outgoing.end(done.answer.body);
  } catch (error) {
    parts.bugs.push(error instanceof Error ? error : new Error(String(error)));
    incoming.socket.destroy();
  }
}

interface Done {
  /** Undefined: the connection breaks instead. */
  readonly answer: Answer | undefined;
  readonly waitMs: number;
}

function handle(parts: ServerParts, request: Request): Done {
  const requestId = randomUUID();
  const to = addressed(request);
  if ("refused" in to) return { answer: errorAnswer(to.service, requestId, to.error), waitMs: 0 };
  const { service, operation } = to;
  const fault = parts.faults.forCall(operation);
  const record = (input: CallRecord["input"], done: Pick<CallRecord, "status" | "replied"> & { error?: string; message?: string }): void =>
    void parts.calls.push({ service, operation, at: parts.clock.now(), input, ...done, ...(fault === undefined ? {} : { fault: fault.fault }) });
  if (fault?.fault === "reset") {
    record({}, { status: 0, replied: false });
    return { answer: undefined, waitMs: 0 };
  }
  const replied = fault?.fault !== "lost-reply";
  const { input, result } = perform(parts, { request, to, fault });
  if (result.ok) record(input, { status: 200, replied });
  else record(input, { status: result.error.status, replied, error: result.error.name, message: result.error.message });
  const made = result.ok ? answer(service, requestId, result.body) : errorAnswer(service, requestId, result.error);
  return { answer: replied ? made : undefined, waitMs: fault?.fault === "slow" ? fault.ms : 0 };
}

type Result = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly error: ServiceError };

function perform(parts: ServerParts, call: { request: Request; to: Addressed; fault: CallFault | undefined }): { input: CallRecord["input"]; result: Result } {
  const { request, to, fault } = call;
  let input: CallRecord["input"] = {};
  try {
    input = readInput(request, to);
    if (fault?.fault === "internal-error") throw internal("an error that was ordered");
    if (fault?.fault === "throttled" || parts.limits?.allows(to.service, to.operation) === false) throw throttling(to.service === "emr" ? 400 : 429);
    checkSigned(request, to.service);
    const wrong = to.model.input === undefined ? [] : check(MODELS[to.service], to.model.input, input);
    if (wrong.length > 0) throw validation(`${wrong.length} validation error${wrong.length === 1 ? "" : "s"} detected: ${told(wrong)}`);
    const handler = parts.handlers[to.service][to.operation];
    if (handler === undefined) throw new Error(`${to.operation} is in the model and has no handler`);
    // The model's check has just established the type that the handler declares.
    const output = handler(input as never, { staleMs: fault?.fault === "stale-list" ? fault.ms : 0 });
    return { input, result: { ok: true, body: checkedOutput(parts, to, output) } };
  } catch (error) {
    if (error instanceof Refusal) return { input, result: { ok: false, error: error.error } };
    const bug = error instanceof Error ? error : new Error(String(error));
    parts.bugs.push(bug);
    return { input, result: { ok: false, error: internal(`a bug of the endpoint: ${bug.message}`).error } };
  }
}

/** Throws when the output breaks the model. */
function checkedOutput(parts: ServerParts, to: Addressed, output: unknown): unknown {
  if (to.model.output === undefined) return undefined;
  const body = onWire(output ?? {});
  const wrong = check(MODELS[to.service], to.model.output, body);
  if (wrong.length > 0) throw new Error(`the answer to ${to.operation} breaks the model: ${told(wrong)}`);
  return isObject(body) ? body : {};
}

function addressed(request: Request): Addressed | { readonly refused: true; readonly service: ServiceName; readonly error: ServiceError } {
  try {
    return address(request);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: true, service: request.headers["x-amz-target"] === undefined ? "emr-serverless" : "emr", error: error.error };
  }
}

const told = (wrong: readonly Finding[]): string => wrong.map(({ path, what }) => `at '${path}': ${what}`).join("; ");

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString("utf8");
}
