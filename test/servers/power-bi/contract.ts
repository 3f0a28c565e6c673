// The description as JSON schemas: what does not fit it is no request of Power BI's and no answer of the stand-in's.

import { Ajv, type ValidateFunction } from "ajv";
import { DESCRIPTIONS, OPERATIONS, type Field, type Operation, type OperationName } from "./description.js";

const ajv = new Ajv({ allErrors: true });
const schemaOf = ({ type, words, of }: Field): object => {
  const other = of === undefined ? {} : { $ref: of };
  if (type === "array") return { type, items: other };
  if (type === "object") return of === undefined ? { type } : other;
  return { type, ...(words === undefined ? {} : { enum: words }) };
};
for (const [name, { fields, required = [] }] of Object.entries(DESCRIPTIONS)) {
  ajv.addSchema({ $id: name, type: "object", additionalProperties: false, required, properties: Object.fromEntries(Object.entries(fields).map(([field, of]) => [field, schemaOf(of)])) });
}

const mistakes = (name: string, value: unknown): readonly string[] => {
  const validate: ValidateFunction | undefined = ajv.getSchema(name);
  if (validate === undefined) throw new Error(`no description ${name}`);
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${name}${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`);
};

/** What of a request Power BI does not describe, or does not take together. */
export function requestMistakes(operation: OperationName, body: unknown): readonly string[] {
  const { body: of }: Operation = OPERATIONS[operation];
  if (of === undefined) return body === undefined ? [] : [`${operation} has no body`];
  if (operation === "start" && typeof body === "object" && body !== null && "notifyOption" in body && Object.keys(body).length > 1) return ["notifyOption must be absent from an enhanced refresh"];
  return mistakes(of, body);
}

/** What of an answer of our stand-in Power BI would not give. */
export function answerMistakes(operation: OperationName, { status, body }: { readonly status: number; readonly body: unknown }): readonly string[] {
  if (status >= 400) return [];
  const { answers }: Operation = OPERATIONS[operation];
  const of = answers[status];
  if (of === undefined) return [`${operation} does not answer ${String(status)}`];
  return of === null ? [] : mistakes(of, body);
}
