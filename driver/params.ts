// Words of the command line → typed values of a job's params, all that is wrong with them at once.

import type { Job, ParamSpec, Pipeline } from "./job.js";
import { nearest } from "./nearest.js";
import type { Problem, Result } from "./problems.js";
import { fail, ok, settle } from "./problems.js";

/** Values by job name and param name. */
export type ParamValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Earliest year of Part D; a data year is never in the far future either. */
const YEARS = { from: 2006, to: 2100 };

/** "2023", "2019..2023" or "2019,2021" → years in order. */
export function parseYears(text: string): Result<readonly number[]> {
  const years = new Set<number>();
  for (const part of text.split(",")) {
    const [, from, to = from] = /^\s*(\d{4})(?:\.\.(\d{4}))?\s*$/.exec(part) ?? [];
    if (from === undefined || to === undefined || Number(to) < Number(from)) return fail(yearProblem(text));
    for (let year = Number(from); year <= Number(to); year++) years.add(year);
  }
  const sorted = [...years].sort((a, b) => a - b);
  return sorted.every((year) => year >= YEARS.from && year <= YEARS.to) ? ok(sorted) : fail(yearProblem(text));
}

function yearProblem(value: string): Problem {
  return { code: "param-invalid", name: "year", value, expected: `a year (2023), a range (2019..2023) or a list (2019,2021), from ${YEARS.from} on` };
}

/** `given` are "name=value" words; a param goes to every job that declares it. */
export function parseParams(pipeline: Pipeline, given: readonly string[]): Result<ParamValues> {
  const problems: Problem[] = [];
  const words = new Map<string, string>();
  const known = [...new Set(pipeline.jobs.flatMap((job) => Object.keys(job.params ?? {})))];
  for (const word of given) {
    const [name = "", ...rest] = word.split("=");
    if (rest.length === 0) problems.push({ code: "param-invalid", name: "--param", value: word, expected: "it as name=value", at: { file: `--param ${word}` } });
    else if (known.includes(name)) words.set(name, rest.join("="));
    else problems.push({ code: "unknown-param", name, owner: pipeline.name, known: ranked(name, known), at: { file: `--param ${word}` } });
  }
  const values: Record<string, Record<string, unknown>> = {};
  for (const job of pipeline.jobs) {
    const read = jobValues(job, words);
    problems.push(...read.problems);
    if (Object.keys(read.values).length > 0) values[job.name] = read.values;
  }
  return settle(problems, () => values);
}

function jobValues(job: Job, words: ReadonlyMap<string, string>): { values: Record<string, unknown>; problems: Problem[] } {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, spec] of Object.entries(job.params ?? {})) {
    const word = words.get(name);
    if (word === undefined) {
      if (spec.default === undefined) problems.push({ code: "param-missing", name, owner: job.name, meaning: spec.meaning });
      else values[name] = spec.default;
      continue;
    }
    const value = typed(word, spec);
    if (value === undefined) problems.push({ code: "param-invalid", name, value: word, expected: expectedText(spec), at: { file: `--param ${name}=${word}` } });
    else values[name] = value;
  }
  return { values, problems };
}

function typed(word: string, spec: ParamSpec): unknown {
  if (spec.type === "string") return spec.pattern === undefined || new RegExp(spec.pattern).test(word) ? word : undefined;
  if (spec.type === "list") return word.split(",").map((each) => each.trim());
  if (spec.type === "boolean") return word === "true" ? true : word === "false" ? false : undefined;
  const number = /^-?\d+$/.test(word) ? Number(word) : NaN;
  const inside = number >= (spec.min ?? -Infinity) && number <= (spec.max ?? Infinity);
  return Number.isSafeInteger(number) && inside ? number : undefined;
}

function expectedText(spec: ParamSpec): string {
  if (spec.type === "string") return spec.pattern === undefined ? "text" : `text of the form ${spec.pattern}`;
  if (spec.type === "list") return "values separated by commas";
  if (spec.type === "boolean") return "true or false";
  const bounds = [spec.min === undefined ? "" : `from ${spec.min}`, spec.max === undefined ? "" : `to ${spec.max}`].filter((part) => part !== "");
  return ["a whole number", ...bounds].join(" ");
}

function ranked(name: string, known: readonly string[]): readonly string[] {
  const near = nearest(name, known);
  return near === undefined ? known : [near, ...known.filter((each) => each !== near)];
}
