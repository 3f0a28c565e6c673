// The same cases in an AWS account (npm run test:aws): those that need not look behind the service. It costs what a few
// small clusters and job runs cost for some minutes each. Without an account named by the environment it says so.

import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, it } from "vitest";
import { accountMissing, accountPlace } from "./account.js";
import { CASES } from "./cases.js";
import { newScene, type Place, type Scene } from "./scene.js";

const missing = accountMissing(process.env);
let place: Place | undefined;
if (missing !== undefined) console.warn(`skipped: ${missing}`);

afterAll(() => (place === undefined ? undefined : rmSync(place.folder, { recursive: true, force: true })));

describe.skipIf(missing !== undefined).each(["local", "emr", "emr-serverless"] as const)("a run in an account, on %s", (engine) => {
  let scene: Scene;
  beforeAll(() => {
    place ??= accountPlace(process.env, `conformance-${new Date().toISOString().replaceAll(/[^0-9]/g, "")}`);
    scene = newScene(place, { engine, name: engine });
  });

  it.each(CASES.filter(({ on, endpoint }) => on.includes(engine) && endpoint !== true))("$name", ({ play }) => play(scene));
});
