// Our words about the Power BI API against Microsoft's own, where the file is at hand: CARELAKE_POWERBI_SWAGGER names it
// (sdk/swaggers/swagger.json of github.com/microsoft/PowerBI-CSharp).

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { DESCRIPTIONS, DEVIATIONS, OPERATIONS, type Operation } from "./description.js";

const file = process.env["CARELAKE_POWERBI_SWAGGER"];
if (file === undefined) console.warn("skipped, because CARELAKE_POWERBI_SWAGGER names no file: our description of Power BI against Microsoft's");

const reference = z.object({ $ref: z.string() }).transform(({ $ref }) => $ref.split("/").at(-1) ?? "");
const operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string(), schema: reference.optional() })),
  responses: z.record(z.string(), z.object({ schema: reference.optional(), headers: z.record(z.string(), z.unknown()).default({}) })),
});
const field = z.object({ type: z.string().optional(), enum: z.array(z.string()).optional(), $ref: z.string().optional(), items: z.unknown().optional() });
const properties = { properties: z.record(z.string(), field).default({}), required: z.array(z.string()).default([]) };
const definition = z.object({ type: z.string().optional(), enum: z.array(z.string()).optional(), ...properties, allOf: z.array(z.object({ $ref: z.string().optional(), ...properties })).default([]) });
const swagger = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())), definitions: z.record(z.string(), z.unknown()) });

describe.skipIf(file === undefined)("our description of the Power BI API", () => {
  const { paths, definitions } = file === undefined ? { paths: {}, definitions: {} } : swagger.parse(JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, "")));
  const nameOf = (value: unknown): string | undefined => reference.safeParse(value).data;

  it.each(Object.entries<Operation>(OPERATIONS))("has the parameters, bodies and answers of %s", (_, { method, path, query = [], body, answers, headers = [] }) => {
    const theirs = operation.parse(paths[path]?.[method]);
    expect(theirs.parameters.filter((each) => each.in === "query").map(({ name }) => name)).toEqual(query);
    expect(theirs.parameters.find((each) => each.in === "body")?.schema).toBe(body);
    expect(Object.fromEntries(Object.entries(theirs.responses).map(([status, each]) => [status, each.schema ?? null]))).toEqual(answers);
    expect(Object.values(theirs.responses).flatMap((each) => Object.keys(each.headers))).toEqual(headers);
  });

  it.each(Object.entries(DESCRIPTIONS))("has the fields of %s, but for the deviations it names", (name, { fields, required = [] }) => {
    const isOurs = (key: string): boolean => DEVIATIONS[`${name}.${key}`] === undefined;
    const theirs = whole(name);
    expect(Object.fromEntries(Object.entries(fields).filter(([key]) => isOurs(key)))).toEqual(Object.fromEntries(Object.entries(theirs.properties).map(([key, of]) => [key.replace(/^[A-Z]/, (first) => first.toLowerCase()), asOurs(of)])));
    if (isOurs("required")) expect(theirs.required).toEqual(required);
  });

  /** With what it is put together from. */
  function whole(name: string): Pick<z.infer<typeof definition>, "properties" | "required"> {
    const { properties, required, allOf } = definition.parse(definitions[name]);
    const parts = allOf.map((part) => (part.$ref === undefined ? part : whole(nameOf(part) ?? "")));
    return { properties: Object.assign({}, properties, ...parts.map((part) => part.properties)) as typeof properties, required: [...required, ...parts.flatMap((part) => part.required)] };
  }

  /** A reference to a list of words is those words; one to what we do not describe is left out. */
  function asOurs({ type, enum: words, $ref, items }: z.infer<typeof field>): unknown {
    const target = $ref === undefined ? undefined : nameOf({ $ref });
    const named = target === undefined ? undefined : definition.parse(definitions[target]);
    if (named?.enum !== undefined) return { type: named.type, words: named.enum };
    const of = target ?? nameOf(items);
    return { type: type ?? "object", ...(words === undefined ? {} : { words }), ...(of === undefined || DESCRIPTIONS[of] === undefined ? {} : { of }) };
  }
});
