// A ZIP archive of a few small texts, the same bytes for the same texts on every machine: stored, not packed, and
// without a time. What Python's import reads.

import { crc32 } from "node:zlib";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** 1980-01-01, the first day that the format knows. */
const DAY = 0x21;

export function zipOf(files: readonly { readonly name: string; readonly content: Buffer }[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = Buffer.from(name, "utf8");
    const facts = factsOf(content, path.length);
    const local = Buffer.concat([words([LOCAL, 4], [VERSION, 2]), facts, path, content]);
    directory.push(Buffer.concat([words([CENTRAL, 4], [VERSION, 2], [VERSION, 2]), facts, words([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]), path]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = words([END, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [central.length, 4], [offset, 4], [0, 2]);
  return Buffer.concat([...parts, central, end]);
}

/** What both headers of a file share: flags, method, time, day, sum, sizes, lengths. */
function factsOf(content: Buffer, nameLength: number): Buffer {
  return words([FLAGS, 2], [0, 2], [0, 2], [DAY, 2], [crc32(content), 4], [content.length, 4], [content.length, 4], [nameLength, 2], [0, 2]);
}

function words(...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of fields) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}
