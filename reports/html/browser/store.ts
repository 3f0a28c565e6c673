// The data in the file. In: names of parts. Out: their content, opened once.

import type { Manifest } from "../content.js";
import type { PartContent } from "../parts.js";

const opened = new Map<string, Promise<PartContent>>();

const textOf = (id: string): string => document.getElementById(id)?.textContent ?? "";

async function unpack(name: string): Promise<PartContent> {
  const bytes = Uint8Array.from(atob(textOf(`part-${name}`)), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text()) as PartContent;
}

export const store = {
  manifest: (): Manifest => JSON.parse(textOf("manifest")) as Manifest,
  open: (name: string): Promise<PartContent> => {
    const found = opened.get(name) ?? unpack(name);
    opened.set(name, found);
    return found;
  },
};
