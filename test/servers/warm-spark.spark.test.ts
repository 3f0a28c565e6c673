// The Spark that stays up forgets: two programs one after the other, each with an S3, keys, environment, settings and
// modules of its own under the same names, see their own alone.

import { PutObjectCommand } from "@aws-sdk/client-s3";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { s3aConf, s3Keys } from "./s3a.js";
import { startSeaweed, type SeaweedServer } from "./seaweedfs.js";
import { warmSubmit } from "./warm-spark.js";

const NAMES = ["first", "second"] as const;
/** Leaves its session open, as a program may. */
const PROGRAM = `
import json, os, sys
import answers
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
text = spark.read.text("s3://lake/text").first()[0]
print(json.dumps([text, answers.ANSWER, os.environ["ASKED"], spark._jvm.java.lang.System.getenv("ASKED"), spark.conf.get("spark.asked"), sys.argv[1]]))
sys.exit(7)
`;
const folder = mkdtempSync(join(tmpdir(), "warm-"));
let servers: readonly SeaweedServer[];

beforeAll(async () => {
  servers = await Promise.all(
    NAMES.map(async (name) => {
      const server = await startSeaweed({ folder: join(folder, name) });
      const put = (Key: string, Body: string) => server.client.send(new PutObjectCommand({ Bucket: "lake", Key, Body }));
      await Promise.all([put("text", name), put("code/answers.py", `ANSWER = "${name}"`), put("code/program.py", PROGRAM)]);
      return server;
    }),
  );
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

it("lets each program see its own S3, keys, environment, settings and modules, and ends as the program does", () => {
  for (const [at, name] of NAMES.entries()) {
    const server = servers[at];
    if (server === undefined) throw new Error("two servers");
    const conf = Object.entries({ ...s3aConf(server), "spark.asked": name, "spark.local.dir": folder }).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
    const env = { PATH: process.env["PATH"], HOME: folder, ...s3Keys(server), ASKED: name };
    const ended = spawnSync(warmSubmit(), [...conf, "--py-files", "s3://lake/code/answers.py", "s3://lake/code/program.py", name], { encoding: "utf8", cwd: folder, env });
    expect([ended.status, ended.stderr]).toEqual([7, expect.not.stringContaining("Traceback")]);
    expect(JSON.parse(ended.stdout)).toEqual(Array.from({ length: 6 }, () => name));
  }
});
