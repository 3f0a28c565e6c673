// The data in the file. In: names of parts. Out: their content.

import type { Manifest } from "../content.js";
import type { PartContent } from "../parts.js";

const opened = new Map<string, Promise<PartContent>>();

const textOf = (id: string): string => document.getElementById(id)?.textContent ?? "";

function unpacked(name: string): Response {
  const text = atob(textOf(`part-${name}`));
  // A loop: Uint8Array.from goes letter by letter through an iterator, which takes a second for some megabytes.
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

export const store = {
  manifest: (): Manifest => JSON.parse(textOf("manifest")) as Manifest,
  answers: (name: string): Promise<PartContent> => {
    const found = opened.get(name) ?? unpacked(name).json().then((content) => content as PartContent);
    opened.set(name, found);
    return found;
  },
  bytes: async (name: string): Promise<Uint8Array> => new Uint8Array(await unpacked(name).arrayBuffer()),
};
