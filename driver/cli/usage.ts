// What yargs says about the words of the command line → a problem that names the word and the one that was meant.

import { nearest } from "../nearest.js";
import type { Problem } from "../problems.js";

/** Words that the parser refused; `message` is the parser's own. */
export class UsageError extends Error {}

export interface UsageFacts {
  /** Words of the command line; the command's own comes first when there is one. */
  readonly words: readonly string[];
  readonly commands: readonly string[];
  /** Help of the command that was called, or of all. */
  readonly help: string;
}

/** Options that take the word after them, so that it is no command: carelake --profile run plan part-d. */
const VALUED = new Set(["--profile", "--lake", "--year", "--years", "--input", "--param", "--memory", "--budget", "--junit", "--region", "--plan", "--out", "--for", "--to"]);

/** The words with the command's first: options may stand before it, as with other tools. */
export function commandFirst(words: readonly string[], commands: readonly string[]): readonly string[] {
  const isValue = (index: number): boolean => VALUED.has(words[index - 1] ?? "");
  const plain = words.flatMap((word, index) => (word.startsWith("-") ? [] : [index]));
  const free = plain.filter((index) => !isValue(index));
  const known = (indexes: readonly number[]): number | undefined => indexes.find((index) => commands.includes(words[index] ?? ""));
  const at = known(free) ?? known(plain) ?? free[0];
  return at === undefined ? words : [words[at] ?? "", ...words.slice(0, at), ...words.slice(at + 1)];
}

/** Options whose values add up; of every other a second one would be a contradiction. */
const REPEATED: readonly string[] = ["_", "param", "table"];

/** Throws a UsageError that names an option given twice. `said` are the parsed words. */
export function refuseTwice(said: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(said)) {
    if (REPEATED.includes(name) || !Array.isArray(value)) continue;
    const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${option} was given ${value.length === 2 ? "twice" : `${String(value.length)} times`}: ${value.map(String).join(" and ")}`);
  }
  return true;
}

export function usageProblem(said: string, { words, commands, help }: UsageFacts): Problem {
  const called = words.find((word) => !word.startsWith("-"));
  if (called === undefined || !commands.includes(called)) return commandProblem(called, commands);
  const unknown = /^Unknown arguments?: (.+)$/.exec(said)?.[1]?.split(", ")[0];
  if (unknown !== undefined) return argumentProblem(unknown, { called, words, help });
  const form = /^carelake \S+.*$/m.exec(help)?.[0] ?? `carelake ${called}`;
  const twice = /^--(\S+) was given \w/.exec(said)?.[1];
  if (twice !== undefined) return { code: "usage", message: said, at: { file: `--${twice}` }, suggestion: /^years?$/.test(twice) ? "several years are one value: --years 2022,2023 or 2019..2023" : "give it once" };
  if (said.startsWith("Not enough non-option arguments")) return { code: "usage", message: `carelake ${called} needs a name`, suggestion: `${form}; ${form.includes("<run>") ? "carelake runs lists them" : "carelake list shows the pipelines and jobs"}` };
  const [headline = said, ...rest] = said.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return { code: "usage", message: [headline.charAt(0).toLowerCase() + headline.slice(1).replace(/:$/, ""), ...rest].join("; "), suggestion: `carelake ${called} --help shows what it takes` };
}

function commandProblem(called: string | undefined, commands: readonly string[]): Problem {
  if (called === undefined) return { code: "usage", message: "no command was given", suggestion: `commands are ${commands.join(", ")}; carelake --help says what they do` };
  const near = nearest(called, commands);
  return { code: "usage", message: `there is no command \`${called}\``, at: { file: `carelake ${called}` }, suggestion: near === undefined ? `commands are ${commands.join(", ")}` : `did you mean \`${near}\`?` };
}

function argumentProblem(unknown: string, { called, words, help }: { readonly called: string; readonly words: readonly string[]; readonly help: string }): Problem {
  const flag = words.find((word) => word.replace(/^-+/, "").split("=")[0] === unknown && word.startsWith("-"));
  if (flag === undefined) return { code: "usage", message: `carelake ${called} does not know what to do with \`${unknown}\``, suggestion: `carelake ${called} --help shows what it takes` };
  const flags = [...help.matchAll(/^\s+(?:-\w, )?--([a-z][a-z-]*)/gm)].map((match) => match[1] ?? "");
  const near = nearest(unknown, flags);
  const known = `its options are ${flags.map((each) => `--${each}`).join(", ")}`;
  return { code: "usage", message: `carelake ${called} has no option \`${flag}\``, at: { file: flag }, suggestion: near === undefined ? known : `did you mean \`--${near}\`?` };
}
