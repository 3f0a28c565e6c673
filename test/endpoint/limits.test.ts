// The published request rates, seen through SDK clients.

import { DescribeClusterCommand, ListClustersCommand, ListInstancesCommand, ListStepsCommand, RunJobFlowCommand } from "@aws-sdk/client-emr";
import { CreateApplicationCommand, StartJobRunCommand } from "@aws-sdk/client-emr-serverless";
import { afterEach, describe, expect, it } from "vitest";
import { APPLICATION, CLUSTER, errorOf, fakePlace, jobRun, type Place } from "./place.js";

let place: Place;
afterEach(() => place.stop());

const status = async (ClusterId: string) => (await place.emr.send(new DescribeClusterCommand({ ClusterId }))).Cluster?.Status;

describe("the published rates", () => {
  it("let a burst of 10 ListSteps pass, then one every two seconds", async () => {
    place = await fakePlace();
    const id = (await place.emr.send(new RunJobFlowCommand(CLUSTER))).JobFlowId ?? "";
    const list = () => errorOf(place.emr.send(new ListStepsCommand({ ClusterId: id })));
    for (let index = 0; index < 10; index++) expect(await list()).toBeUndefined();
    expect(await list()).toBe("ThrottlingException: Rate exceeded");
    await place.clock.advance(2_000);
    expect([await list(), await list()]).toEqual([undefined, "ThrottlingException: Rate exceeded"]);
  });

  it("count all EMR calls together: 25, then 5 a second", async () => {
    place = await fakePlace();
    const id = (await place.emr.send(new RunJobFlowCommand(CLUSTER))).JobFlowId ?? "";
    const calls = [...Array.from({ length: 10 }, () => status(id)), ...Array.from({ length: 14 }, () => place.emr.send(new ListClustersCommand({})))];
    await Promise.all(calls);
    expect(await errorOf(place.emr.send(new ListInstancesCommand({ ClusterId: id })))).toContain("ThrottlingException");
  });

  it("let 25 StartJobRun pass, then one a second", async () => {
    place = await fakePlace();
    const id = (await place.serverless.send(new CreateApplicationCommand(APPLICATION))).applicationId ?? "";
    const start = (token: string) => errorOf(place.serverless.send(new StartJobRunCommand(jobRun(id, token))));
    const answers = await Promise.all(Array.from({ length: 27 }, (_, index) => start(`t${index}`)));
    expect(answers.filter((each) => each !== undefined)).toEqual(["ThrottlingException: Rate exceeded", "ThrottlingException: Rate exceeded"]);
    expect(place.endpoint.calls.filter(({ error }) => error === "ThrottlingException").map(({ status }) => status)).toEqual([429, 429]);
  });
});
