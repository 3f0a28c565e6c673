// Pages of a list: the token says where the next page starts.

import { validation } from "./service-error.js";

/** `size` items from the token on, and the token of the next page if there is more. Throws on a token that is none of ours. */
export function page<T>(items: readonly T[], at: { readonly token: string | undefined; readonly size: number }): { readonly items: readonly T[]; readonly next: string | undefined } {
  const start = at.token === undefined ? 0 : Number(/^page-(\d+)$/.exec(Buffer.from(at.token, "base64url").toString("utf8"))?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw validation("the pagination token is invalid");
  const end = start + at.size;
  return { items: items.slice(start, end), next: end < items.length ? Buffer.from(`page-${end}`).toString("base64url") : undefined };
}
