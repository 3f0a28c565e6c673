// Logs → the few lines that a person would look at first where no cause is known: the end of a Python traceback, else the
// innermost Java exception, else what was logged as an error, else the last words.

import type { LogLine, LogPart } from "../engine.js";
import type { Place } from "../problems.js";
import { isSmallTalk } from "./cause.js";

const MOST = 8;
/** Puppet installs the applications of a cluster. */
const ERROR = /\b(ERROR|FATAL|fatal error|SIG[A-Z]+)\b|Puppet \(err\)|^Exception in thread|^\S*(Exception|Error)(:|$)/;

/** Places in the log files, in their order. */
export function likelyLines(parts: readonly LogPart[]): readonly Place[] {
  // The controller says of every step that failed that it did.
  const inOrder = [...parts.filter(({ process }) => process !== "controller"), ...parts.filter(({ process }) => process === "controller")];
  for (const choose of [tracebackEnd, innermost, errors, last]) {
    for (const { place, lines } of inOrder) {
      const chosen = choose(lines.filter(({ text }) => !isSmallTalk(text)));
      if (chosen.length > 0) return chosen.map(({ number, text }) => ({ file: place, line: number, text }));
    }
  }
  return [];
}

/** The innermost frame and what was raised there. */
function tracebackEnd(lines: readonly LogLine[]): readonly LogLine[] {
  const start = lines.findLastIndex(({ text }) => text.startsWith("Traceback (most recent call last)"));
  if (start < 0) return [];
  const end = lines.findIndex(({ text }, index) => index > start && !/^\s/.test(text));
  if (end < 0) return [];
  const frame = lines.findLastIndex(({ text }, index) => index < end && /^ +File "/.test(text));
  return lines.slice(Math.max(start, frame), end + 1).slice(-MOST);
}

function innermost(lines: readonly LogLine[]): readonly LogLine[] {
  const index = lines.findLastIndex(({ text }) => text.startsWith("Caused by:"));
  return index < 0 ? [] : lines.slice(index, index + 1);
}

const errors = (lines: readonly LogLine[]): readonly LogLine[] => lines.filter(({ text }) => ERROR.test(text)).slice(0, MOST);
const last = (lines: readonly LogLine[]): readonly LogLine[] => lines.slice(-MOST);
