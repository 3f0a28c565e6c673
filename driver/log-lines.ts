// A log of any length, line by line → the few hundred lines that count, each with its number: the last ones, and of what
// comes before them those that speak of trouble. Lines of JSON, as Spark's Python writes them, are told in words.

import type { Readable } from "node:stream";
import type { LogLine } from "./engine.js";

export interface LogKeeper {
  take(line: string): void;
  /** In the order of the log. */
  lines(): readonly LogLine[];
  /** The last ones alone. */
  tail(): readonly LogLine[];
}

const LINE_CHARACTERS = 4000;
/** The runner's report on one line; driver/last-words.ts reads it whole. */
export const LAST_WORDS = "carelake-report: ";
/** Before the tail, the first lines of trouble: what comes later mostly follows from them. */
const TROUBLES = 80;
const TROUBLE = /Traceback|Caused by:|\b(ERROR|FATAL)\b|Exception\b|Error\b|No space left|\bkilled\b|exit ?(code|status)|^carelake-report: /i;
const STACK = /^\s+(at |\.\.\. \d+ more)/;

/** `most`: lines of the tail. Blank lines are counted and not kept. */
export function logKeeper(most: number): LogKeeper {
  const troubles: LogLine[] = [];
  const last: LogLine[] = [];
  let number = 0;
  const fall = (line: LogLine): void => {
    if (troubles.length < TROUBLES && TROUBLE.test(line.text) && !STACK.test(line.text)) troubles.push(line);
  };
  return {
    take: (line) => {
      number += 1;
      if (line.trim() === "") return;
      last.push({ number, text: line.startsWith(LAST_WORDS) ? line : spoken(line).slice(0, LINE_CHARACTERS) });
      if (last.length > most * 2) last.splice(0, most).forEach(fall);
    },
    lines: () => {
      const early = last.slice(0, Math.max(0, last.length - most)).filter(({ text }) => TROUBLE.test(text) && !STACK.test(text));
      return [...troubles, ...early.slice(0, TROUBLES - troubles.length), ...last.slice(-most)];
    },
    tail: () => last.slice(-most),
  };
}

export async function keepLines(stream: Readable, keeper: Pick<LogKeeper, "take">): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) keeper.take(line);
  }
  keeper.take(rest);
}

/** `{"ts":…,"level":"ERROR","logger":…,"msg":…,"exception":{"class":…,"msg":…}}` in words; any other line as it is. */
function spoken(line: string): string {
  if (!line.startsWith("{") || !line.endsWith("}")) return line;
  const said = record(parsed(line));
  if (typeof said?.["level"] !== "string" || typeof said["msg"] !== "string") return line;
  const exception = record(said["exception"]);
  const thrown = [exception?.["class"], exception?.["msg"]].filter((each) => typeof each === "string").map(firstLine).join(": ");
  const logger = typeof said["logger"] === "string" ? `${said["logger"]}: ` : "";
  return `${said["level"]} ${logger}${firstLine(said["msg"])}${thrown === "" ? "" : ` (${thrown})`}`;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined => (typeof value === "object" && value !== null ? { ...value } : undefined);
const firstLine = (text: string): string => text.split("\n")[0] ?? "";
