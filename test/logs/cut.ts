// A log of this computer → what is kept of it: other names for its folders and its host, short stacks, at most 40 kB.

import { hostname, networkInterfaces } from "node:os";

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

const MOST_BYTES = 40_000;
const FRAMES = 6;
const HOST = "ip-10-0-0-12";
const ADDRESS = "10.0.0.12";

/** Who ran it and on what. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\b${escaped(hostname())}\\b`, "g"), HOST],
  [/OS info Linux, \S+/g, "OS info Linux, 6.1"],
  [/(acls (groups )?to|permissions): root\b/g, "$1: hadoop"],
];

const ownAddresses = (): readonly string[] => Object.values(networkInterfaces()).flatMap((each = []) => each).filter(({ internal }) => !internal).map(({ address }) => address);

/** `places`: folders of this computer and what they are called in the corpus, longest first. */
export function cut(log: string, places: readonly (readonly [string, string])[]): string {
  let text = log;
  for (const [from, to] of places) text = text.replaceAll(from, to);
  for (const address of ownAddresses()) text = text.replaceAll(address, ADDRESS);
  for (const [from, to] of NAMES) text = text.replaceAll(from, to);
  return fitted(shortStacks(text));
}

/** The first frames of each stack: what was thrown stands above them, what caused it below. */
function shortStacks(text: string): string {
  let frames = 0;
  const kept = text.split("\n").filter((line) => {
    frames = /^\s+at /.test(line) ? frames + 1 : 0;
    return frames <= FRAMES;
  });
  return kept.join("\n");
}

/** Its beginning and its end. */
function fitted(text: string): string {
  if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  const lines = text.split("\n");
  const half = (from: readonly string[]): readonly string[] => {
    let bytes = 0;
    const end = from.findIndex((line) => (bytes += Buffer.byteLength(line) + 1) > MOST_BYTES / 2 - 100);
    return from.slice(0, end < 0 ? undefined : end);
  };
  const [head, tail] = [half(lines), [...half([...lines].reverse())].reverse()];
  return [...head, `[${String(lines.length - head.length - tail.length)} lines left out]`, ...tail].join("\n");
}
