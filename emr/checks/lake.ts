// The lake on S3 as a driver uses it: found, written, read, locked by a conditional write, cleaned. The probe is one
// object below the ledger that is gone afterwards.

import { randomUUID } from "node:crypto";
import type { Check } from "./check.js";
import { check, fine, unknown, wrong } from "./check.js";
import type { CheckParts } from "./check-parts.js";

export async function lakeChecks(parts: CheckParts): Promise<readonly Check[]> {
  const { lake, objects } = parts;
  const bucket = await check({ id: "lake", what: "lake" }, async () => {
    await objects.list(`${lake}/ledger/probe/`);
    return fine(`${lake} can be listed from this region`);
  });
  return bucket.verdict === "ok" ? [bucket, ...(await probe(parts)), await logCheck(parts)] : [bucket];
}

/** In this order: each step needs the one before it, and what was written is removed whatever came out. */
async function probe({ lake, objects }: CheckParts): Promise<readonly Check[]> {
  const uri = `${lake}/ledger/probe/${randomUUID()}`;
  const writes = await check({ id: "lake-writes", what: "writing and reading" }, async () => {
    await objects.put(uri, "written by carelake doctor");
    const read = await objects.text(uri);
    return read === "written by carelake doctor" ? fine("an object below ledger/ was written and read") : wrong("what was written is not what was read", "look for what stands between this computer and S3, and changes objects");
  });
  if (writes.verdict !== "ok") return [writes];
  const locks = await check({ id: "lake-locks", what: "conditional writes" }, async () =>
    (await objects.create(uri, "second writer")) ? wrong("an object that is there was written over", "this storage does not honour If-None-Match: two drivers could work at once; keep the lake on S3 itself") : fine("a second writer is refused, so one driver works at a time"),
  );
  const cleans = await check({ id: "lake-cleans", what: "removing" }, async () => {
    await objects.remove([uri]);
    return (await objects.text(uri)) === undefined ? fine("the object was removed") : unknown(`${uri} is still there`, "remove it by hand");
  });
  return [writes, locks, cleans];
}

const logCheck = ({ lake, objects }: CheckParts): Promise<Check> =>
  check({ id: "logs", what: "logs" }, async () => {
    await objects.list(`${lake}/logs/carelake-doctor/`);
    return fine(`${lake}/logs/ can be read from here; that jobs may write to it their own first log tells`);
  });
