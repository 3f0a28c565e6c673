// Logs of steps in the forms that they are known to take: late, missing, renamed, rotated, cut off.

import { AddJobFlowStepsCommand, RunJobFlowCommand } from "@aws-sdk/client-emr";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { CLUSTER, fakePlace, statesOf, step, type Place, type PlaceOptions } from "./place.js";

let place: Place;
afterEach(() => place.stop());

async function upCluster(options: PlaceOptions = {}): Promise<string> {
  place = await fakePlace({ limits: false, ...options });
  const id = (await place.emr.send(new RunJobFlowCommand(CLUSTER))).JobFlowId ?? "";
  await place.clock.advance(1_000);
  return id;
}

const add = (JobFlowId: string, name: string) => place.emr.send(new AddJobFlowStepsCommand({ JobFlowId, Steps: [step(name)] }));

describe("logs", () => {
  const stderr = "first\nsecond\nthird\n";
  async function logged(fault: "logs-late" | "logs-missing" | "logs-txt" | "logs-rotated" | "logs-unreadable"): Promise<readonly string[]> {
    const id = await upCluster({ end: () => ({ ms: 1, stderr }) });
    place.endpoint.faults.order(fault === "logs-late" ? { fault, ms: 600_000 } : { fault });
    await add(id, "one");
    await place.clock.advance(10_000);
    await place.endpoint.settled();
    return [...place.endpoint.objects.keys()].map((uri) => uri.replace(/^.*steps\/s-[0-9A-Z]+\//, ""));
  }
  const body = (ending: string): Buffer => [...place.endpoint.objects].find(([uri]) => uri.endsWith(ending))?.[1] ?? Buffer.alloc(0);

  it("may come ten minutes late", async () => {
    expect(await logged("logs-late")).toEqual([]);
    await place.clock.advance(600_000);
    await place.endpoint.settled();
    expect(place.endpoint.objects.size).toBe(3);
  });

  it("may never come", async () => expect(await logged("logs-missing")).toEqual([]));

  it("may be called .txt.gz", async () => expect(await logged("logs-txt")).toEqual(["controller.txt.gz", "stderr.txt.gz", "stdout.txt.gz"]));

  it("may be rotated by the hour", async () => {
    expect((await logged("logs-rotated")).filter((name) => name.startsWith("stderr"))).toEqual([expect.stringMatching(/^stderr\.\d{4}-\d\d-\d\d-\d\d\.gz$/), "stderr.gz"]);
    const parts = [...place.endpoint.objects].filter(([uri]) => uri.includes("/stderr.")).map(([, each]) => gunzipSync(each).toString("utf8"));
    expect(parts.join("")).toMatch(/second\nthird\n$/);
    expect(parts).toHaveLength(2);
  });

  it("may be cut off", async () => {
    await logged("logs-unreadable");
    expect(() => gunzipSync(body("stderr.gz"))).toThrow();
  });

  it("of a cluster that ends come with its end", async () => {
    const id = await upCluster({ end: () => ({ ms: 1 }), delays: { logs: 3_600_000 } });
    await add(id, "one");
    await place.clock.advance(5_000);
    await place.endpoint.settled();
    expect(place.endpoint.objects.size).toBe(0);
    await place.clock.advance(700_000);
    await place.endpoint.settled();
    expect(statesOf(place, id).at(-1)).toBe("TERMINATED");
    expect(place.endpoint.objects.size).toBe(3);
  });
});
