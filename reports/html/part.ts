// Data of the file, compressed. In: a name, text or bytes. Out: a part of the file, the same on every computer.

import { promisify } from "node:util";
import { gzip } from "node:zlib";

export interface Part {
  readonly name: string;
  /** Gzip in base64. */
  readonly data: string;
}

const compressed = promisify(gzip);

export async function packed(name: string, content: string | Uint8Array): Promise<Part> {
  const zipped = await compressed(content, { level: 9 });
  // No time in the header, and the same system name on every computer: byte 9 says where it was made.
  zipped[9] = 255;
  return { name, data: zipped.toString("base64") };
}
