// Holds a value, as it is on the wire, to a shape of the service model. In: model, shape name, value. Out: what is wrong, each with its path.

import { shapeOf, type ServiceModel, type Shape } from "./model.js";

export interface Finding {
  /** Where in the value, such as `jobDriver.sparkSubmit.entryPoint`; empty for the whole. */
  readonly path: string;
  readonly what: string;
}

type Check = (place: { readonly model: ServiceModel; readonly shape: Shape; readonly path: string }, value: unknown) => readonly Finding[];

/** Everything in `value` that the shape does not allow: unknown and missing members, types, enums, patterns, ranges. */
export function check(model: ServiceModel, name: string, value: unknown, path = ""): readonly Finding[] {
  const shape = shapeOf(model, name);
  return CHECKS[shape.type]({ model, shape, path }, value);
}

const structure: Check = ({ model, shape, path }, value) => {
  if (!isObject(value)) return [{ path, what: `expected a structure, got ${kind(value)}` }];
  const members = shape.members ?? {};
  const given = Object.entries(value);
  const unknown = given.filter(([key]) => members[key] === undefined).map(([key]) => ({ path: at(path, key), what: "the model has no such member" }));
  const missing = (shape.required ?? []).filter((key) => !(key in value)).map((key) => ({ path: at(path, key), what: "required, and missing" }));
  const union = shape.union === true && given.length !== 1 ? [{ path, what: `a union has one member, got ${given.length}` }] : [];
  const inner = given.flatMap(([key, each]) => (members[key] === undefined ? [] : check(model, members[key].shape, each, at(path, key))));
  return [...unknown, ...missing, ...union, ...inner];
};

const list: Check = ({ model, shape, path }, value) => {
  if (!Array.isArray(value)) return [{ path, what: `expected a list, got ${kind(value)}` }];
  const member = shape.member?.shape ?? "";
  return [...range(shape, value.length, { path, unit: "items" }), ...value.flatMap((each, index) => check(model, member, each, `${path}[${index}]`))];
};

const map: Check = ({ model, shape, path }, value) => {
  if (!isObject(value)) return [{ path, what: `expected a map, got ${kind(value)}` }];
  const entries = Object.entries(value);
  const inner = entries.flatMap(([key, each]) => [...check(model, shape.key?.shape ?? "", key, `${path}{key}`), ...check(model, shape.value?.shape ?? "", each, at(path, key))]);
  return [...range(shape, entries.length, { path, unit: "entries" }), ...inner];
};

const string: Check = ({ shape, path }, value) => {
  if (typeof value !== "string") return [{ path, what: `expected a string, got ${kind(value)}` }];
  const shown = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  const inEnum = shape.enum === undefined || shape.enum.includes(value) ? [] : [{ path, what: `${shown} is none of ${shape.enum.join(", ")}` }];
  const inPattern = shape.pattern === undefined || whole(shape.pattern).test(value) ? [] : [{ path, what: `${shown} does not match ${shape.pattern}` }];
  return [...inEnum, ...inPattern, ...range(shape, value.length, { path, unit: "characters" })];
};

const numeric = (isRight: (value: number) => boolean, word: string): Check => ({ shape, path }, value) => {
  if (typeof value !== "number" || !isRight(value)) return [{ path, what: `expected ${word}, got ${kind(value)}` }];
  return range(shape, value, { path, unit: "" });
};

const boolean: Check = ({ path }, value) => (typeof value === "boolean" ? [] : [{ path, what: `expected true or false, got ${kind(value)}` }]);
const integer = numeric(Number.isInteger, "a whole number");
const real = numeric(Number.isFinite, "a number");

const CHECKS: Readonly<Record<Shape["type"], Check>> = {
  structure, list, map, string, boolean,
  // Base64 in JSON.
  blob: string,
  integer, long: integer, float: real, double: real,
  // Both protocols carry them in JSON bodies as seconds since 1970; ISO text breaks clients.
  timestamp: numeric(Number.isFinite, "seconds since 1970"),
};

/** The models write their patterns for the whole text. Some need Unicode mode to compile, some do not allow it. */
const compiled = new Map<string, RegExp>();
export function whole(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const text = `^(?:${pattern})$`;
  const made = (() => {
    try {
      return new RegExp(text, "u");
    } catch {
      return new RegExp(text);
    }
  })();
  compiled.set(pattern, made);
  return made;
}

function range({ min, max }: Shape, value: number, { path, unit }: { path: string; unit: string }): readonly Finding[] {
  if (min !== undefined && value < min) return [{ path, what: `${value} ${unit}, at least ${min}`.replace("  ", " ").replace(" ,", ",") }];
  if (max !== undefined && value > max) return [{ path, what: `${value} ${unit}, at most ${max}`.replace("  ", " ").replace(" ,", ",") }];
  return [];
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);
const at = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

function kind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a structure";
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? JSON.stringify(value).slice(0, 80) : typeof value;
}
