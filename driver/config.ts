// carelake.yaml → typed profiles, everything wrong with it at once. Secrets stand in it by reference only.
// Comes in: the text and its path. Never reads the environment or opens a connection.

import { parse as parseYaml, YAMLParseError } from "yaml";
import { z } from "zod";
import { nearest } from "./nearest.js";
import type { Problem, Result } from "./problems.js";
import { fail, settle } from "./problems.js";
import type { Profile } from "./profile.js";
import { dataApi, emr, emrServerless, MEMORY, MEMORY_WORDS, mysql, postgres, profile } from "./profile.js";

/** Words of the command line that go over keys of the profile, as they were typed. */
export interface ProfileWords {
  readonly memory?: string | undefined;
  readonly budget?: string | undefined;
}

/** Those of them that the profile's keys would not take. */
export function wordProblems({ memory, budget }: ProfileWords): readonly Problem[] {
  const wrong = (name: string, value: string, expected: string): Problem => ({ code: "param-invalid", name, value, expected });
  return [
    ...(memory === undefined || MEMORY.test(memory) ? [] : [wrong("--memory", memory, MEMORY_WORDS)]),
    ...(budget === undefined || (/^\d+(\.\d+)?$/.test(budget) && Number(budget) > 0) ? [] : [wrong("--budget", budget, "dollars above zero, such as 40 or 2.50")]),
  ];
}

export const withWords = (named: Profile, { memory, budget }: ProfileWords): Profile => ({
  ...named,
  ...(memory === undefined ? {} : { memory }),
  ...(budget === undefined ? {} : { budget_usd: Number(budget) }),
});

/** s3://bucket would become a folder named `s3:`. */
function refuseFarLake({ engine, lake }: z.infer<typeof profile>, context: z.RefinementCtx): void {
  if (engine !== "local" || !/^[a-z][a-z0-9+.-]*:\/\//i.test(lake)) return;
  context.addIssue({ code: "custom", path: ["lake"], message: `engine local keeps its lake in a folder, not at ${lake}`, params: { help: "name a folder, or an engine that works there: emr or emr-serverless" } });
}

const config = z.strictObject({
  /** Modules whose default export is a pipeline. */
  pipelines: z.array(z.string()).default([]),
  /** Folders that hold a templates/ folder, looked at before the package's own. */
  templates: z.array(z.string()).default(["."]),
  profiles: z.record(z.string(), profile.superRefine(refuseFarLake)).default({}),
});

export type Config = z.infer<typeof config>;

export const NO_CONFIG: Config = config.parse({});

export function parseConfig(text: string, file: string): Result<Config> {
  let value: unknown;
  try {
    value = parseYaml(text) ?? {};
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
    const message = error instanceof Error ? (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "") : String(error);
    return fail({ code: "config-invalid", key: "", message: `it is no YAML: ${message}`, help: "mend that line; brackets, quotes and indentation are the usual causes", at: { file, ...(line === undefined ? {} : { line: line.line, column: line.col }) } });
  }
  const parsed = config.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return settle(parsed.error.issues.flatMap((issue) => problemsOf(issue, { text, file })), () => NO_CONFIG);
}

function problemsOf(issue: z.core.$ZodIssue, source: { readonly text: string; readonly file: string }): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const near = nearest(key, knownKeys(path));
      const message = near === undefined ? `there is no such key; known are ${knownKeys(path).join(", ")}` : `there is no such key; did you mean \`${near}\`?`;
      return { code: "config-invalid", key: [...path, key].join("."), message, at: placeOf(source, [...path, key]) };
    });
  }
  if (path.length === 0) return [{ code: "config-invalid", key: "", message: "it does not consist of keys", help: `its keys are ${knownKeys([]).join(", ")}`, at: { file: source.file } }];
  const help = helpFor(issue, path);
  return [{ code: "config-invalid", key: path.join("."), message: expectedOf(issue), at: placeOf(source, path), ...(help === undefined ? {} : { help }) }];
}

function helpFor(issue: z.core.$ZodIssue, path: readonly string[]): string | undefined {
  if (path.at(-1) === "password") return "a password never stands in a file: password: { env: NAME } names the environment variable that holds it";
  if (issue.code !== "custom") return undefined;
  if (path.at(2) === "spark") return "a secret never stands in a file, and Spark's settings are seen in the list of processes: credentials of AWS come from its own chain (AWS_PROFILE, AWS_ACCESS_KEY_ID, a role), passwords from the variable that `password` names";
  return typeof issue.params?.["help"] === "string" ? issue.params["help"] : undefined;
}

/** What was expected and what was received, never the value: it may be a secret in the wrong place. */
function expectedOf(issue: z.core.$ZodIssue): string {
  const said = issue.message.replace(/^Invalid input: /, "").replace(/^Invalid option: /, "");
  const words = /^[a-z]/.test(said) ? said : `${said.charAt(0).toLowerCase()}${said.slice(1)}`;
  if (/^expected /.test(words)) return words.replace("object", "keys below it").replace(", received", ", found").replace("received array", "found a list");
  return issue.code === "invalid_format" || issue.code === "invalid_value" ? `expected ${words.replace(/^expected /, "")}` : words;
}

function knownKeys(path: readonly string[]): readonly string[] {
  if (path.length === 0) return Object.keys(config.shape);
  if (path.length === 2) return Object.keys(profile.shape);
  const below = { mysql, data_api: dataApi, postgres, emr, emr_serverless: emrServerless };
  return Object.entries(below).flatMap(([key, { shape }]) => (path.at(-1) === key ? Object.keys(shape) : []));
}

/** Line of a key, found along the keys above it: every profile has a `lake`. A key within braces is on the line of those. */
function placeOf({ text, file }: { readonly text: string; readonly file: string }, path: readonly string[]): { file: string; line?: number } {
  const lines = text.split("\n");
  let found = -1;
  for (const key of path) {
    const next = lines.findIndex((line, index) => index > found && line.trimStart().replace(/^["']?/, "").replace(/^([\w.-]+)["']?\s*:/, "$1:").startsWith(`${key}:`));
    if (next >= 0) found = next;
  }
  return found < 0 ? { file } : { file, line: found + 1 };
}
