// Identifiers that a second build makes again. In: what a thing is, in words. Out: ids as Power BI wants them.

import { createHash } from "node:crypto";

const digest = (words: readonly string[]): string => createHash("sha256").update(words.join("\n")).digest("hex");

/** Name of a page or visual, which is its folder's name as well: 20 lowercase hexadecimal digits. */
export function objectId(...words: readonly string[]): string {
  return digest(words).slice(0, 20);
}

/** A UUID (RFC 9562, version 8: of the maker's own making), as lineage tags and logical ids are. */
export function uuid(...words: readonly string[]): string {
  const hex = digest(words);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
