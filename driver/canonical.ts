// One text for one value: keys sorted, no layout. What ids and fingerprints are computed from.

import { createHash } from "node:crypto";

export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** sha256 of the canonical form, in hex. */
export function contentId(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
