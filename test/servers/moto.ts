// AWS services other than S3 for a test: moto on loopback, all state in memory, ends with this process.
// What of it can be trusted: Glue's catalog, Secrets Manager, STS. Its S3 lets several writers win: SeaweedFS instead.

import { mkdirSync } from "node:fs";
import { freePort, startGuarded, waitForLog } from "../../driver/local/guard.js";
import { findStandIns } from "../../driver/local/stand-ins.js";
import { testMachine } from "./machine.js";

export interface MotoServer {
  /** For AWS_ENDPOINT_URL_<SERVICE>; any credentials will do. */
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const ATTEMPTS = 3;

/** Rejects when it does not come up: `carelake setup --for test` brings the program. */
export async function startMoto({ folder }: { readonly folder: string }): Promise<MotoServer> {
  const found = findStandIns(testMachine());
  if (!found.ok) throw new Error(`no moto (carelake setup --for test): ${JSON.stringify(found.problems[0])}`);
  mkdirSync(folder, { recursive: true });
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = await freePort();
    const env = { PATH: process.env["PATH"], HOME: folder, PYTHONUNBUFFERED: "1" };
    const guarded = await startGuarded([found.value.motoServer, "-H", "127.0.0.1", "-p", String(port)], { folder, env, stopSignal: "INT" });
    if ((await waitForLog(guarded, /Running on http:\/\/127\.0\.0\.1:\d+/, 60_000)) !== undefined) {
      return { endpoint: `http://127.0.0.1:${String(port)}`, pid: guarded.pid, stop: guarded.stop };
    }
    await guarded.kill();
  }
  throw new Error(`moto did not start: ${folder}/server.log`);
}
