// The lake of a profile: its ledger, and where exports are read from; a folder, or a prefix on S3 with the way to AWS.

import { rm } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { join, resolve } from "node:path";
import type { AwsClients } from "../../emr/calls/clients.js";
import type { Calls, CallsOptions } from "../../emr/calls/calls.js";
import type { Objects } from "../../emr/s3/objects.js";
import type { ExportFiles } from "../exports.js";
import { folderExports } from "../exports.js";
import type { Ledger } from "../ledger.js";
import { ledgerIn } from "../ledger.js";
import { folderStore } from "../local/folder-store.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Profile } from "../profile.js";
import { S3_PLACE } from "../profile.js";
import type { Store } from "../store.js";
import type { Context } from "./context.js";

export interface AwsParts {
  readonly clients: AwsClients;
  readonly calls: Calls;
  readonly objects: Objects;
}

export interface Lake {
  /** Folder, or s3://bucket/prefix without a slash at its end. */
  readonly root: string;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly exports: ExportFiles;
  /** With everything in it. */
  readonly removeFolder: (folder: string) => Promise<void>;
  /** Absent where the lake is a folder. */
  readonly aws?: AwsParts;
}

export interface LakePlace {
  readonly profile: Profile;
  /** Folder of the project: paths of a profile are relative to it. */
  readonly folder: string;
  /** --lake, relative to where the command was called. */
  readonly named?: string | undefined;
}

/** Folders of the attempts at stages, below the root of a lake. */
export const attemptFolders = (root: string) => (run: string, stage: string, attempt: number): string => `${root}/ledger/stages/${run}/${stage}-${String(attempt)}`;

export const isRemote = (place: string): boolean => place.startsWith("s3://");

export async function openLake({ profile, folder, named }: LakePlace, context: Context): Promise<Result<Lake>> {
  const place = named ?? profile.lake;
  const unfit = unfitWords(place, profile);
  if (unfit !== undefined) return fail(named === undefined ? { code: "config-invalid", key: "lake", ...unfit } : { code: "usage", message: unfit.message, suggestion: unfit.help.replace(/^lake: /, "--lake "), at: { file: "--lake" } });
  if (!isRemote(place)) return ok(folderLake(named === undefined ? resolve(folder, place) : resolve(context.cwd, place)));
  const root = place.replace(/\/+$/, "");
  const aws = await awsParts(profile, context);
  const { s3Store } = await import("../../emr/s3/store.js");
  const store = s3Store(aws.objects, `${root}/ledger`);
  return ok({ root, store, ledger: ledgerIn(store), exports: s3Exports(aws.objects), removeFolder: async (folder) => aws.objects.remove((await aws.objects.list(`${folder}/`)).map(({ uri }) => uri)), aws });
}

/** Why no lake of the profile's engine can lie there. */
function unfitWords(place: string, { engine }: Profile): { readonly message: string; readonly help: string } | undefined {
  const help = "lake: s3://bucket/prefix";
  if (engine === "local") return isRemote(place) ? { message: `engine local keeps its lake in a folder, not at ${place}`, help: "name a folder, or a profile whose engine works there: emr or emr-serverless" } : undefined;
  if (!isRemote(place)) return { message: `engine ${engine} needs a lake on S3, and this is ${place}`, help };
  return S3_PLACE.test(place) ? undefined : { message: `${place} names no bucket`, help };
}

function folderLake(root: string): Lake {
  let counter = 0;
  const store = folderStore(join(root, "ledger"), () => `${process.pid}-${String(counter++)}`);
  return { root, store, ledger: ledgerIn(store), exports: folderExports, removeFolder: (folder) => rm(folder, { recursive: true, force: true }) };
}

/** Loaded when a lake on S3 is opened: the AWS clients take longer to load than a local plan takes to make. */
export async function awsParts(profile: Profile, context: Context, patience: Pick<CallsOptions, "patienceSeconds"> = {}): Promise<AwsParts> {
  // Its advice about Node's version is for us: package.json says which versions carelake runs on.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const [{ awsClients }, { politeCalls }, { s3Objects }] = await Promise.all([import("../../emr/calls/clients.js"), import("../../emr/calls/calls.js"), import("../../emr/s3/objects.js")]);
  const calls = politeCalls({ clock: { now: context.now, sleep: context.sleep, random: context.random }, ...patience });
  const region = profile.region;
  // Servers other than AWS are reached by one name, which cannot hold the bucket's.
  const pathStyle = context.env["AWS_ENDPOINT_URL_S3"] !== undefined || context.env["AWS_ENDPOINT_URL"] !== undefined;
  const clients = awsClients({ ...(region === undefined ? {} : { region }), pathStyle });
  return { clients, calls, objects: s3Objects({ s3: clients.s3, s3Parts: clients.s3Parts, calls }) };
}

function s3Exports(objects: Objects): ExportFiles {
  return {
    place: (directory, file) => `${directory}/${file}`,
    list: async (directory) => {
      const found = (await objects.list(`${directory}/`)).map(({ uri }) => uri.slice(directory.length + 1).split("/")[0] ?? "");
      return [...new Set(found)].filter((name) => name !== "").sort();
    },
    text: (place) => objects.text(place),
    size: async (place) => (await objects.head(place))?.bytes,
    open: (place) => {
      const through = new PassThrough();
      const fill = async (): Promise<void> => {
        const source = await objects.stream(place);
        if (source === undefined) throw new Error(`${place} is not there any more`);
        await pipeline(source, through);
      };
      fill().catch((error: unknown) => through.destroy(error instanceof Error ? error : new Error(String(error))));
      return through;
    },
  };
}
