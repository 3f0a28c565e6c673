// Tables in Glue, as they are on AWS: what clusters have made EMR Serverless finds there and goes on with, and readers
// see what a run on this computer, whose catalog is a folder, makes of the same files.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startMoto, type MotoServer } from "../servers/moto.js";
import { startAws, type AwsPlace } from "./aws-project.js";
import { AWS_ENGINES } from "./history.js";
import { newScene, RUN, type Scene } from "./scene.js";

const folder = mkdtempSync(join(tmpdir(), "glue-"));
const LAST_ROW = "P003,Insulin,11,1044.90";
let moto: MotoServer;
let aws: AwsPlace;

beforeAll(async () => {
  moto = await startMoto({ folder: join(folder, "moto") });
  aws = await startAws({ folder: join(folder, "aws"), warm: true, spark: { glue: { endpoint: moto.endpoint } } });
});
afterAll(async () => {
  await aws.stop();
  await moto.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function tablesAfterRun(scene: Scene): Promise<Readonly<Record<string, string>>> {
  const done = await scene.carelake(...RUN);
  expect(done.code, done.stderr + done.stdout).toBe(0);
  return scene.tables();
}

it("are those of a folder, on both services in the same lake", async () => {
  const local = newScene(aws, { engine: "local", name: "folder" });
  const [clusters, serverless] = AWS_ENGINES.map((engine) => newScene(aws, { engine, name: "glue" }));
  if (clusters === undefined || serverless === undefined) throw new Error("two services");
  expect(await tablesAfterRun(clusters)).toEqual(await tablesAfterRun(local));
  // The tables of the first run are there and stay; a file with one more row makes them anew.
  expect(JSON.parse((await serverless.carelake(...RUN)).stdout)).toMatchObject({ nothing_to_do: true });
  for (const scene of [local, serverless]) scene.change("input/fills_2023.csv", LAST_ROW, `${LAST_ROW}\nP004,Insulin,12,1.00`);
  expect(await tablesAfterRun(serverless)).toEqual(await tablesAfterRun(local));
  // Numbered as Glue's are; a catalog in the folder itself would have left a version-hint.
  const metadata = (await aws.objects.list(`${clusters.lake}/warehouse/`)).map(({ uri }) => uri).filter((uri) => uri.includes("/metadata/"));
  expect(metadata.filter((uri) => /\.db\/\w+\/metadata\/0000\d-[0-9a-f-]+\.metadata\.json$/.test(uri)).length).toBeGreaterThan(4);
  expect(metadata.filter((uri) => uri.endsWith("/version-hint.text"))).toEqual([]);
});

it("of another lake are left alone: Glue knows one table of a name, and the run says whose it is", async () => {
  const [, engine] = AWS_ENGINES;
  if (engine === undefined) throw new Error("two services");
  const [first, second] = [newScene(aws, { engine, name: "glue" }), newScene(aws, { engine, name: "another" })];
  const before = await first.tables();
  const refused = await second.carelake("run", "fills", "--year", "2023");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`belongs to another lake: it lies in ${first.lake}/warehouse/`);
  expect(refused.stderr).toContain("so a second lake needs a region or account of its own");
  expect(await first.tables()).toEqual(before);
  expect(await aws.objects.list(`${second.lake}/warehouse/`)).toEqual([]);
});
