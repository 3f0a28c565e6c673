// What yargs says about the words of the command line → a problem that names the word and the one that was meant.

import { nearest } from "../nearest.js";
import type { Problem } from "../problems.js";

/** Words that the parser refused; `message` is the parser's own. */
export class UsageError extends Error {}

export interface UsageFacts {
  /** Words of the command line. */
  readonly words: readonly string[];
  readonly commands: readonly string[];
  /** Help of the command that was called, or of all. */
  readonly help: string;
}

export function usageProblem(said: string, { words, commands, help }: UsageFacts): Problem {
  const called = words.find((word) => !word.startsWith("-"));
  if (called === undefined || !commands.includes(called)) return commandProblem(called, commands);
  const unknown = /^Unknown arguments?: (.+)$/.exec(said)?.[1]?.split(", ")[0];
  if (unknown !== undefined) return argumentProblem(unknown, { called, words, help });
  const form = /^carelake \S+.*$/m.exec(help)?.[0] ?? `carelake ${called}`;
  if (said.startsWith("Not enough non-option arguments")) return { code: "usage", message: `carelake ${called} needs a name`, suggestion: `${form}; carelake list shows the pipelines and jobs` };
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
