// The cases of the suite on this computer, on EMR and on EMR Serverless: one S3 and one endpoint for both services.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { startAws, type AwsPlace } from "./aws-project.js";
import { CASES } from "./cases.js";
import { newScene, type Scene } from "./scene.js";

const folder = mkdtempSync(join(tmpdir(), "conformance-"));
let aws: AwsPlace;

beforeAll(async () => {
  aws = await startAws({ folder, warm: true });
});
afterAll(async () => {
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(["local", "emr", "emr-serverless"] as const)("a run on %s", (engine) => {
  let scene: Scene;
  beforeAll(() => {
    scene = newScene(aws, { engine, name: engine });
  });

  it.each(CASES.filter(({ on }) => on.includes(engine)))("$name", async ({ play, kills }) => {
    aws.warm.isOn = kills !== true;
    await play(scene);
  });
});
