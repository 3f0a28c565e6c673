// The wire itself, by plain HTTP: what SDK clients hide or never send.

import { afterEach, describe, expect, it } from "vitest";
import { faults } from "./faults.js";
import { fakePlace, type Place } from "./place.js";
import { listen } from "./server.js";

let place: Place;
afterEach(() => place.stop());

const signed = (service: string) => ({ authorization: `AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00` });
async function emr(operation: string, body: string, headers: Record<string, string> = signed("elasticmapreduce")): Promise<{ status: number; body: unknown; type: string | null }> {
  const answer = await fetch(place.endpoint.url, { method: "POST", body, headers: { "x-amz-target": `ElasticMapReduce.${operation}`, "content-type": "application/x-amz-json-1.1", ...headers } });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? "" : JSON.parse(text), type: answer.headers.get("content-type") };
}
const serverless = async (method: string, path: string, body?: string) => fetch(`${place.endpoint.url}${path}`, { method, headers: signed("emr-serverless"), ...(body === undefined ? {} : { body }) });

describe("EMR over HTTP", () => {
  it("answers errors with __type, as JSON 1.1", async () => {
    place = await fakePlace();
    expect(await emr("DescribeCluster", '{"ClusterId":"j-1"}')).toEqual({ status: 400, type: "application/x-amz-json-1.1", body: { __type: "InvalidRequestException", ErrorCode: "ValidationException", Message: "Cluster id 'j-1' is not valid." } });
    expect(await emr("DescribeCluster", "{")).toMatchObject({ status: 400, body: { __type: "SerializationException" } });
    expect(await emr("DescribeCluster", '{"ClusterID":"j-1"}')).toMatchObject({ status: 400, body: { __type: "ValidationException", message: "2 validation errors detected: at 'ClusterID': the model has no such member; at 'ClusterId': required, and missing" } });
    expect(await emr("FlyToTheMoon", "{}")).toMatchObject({ status: 404, body: { __type: "UnknownOperationException" } });
  });

  it("wants a signature for this service", async () => {
    place = await fakePlace();
    expect(await emr("ListClusters", "{}", {})).toMatchObject({ status: 403, body: { __type: "AccessDeniedException" } });
    expect(await emr("ListClusters", "{}", signed("s3"))).toMatchObject({ status: 403, body: { message: expect.stringContaining("'elasticmapreduce'") } });
    expect(await emr("ListClusters", "{}")).toMatchObject({ status: 200, body: { Clusters: [] } });
  });
});

describe("EMR Serverless over HTTP", () => {
  it("answers errors with a status and x-amzn-errortype", async () => {
    place = await fakePlace();
    const answer = await serverless("GET", "/applications/00none/jobruns/00none?attempt=1");
    expect([answer.status, answer.headers.get("x-amzn-errortype"), await answer.json()]).toEqual([404, "ResourceNotFoundException", { message: "Application 00none does not exist" }]);
  });

  it("reads path, query and body as one input", async () => {
    place = await fakePlace();
    const made = (await (await serverless("POST", "/applications", JSON.stringify({ releaseLabel: "emr-spark-8.1.0", type: "SPARK", clientToken: "t" }))).json()) as { applicationId: string };
    const list = await serverless("GET", "/applications?states=CREATING&states=CREATED&maxResults=5");
    expect(await list.json()).toMatchObject({ applications: [{ id: made.applicationId, createdAt: expect.any(Number), type: "Spark" }] });
    const wrong = await serverless("GET", "/applications?states=GONE&maxResults=many");
    expect(await wrong.json()).toEqual({ message: expect.stringMatching(/at 'maxResults': expected a whole number.*at 'states\[0\]': "GONE" is none of/) });
    expect(place.endpoint.calls.map(({ operation, status, input }) => [operation, status, input["maxResults"]])).toEqual([["CreateApplication", 200, undefined], ["ListApplications", 200, 5], ["ListApplications", 400, "many"]]);
  });
});

describe("an answer that breaks the model", () => {
  it("is a bug that the client and the end of the test see", async () => {
    place = await fakePlace();
    const parts = { clock: place.clock, faults: faults(), limits: undefined, calls: [], bugs: new Array<Error>() };
    const broken = { emr: { DescribeCluster: () => ({ Cluster: { Status: { Timeline: { CreationDateTime: "2026-11-22T10:00:00Z" } } } }) }, "emr-serverless": {} };
    const { url, server } = await listen({ ...parts, handlers: broken });
    const answer = await fetch(url, { method: "POST", body: '{"ClusterId":"j-1"}', headers: { ...signed("elasticmapreduce"), "x-amz-target": "ElasticMapReduce.DescribeCluster" } });
    expect(answer.status).toBe(500);
    expect(parts.bugs.map(({ message }) => message)).toEqual([expect.stringContaining("the answer to DescribeCluster breaks the model: at 'Cluster.Status.Timeline.CreationDateTime'")]);
    server.closeAllConnections();
    server.close();
  });
});
