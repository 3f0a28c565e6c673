// The ledger's objects as objects of one S3 prefix. A PUT is whole or not at all, and one that is conditional is made
// by one writer only: no other service is needed for locks.

import type { Store } from "../../driver/store.js";
import type { ObjectFacts, Objects } from "./objects.js";

/** A console that shows folders makes empty objects named as such. */
const isObject = ({ uri, bytes }: ObjectFacts): boolean => bytes > 0 || !uri.endsWith("/");

/** `root` is s3://bucket/prefix of the ledger, without a slash at its end. */
export function s3Store(objects: Objects, root: string): Store {
  const uriOf = (key: string): string => `${root}/${key}`;
  return {
    read: (key) => objects.text(uriOf(key)),
    write: (key, text) => objects.put(uriOf(key), text),
    create: (key, text) => objects.create(uriOf(key), text),
    // "runs/a" must not bring "runs/ab": a prefix of keys is a folder here as it is on a disk.
    list: async (prefix) => (await objects.list(`${uriOf(prefix).replace(/\/$/, "")}/`)).filter(isObject).map(({ uri }) => uri.slice(root.length + 1)).sort(),
    // Nothing is ever half written.
    sweep: () => Promise.resolve(),
  };
}
