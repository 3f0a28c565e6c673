// The only user of console. Data goes to stdout, words for people to stderr (or to stdout where they are the answer).
// With --json stdout carries one JSON value and nothing else.

import type { Problem } from "../problems.js";
import { exitCodeOf, problemText } from "./problem-text.js";

/** The answer of a command: its data, and the same as text. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
}

export function answer(value: Answer, asJson: boolean): void {
  console.log(asJson ? JSON.stringify(value.json, null, 2) : value.text);
}

/** An answer, and what went wrong after it: with --json the answer has the problems in it. */
export function answerDespite(value: Answer, problems: readonly Problem[], asJson: boolean): void {
  answer(value, asJson);
  if (problems.length === 0) return;
  if (!asJson) console.error(problems.map(problemText).join("\n\n"));
  process.exitCode = exitCodeOf(problems);
}

/** Prints all problems and sets the exit code. */
export function complain(problems: readonly Problem[], asJson: boolean): void {
  if (asJson) console.log(JSON.stringify({ problems }, null, 2));
  else console.error(problems.map(problemText).join("\n\n"));
  process.exitCode = exitCodeOf(problems);
}

export const say = (line: string): void => console.error(line);

/** Text that is the answer itself, to the letter. */
export const print = (text: string): void => console.log(text);

/** A bug of ours: stack and version, and what to do with them. */
export function confess(error: unknown, version: string): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(`error[bug]: carelake ${version} failed in a way it does not know\n${stack}\n  help: please report this text, with the command that led to it`);
  process.exitCode = 70;
}

/** Columns padded to their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = head.map((cell, index) => Math.max(cell.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => (right.includes(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0))).join("  ").trimEnd();
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

export const count = (value: number): string => value.toLocaleString("en-US");
export const seconds = (value: number): string => (value < 100 ? `${value.toFixed(1)} s` : `${String(Math.round(value))} s`);
export { bytes } from "./problem-words.js";
