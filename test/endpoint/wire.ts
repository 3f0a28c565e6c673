// Between HTTP and operations. In: a request. Out: service, operation and input; and back, an answer's body from an output or
// an error. EMR speaks JSON 1.1 (the operation stands in X-Amz-Target), EMR Serverless REST-JSON (it stands in method and path).

import type { IncomingHttpHeaders } from "node:http";
import { isObject } from "./check.js";
import { MODELS, shapeOf, type Operation, type ServiceModel, type ServiceName } from "./model.js";
import { accessDenied, serialization, unknownOperation, type ServiceError } from "./service-error.js";

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Addressed {
  readonly service: ServiceName;
  readonly operation: string;
  readonly model: Operation;
  /** Values of the path, by label. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Which operation a request is for. Throws a Refusal (UnknownOperationException) for one that the endpoint does not speak. */
export function address(request: Request): Addressed {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    const [prefix, operation = ""] = target.split(".");
    const model = MODELS.emr.operations[operation];
    if (prefix !== MODELS.emr.targetPrefix || model === undefined) throw unknownOperation(`the endpoint does not speak ${target}`);
    return { service: "emr", operation, model, labels: {} };
  }
  const path = request.url.split("?")[0] ?? "";
  for (const [operation, model] of Object.entries(MODELS["emr-serverless"].operations)) {
    const labels = model.method === request.method ? matchPath(model.uri, path) : undefined;
    if (labels !== undefined) return { service: "emr-serverless", operation, model, labels };
  }
  throw unknownOperation(`the endpoint does not speak ${request.method} ${path}`);
}

/** The request must be signed for the service that it calls; the signature itself is not computed again. */
export function checkSigned(request: Request, service: ServiceName): void {
  const scope = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? "");
  if (scope === null) throw accessDenied("the request is not signed (Signature Version 4)");
  const wanted = MODELS[service].signingName;
  if (scope[2] !== wanted) throw accessDenied(`Credential should be scoped to correct service: '${wanted}'.`);
}

/** The input as one structure, as the model tells it: body, path and query together. Times are seconds since 1970. */
export function readInput(request: Request, to: Addressed): Readonly<Record<string, unknown>> {
  const body = readBody(request.body);
  if (to.service === "emr") return body;
  const model = MODELS["emr-serverless"];
  const members = to.model.input === undefined ? {} : (shapeOf(model, to.model.input).members ?? {});
  const query = new URLSearchParams(request.url.split("?")[1] ?? "");
  const located = Object.entries(members).flatMap(([name, { location, locationName, shape }]): [string, unknown][] => {
    const wireName = locationName ?? name;
    if (location === "uri") return [[name, to.labels[wireName]]];
    const given = location === "querystring" ? query.getAll(wireName) : [];
    return given.length === 0 ? [] : [[name, fromQuery(model, shape, given)]];
  });
  return { ...body, ...Object.fromEntries(located) };
}

function fromQuery(model: ServiceModel, name: string, given: readonly string[]): unknown {
  const shape = shapeOf(model, name);
  const [first = ""] = given;
  if (shape.type === "list") return given;
  if (shape.type === "integer" || shape.type === "long") return /^-?\d+$/.test(first) ? Number(first) : first;
  // In the query times are ISO text, unlike in bodies.
  if (shape.type === "timestamp") return Number.isNaN(Date.parse(first)) ? first : Date.parse(first) / 1000;
  if (shape.type === "boolean") return first === "true" ? true : first === "false" ? false : first;
  return first;
}

function readBody(text: string): Readonly<Record<string, unknown>> {
  if (text === "") return {};
  const parsed = ((): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw serialization("the body is not JSON");
    }
  })();
  if (!isObject(parsed)) throw serialization("the body is not a JSON structure");
  return parsed;
}

function matchPath(uri: string, path: string): Readonly<Record<string, string>> | undefined {
  const names = [...uri.matchAll(/\{([^}]+)\}/g)].map((each) => each[1] ?? "");
  const found = new RegExp(`^${uri.replaceAll(/\{[^}]+\}/g, "([^/]+)")}$`).exec(path);
  if (found === null) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
}

/** An output as it goes over the wire: times as seconds, what is undefined left out. */
export function onWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(onWire);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, onWire(each)]])));
}

export function answer(service: ServiceName, requestId: string, body: unknown): Answer {
  return { status: 200, headers: { ...head(service), "x-amzn-requestid": requestId }, body: body === undefined ? "" : JSON.stringify(body) };
}

export function errorAnswer(service: ServiceName, requestId: string, error: ServiceError): Answer {
  const headers = { ...head(service), "x-amzn-requestid": requestId };
  if (service === "emr-serverless") return { status: error.status, headers: { ...headers, "x-amzn-errortype": error.name }, body: JSON.stringify({ message: error.message }) };
  // EMR's own exceptions write Message, those of the frame before it write message.
  const message = error.name === "InvalidRequestException" || error.name === "InternalServerException" ? { Message: error.message } : { message: error.message };
  return { status: error.status, headers, body: JSON.stringify({ __type: error.name, ...message, ...error.more }) };
}

const head = (service: ServiceName): Readonly<Record<string, string>> => ({ "content-type": service === "emr" ? "application/x-amz-json-1.1" : "application/json" });
