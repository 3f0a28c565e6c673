// Evidence → the sign that says most, and where it stands. Pure; knows nothing of stages.

import type { LogLine } from "../engine.js";
import type { FailureClass } from "../failure-class.js";
import type { Evidence } from "./evidence.js";
import type { Sign } from "./signs.js";
import { SIGNS } from "./signs.js";

export interface Cause {
  readonly class: FailureClass;
  readonly sign: Sign;
  readonly evidence: Evidence;
  readonly line: LogLine;
}

/**
 * The earliest evidence with a sign of its own decides, by the first row of the table that fits it. Where there are only
 * general signs, the first of their rows decides, wherever it stands.
 */
export function causeOf(evidence: readonly Evidence[]): Cause | undefined {
  const found = evidence.flatMap(signsIn);
  return found.find(({ sign }) => sign.general !== true) ?? [...found].sort((a, b) => SIGNS.indexOf(a.sign) - SIGNS.indexOf(b.sign))[0];
}

/** In the order of the table, each at the first line that it fits. */
function signsIn(evidence: Evidence): readonly Cause[] {
  const lines = evidence.lines.filter(({ text }) => !isSmallTalk(text));
  return SIGNS.flatMap((sign) => {
    const line = lines.find(({ text }) => sign.pattern.test(text));
    if (line === undefined) return [];
    return [{ class: evidence.process === "executor" ? (sign.inExecutor ?? sign.class) : sign.class, sign, evidence, line }];
  });
}

const SMALL_TALK = /^\S+ \S+ (INFO|DEBUG) |^(INFO|DEBUG) |^\s+(at |\.\.\. \d+ (more|common frames))|^WARNING: |^Using Spark's default log4j/;
export const isSmallTalk = (text: string): boolean => SMALL_TALK.test(text);
