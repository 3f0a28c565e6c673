// The ledger's store and what is sent to S3, on a real S3 server: who wins a lock, what a lost answer does, what is
// sent once only.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findStandIns } from "../../../driver/local/stand-ins.js";
import { acquireLock } from "../../../driver/lock.js";
import { ProblemError } from "../../../driver/problems.js";
import { uploadInputs, uploadRunner } from "../../../emr/submission/artifacts.js";
import type { Calls } from "../../../emr/calls/calls.js";
import { politeCalls } from "../../../emr/calls/calls.js";
import type { Objects } from "../../../emr/s3/objects.js";
import { s3Objects } from "../../../emr/s3/objects.js";
import { s3Store } from "../../../emr/s3/store.js";
import { zipOf } from "../../../emr/submission/zip.js";
import { testMachine } from "../../servers/machine.js";
import type { SeaweedServer } from "../../servers/seaweedfs.js";
import { startSeaweed } from "../../servers/seaweedfs.js";

const RUNTIME = join(import.meta.dirname, "../../../emr/runtime");
let folder: string;
let server: SeaweedServer;
const clients: S3Client[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "carelake-s3-"));
  server = await startSeaweed({ folder: join(folder, "seaweed") });
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A driver of its own: nothing in common with another but the server. */
function driver(): { readonly objects: Objects; readonly calls: Calls; readonly s3: S3Client } {
  const s3 = new S3Client({ endpoint: server.endpoint, region: server.region, forcePathStyle: true, maxAttempts: 1, credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey } });
  clients.push(s3);
  const calls = politeCalls({ clock: { now: () => new Date(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 20)), random: Math.random } });
  return { s3, calls, objects: s3Objects({ s3, s3Parts: s3, calls }) };
}

/** The next answers of this operation are lost after the work was done. */
function loseAnswers(s3: S3Client, command: string, count: number): void {
  let left = count;
  s3.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (context.commandName !== command || left === 0) return answer;
      left -= 1;
      throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    },
    { step: "deserialize", priority: "high" },
  );
}

describe("the ledger's store on S3", () => {
  it("gives back what was written, and nothing where nothing is", async () => {
    const store = s3Store(driver().objects, `s3://${server.bucket}/a/ledger`);
    await store.write("runs/1/run.json", "{\"owner\":\"Ægir\"}");
    expect(await store.read("runs/1/run.json")).toBe("{\"owner\":\"Ægir\"}");
    expect(await store.read("runs/2/run.json")).toBeUndefined();
    await store.write("runs/1/run.json", "");
    expect(await store.read("runs/1/run.json")).toBe("");
  });

  it("lists a folder in order, however long, and not its neighbour of a longer name", async () => {
    const store = s3Store(driver().objects, `s3://${server.bucket}/b/ledger`);
    const keys = Array.from({ length: 1203 }, (_, index) => `runs/a/events/${String(index).padStart(5, "0")}.json`);
    for (let at = 0; at < keys.length; at += 100) await Promise.all(keys.slice(at, at + 100).map((key) => store.write(key, key)));
    await store.write("runs/ab/run.json", "");
    expect(await store.list("runs/a")).toEqual(keys);
    expect(await store.list("runs/a/")).toEqual(keys);
    expect(await store.list("nothing")).toEqual([]);
  });

  it("lets one of many create an object, in every round", async () => {
    const stores = Array.from({ length: 12 }, () => s3Store(driver().objects, `s3://${server.bucket}/c/ledger`));
    for (let round = 0; round < 10; round++) {
      const won = await Promise.all(stores.map((store, index) => store.create(`locks/${round}.json`, String(index))));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await stores[0]?.read(`locks/${round}.json`)).toBe(String(won.indexOf(true)));
    }
  });

  it("knows its own object when the answer was lost, and another's when it was not its own", async () => {
    const unlucky = driver();
    loseAnswers(unlucky.s3, "PutObjectCommand", 1);
    const store = s3Store(unlucky.objects, `s3://${server.bucket}/d/ledger`);
    expect(await store.create("locks/1.json", "mine")).toBe(true);
    const late = driver();
    loseAnswers(late.s3, "PutObjectCommand", 1);
    expect(await s3Store(late.objects, `s3://${server.bucket}/d/ledger`).create("locks/1.json", "mine")).toBe(false);
  });

  it("holds the lock of a pipeline for one driver and says who has it", async () => {
    const now = (): Date => new Date();
    const request = (user: string) => ({ store: s3Store(driver().objects, `s3://${server.bucket}/e/ledger`), pipeline: "part-d", run: "0a1b2c3d", owner: { host: "laptop", pid: 7, user }, now, isAlive: () => undefined });
    const tried = await Promise.all(["ada", "bea", "cyn", "dot"].map((user) => acquireLock(request(user))));
    const [held] = tried.flatMap((each) => (each.ok ? [each.value] : []));
    expect(tried.filter(({ ok }) => ok)).toHaveLength(1);
    expect(tried.flatMap((each) => (each.ok ? [] : each.problems.map(({ code }) => code)))).toEqual(["run-in-progress", "run-in-progress", "run-in-progress"]);
    await held?.release();
    expect((await acquireLock(request("eve"))).ok).toBe(true);
  });

  it("tells a bucket that is not there from an object that is not there", async () => {
    const store = s3Store(driver().objects, "s3://no-such-bucket/ledger");
    // Writing is left out: this server makes a bucket for whoever writes to it.
    const errors = await Promise.all([store.read("x"), store.list("x")].map((each) => each.catch((thrown: unknown) => (thrown instanceof ProblemError ? thrown.problem : thrown))));
    expect(errors).toEqual([1, 2].map(() => expect.objectContaining({ code: "bucket-missing", bucket: "no-such-bucket" })));
  });
});

describe("what is sent to S3", () => {
  it("is an archive that Python imports from, the same bytes every time", () => {
    const files = [{ name: "b.py", content: Buffer.from("import a\nY = a.X + 1\n") }, { name: "a.py", content: Buffer.from("X = 41  # né\n") }];
    const zip = zipOf(files);
    expect(zipOf([...files].reverse()).equals(zip)).toBe(true);
    const path = join(folder, "modules.zip");
    writeFileSync(path, zip);
    const found = findStandIns(testMachine());
    const python = found.ok ? found.value.python : "python3";
    expect(execFileSync(python, ["-c", `import sys, zipfile; assert zipfile.ZipFile(${JSON.stringify(path)}).testzip() is None; sys.path.insert(0, ${JSON.stringify(path)}); import b; print(b.Y)`], { encoding: "utf8" }).trim()).toBe("42");
  });

  it("holds the runner once", async () => {
    const { objects, calls } = driver();
    const lake = `s3://${server.bucket}/code-test`;
    const code = await uploadRunner(objects, RUNTIME, lake);
    expect(code.script).toMatch(/\/code\/[0-9a-f]{16}\/run_stage\.py$/);
    const sent = calls.counts()["s3:PutObject"];
    expect(await uploadRunner(objects, RUNTIME, lake)).toEqual(code);
    expect(calls.counts()["s3:PutObject"]).toBe(sent);
    expect((await objects.list(`${lake}/code/`)).map(({ uri }) => uri)).toEqual([code.script, code.modules]);
  });

  it("holds source files once by content, in parts when they are large, and tells how far they are", async () => {
    const { objects } = driver();
    const lake = `s3://${server.bucket}/inputs-test`;
    const input = join(folder, "input");
    mkdirSync(input, { recursive: true });
    const large = randomBytes(40 * 1024 * 1024);
    writeFileSync(join(input, "large.csv"), large);
    writeFileSync(join(input, "small.csv"), "a,b\n");
    const files = ["large.csv", "small.csv"].map((name) => ({ name, path: join(input, name) }));
    const seen: string[] = [];
    const send = () => uploadInputs({ objects, lake, fingerprint: "0123abcd", files, progress: ({ file, bytes, of }) => seen.push(`${file} ${bytes}/${of}`) });
    const uris = await send();
    expect(uris).toEqual([`${lake}/inputs/0123abcd/large.csv`, `${lake}/inputs/0123abcd/small.csv`]);
    expect(seen.filter((line) => line.startsWith("large.csv")).length).toBeGreaterThan(2);
    expect(seen.at(-1)).toBe("small.csv 4/4");
    const chunks: Buffer[] = [];
    for await (const chunk of (await objects.stream(uris[0] ?? "")) ?? []) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(large)).toBe(true);
    const before = await objects.list(`${lake}/inputs/`);
    seen.length = 0;
    await send();
    expect(seen).toEqual([`large.csv ${large.length}/${large.length}`, "small.csv 4/4"]);
    expect(await objects.list(`${lake}/inputs/`)).toEqual(before);
    // The same length with another content is sent.
    writeFileSync(join(input, "small.csv"), "a,c\n");
    await send();
    expect(await objects.text(uris[1] ?? "")).toBe("a,c\n");
  });
});
