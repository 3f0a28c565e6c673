// What a case of the suite plays in: a project of its own on a lake of its own, the command as a user starts it, and
// what stands in the lake. In: a place with its engines. Never here: what a case expects.

import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { EngineName } from "../../driver/engine.js";
import { ledgerIn, type Ledger } from "../../driver/ledger.js";
import { folderStore } from "../../driver/local/folder-store.js";
import type { Store } from "../../driver/store.js";
import type { Objects } from "../../emr/s3/objects.js";
import { s3Store } from "../../emr/s3/store.js";
import { carelake, startCarelake, type Ended, type Started } from "../carelake.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import { contents } from "../path/lake.js";
import { awsProject } from "./aws-project.js";
import { newWatch, startGateway, type Gateway, type Stop } from "./gateway.js";

/** Where the cases are played: this computer, with stand-ins for AWS or an account. */
export interface Place {
  readonly folder: string;
  readonly objects: Objects;
  /** s3://bucket, or a prefix of one. */
  readonly root: string;
  /** What the command needs to find S3 and the services. */
  readonly env: Readonly<Record<string, string>>;
  /** Over the profile of an engine, such as roles and subnets. */
  readonly words: (engine: EngineName) => Readonly<Record<string, unknown>>;
  /** Whose environment lets stages on this computer share a Spark that stays up; those of a case that kills do not. */
  readonly warm?: { readonly env: Readonly<Record<string, string>>; isOn: boolean };
  /** Absent in an account, where nobody can be asked what was started. */
  readonly endpoint?: Endpoint;
  /** Between Spark and S3. */
  readonly sparkGateway?: Gateway;
}

export interface Scene {
  readonly place: Place;
  readonly engine: EngineName;
  readonly cwd: string;
  /** Folder or s3:// URI. */
  readonly lake: string;
  readonly store: Store;
  readonly ledger: Ledger;
  /** `carelake <words> --profile <the engine's>`. */
  carelake(...words: readonly string[]): Promise<Ended>;
  start(...words: readonly string[]): Started;
  /** `carelake run fills`, whose driver is killed by SIGKILL at a request to S3 or the service; it ends as it does when that never comes. */
  killedAt(moment: KillMoment): Promise<Ended>;
  /** Puts another text for one in a file of the project; it must be there, once. */
  change(file: string, from: string, to: string): void;
  /** What readers see of each table in 2023, as one line a table that no two contents share. */
  tables(): Promise<Readonly<Record<string, string>>>;
}

export type KillMoment = Pick<Stop, "at" | "when">;

export const RUN = ["run", "fills", "--year", "2023", "--json"] as const;

export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < 1200; waited++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never happened: ${what}`);
}

export interface SceneOptions {
  readonly engine: EngineName;
  /** Of the lake; unique in the place. */
  readonly name: string;
  /** Over the profile. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export function newScene(place: Place, { engine, name, more = {} }: SceneOptions): Scene {
  const cwd = mkdtempSync(join(place.folder, "project-"));
  const lake = engine === "local" ? join(cwd, "lake") : `${place.root}/${name}`;
  awsProject(cwd, { [engine]: { engine, lake, more: { ...place.words(engine), ...more } } });
  const store = engine === "local" ? folderStore(join(lake, "ledger"), () => "test") : s3Store(place.objects, `${lake}/ledger`);
  const command = (words: readonly string[], env: Readonly<Record<string, string>> = {}) => ({ args: [...words, "--profile", engine], cwd, env: { ...place.env, ...(place.warm?.isOn === true ? place.warm.env : {}), ...env } });
  return {
    place,
    engine,
    cwd,
    lake,
    store,
    ledger: ledgerIn(store),
    carelake: (...words) => carelake(command(words)),
    start: (...words) => startCarelake(command(words)),
    killedAt: (moment) => killedAt({ moment, env: place.env, start: (env) => startCarelake(command(RUN, env)) }),
    change: (file, from, to) => {
      const path = join(cwd, file);
      const parts = readFileSync(path, "utf8").split(from);
      if (parts.length !== 2) throw new Error(`${file} has ${from} ${String(parts.length - 1)} times, not once`);
      writeFileSync(path, parts.join(to));
    },
    tables: async () => {
      if (engine === "local") return contents(lake, 2023);
      const copy = mkdtempSync(join(place.folder, "copy-"));
      await download(place.objects, `${lake}/`, { only: "warehouse/", to: copy });
      return contents(copy, 2023);
    },
  };
}

/** Objects below `only` of a prefix as files of a folder. */
export async function download(objects: Objects, prefix: string, { only, to }: { readonly only: string; readonly to: string }): Promise<void> {
  for (const { uri } of await objects.list(`${prefix}${only}`)) {
    const file = join(to, uri.slice(prefix.length));
    const content = file.endsWith("/") ? undefined : await objects.stream(uri);
    // Hadoop leaves markers where a disk would have folders.
    if (content === undefined) continue;
    mkdirSync(dirname(file), { recursive: true });
    await pipeline(content, createWriteStream(file));
  }
}

interface Killing {
  readonly moment: KillMoment;
  readonly env: Readonly<Record<string, string>>;
  readonly start: (env: Readonly<Record<string, string>>) => Started;
}

const SERVICES = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_EMR", "AWS_ENDPOINT_URL_EMR_SERVERLESS"] as const;

/** Each driver has gateways of its own: nobody else's request can be taken for one of its. */
async function killedAt({ moment, env, start }: Killing): Promise<Ended> {
  const watch = newWatch();
  const gateways = await Promise.all(SERVICES.map(async (name) => ({ name, gateway: await startGateway(env[name] ?? "", watch) })));
  let driver: Started | undefined;
  const then = async (): Promise<void> => {
    driver?.child.kill("SIGKILL");
    await driver?.ended;
  };
  gateways[0]?.gateway.stopAt({ ...moment, then });
  try {
    driver = start(Object.fromEntries(gateways.map(({ name, gateway }) => [name, gateway.url])));
    return await driver.ended;
  } finally {
    await Promise.all(gateways.map(({ gateway }) => gateway.close()));
  }
}
