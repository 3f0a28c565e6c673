// An S3 of its own for a test: SeaweedFS on loopback and free ports, with keys and one bucket, ends with this process.
// In: a folder for its data. Out: how to reach it, and its end.

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { endLeftover, freePort, startGuarded, type Guarded } from "../../driver/local/guard.js";
import { findStandIns } from "../../driver/local/stand-ins.js";
import { testMachine } from "./machine.js";

export interface SeaweedServer {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: "us-east-1";
  readonly bucket: string;
  readonly pid: number;
  /** What it printed. */
  readonly log: string;
  /** For S3 clients of this process; path style, whose host needs no name service. */
  readonly client: S3Client;
  /** Ends the server; its folder stays. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface SeaweedOptions {
  /** Own folder, made when absent; the data stays in it for the next start. */
  readonly folder: string;
  /** "lake" when absent. */
  readonly bucket?: string;
}

const READY_MILLISECONDS = 60_000;

/** Rejects with the server's log when it does not come up: `carelake setup --for test` brings the program. */
export async function startSeaweed({ folder, bucket = "lake" }: SeaweedOptions): Promise<SeaweedServer> {
  const found = findStandIns(testMachine());
  if (!found.ok) throw new Error(`no SeaweedFS (carelake setup --for test): ${JSON.stringify(found.problems[0])}`);
  const data = `${folder}/data`;
  mkdirSync(data, { recursive: true });
  if (!(await endLeftover(folder))) throw new Error(`${folder} is in use by a living server of another process`);
  const [accessKey, secretKey] = [`K${randomBytes(9).toString("hex").toUpperCase()}`, randomBytes(20).toString("hex")];
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts();
    // Its own settings come from the environment too, so that nothing of the user's configuration decides.
    const env = { PATH: process.env["PATH"], HOME: folder, AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey };
    const guarded = await startGuarded([found.value.weed, ...command(data, bucket, ports)], { folder, env, stopSignal: "INT" });
    const endpoint = `http://127.0.0.1:${String(ports.s3)}`;
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: { accessKeyId: accessKey, secretAccessKey: secretKey }, requestChecksumCalculation: "WHEN_REQUIRED" });
    if (await isReady(guarded, client, bucket)) {
      const stop = async (): Promise<void> => {
        client.destroy();
        await guarded.stop();
      };
      return { endpoint, accessKey, secretKey, region: "us-east-1", bucket, pid: guarded.pid, log: guarded.log, client, stop, kill: guarded.kill };
    }
    await guarded.kill();
    const output = readFileSync(guarded.log, "utf8");
    if (attempt === 3 || !/address already in use/i.test(output)) throw new Error(`SeaweedFS did not start:\n${output.slice(-4000)}`);
  }
}

interface Ports {
  readonly s3: number;
  readonly master: number;
  readonly volume: number;
  readonly filer: number;
}

/** Each server's gRPC port is its own plus 10,000 unless it is named, so all are named. */
async function freePorts(): Promise<Ports & { readonly grpc: readonly number[] }> {
  const all = await Promise.all(Array.from({ length: 10 }, freePort));
  const [s3 = 0, master = 0, volume = 0, filer = 0, ...grpc] = all;
  return { s3, master, volume, filer, grpc };
}

function command(data: string, bucket: string, { s3, master, volume, filer, grpc }: Ports & { readonly grpc: readonly number[] }): readonly string[] {
  const [s3Grpc = 0, masterGrpc = 0, volumeGrpc = 0, filerGrpc = 0, admin = 0, adminGrpc = 0] = grpc;
  return [
    "mini", `-dir=${data}`, "-ip=127.0.0.1", "-ip.bind=127.0.0.1", `-bucket=${bucket}`, "-webdav=false", "-master.telemetry=false",
    "-admin.ui=false", `-admin.port=${String(admin)}`, `-admin.port.grpc=${String(adminGrpc)}`,
    `-s3.port=${String(s3)}`, `-s3.port.grpc=${String(s3Grpc)}`, "-s3.port.iceberg=0", "-s3.port.lance=0",
    `-master.port=${String(master)}`, `-master.port.grpc=${String(masterGrpc)}`,
    `-volume.port=${String(volume)}`, `-volume.port.grpc=${String(volumeGrpc)}`,
    `-filer.port=${String(filer)}`, `-filer.port.grpc=${String(filerGrpc)}`,
  ];
}

async function isReady(server: Guarded, client: S3Client, bucket: string): Promise<boolean> {
  const state = { ended: false };
  void server.exited.then(() => (state.ended = true));
  for (const start = Date.now(); Date.now() - start < READY_MILLISECONDS && !state.ended; await sleep(100)) {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal: AbortSignal.timeout(2000) });
      return true;
    } catch {
      // Not listening yet, or the bucket is not made yet.
    }
  }
  return false;
}
