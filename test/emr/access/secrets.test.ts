// Secrets Manager as the AWS client asks it, answered by a server of this test.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSecret } from "../../../emr/access/secrets.js";

const SECRETS: Readonly<Record<string, string>> = { plain: "s3cret", keyed: JSON.stringify({ password: "p4ss", port: 3306 }) };
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    const { SecretId: id } = JSON.parse(body) as { SecretId: string };
    const text = SECRETS[id];
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.statusCode = text === undefined ? 400 : 200;
    response.end(JSON.stringify(text === undefined ? { __type: "ResourceNotFoundException", message: "Secrets Manager can't find the specified secret." } : { Name: id, SecretString: text }));
  });
});
const before = { ...process.env };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, { AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${String(port)}`, AWS_ACCESS_KEY_ID: "AKIDTEST", AWS_SECRET_ACCESS_KEY: "secret" });
});
afterAll(() => {
  process.env = before;
  server.close();
});

describe("a secret by reference", () => {
  it("is the whole text, or the value of a key in its JSON", async () => {
    expect(await readSecret({ id: "plain" }, "us-east-1")).toEqual({ ok: true, value: "s3cret" });
    expect(await readSecret({ id: "keyed", key: "password" }, "us-east-1")).toEqual({ ok: true, value: "p4ss" });
    expect(await readSecret({ id: "keyed", key: "port" }, "us-east-1")).toEqual({ ok: true, value: "3306" });
  });

  it("that does not fit is named, and never shown", async () => {
    const told = [await readSecret({ id: "plain", key: "password" }, "us-east-1"), await readSecret({ id: "keyed", key: "user" }, "us-east-1"), await readSecret({ id: "absent" }, "us-east-1")];
    expect(told.flatMap((each) => (each.ok ? [] : each.problems.map(({ code }) => code)))).toEqual(["secret-unfit", "secret-unfit", "aws-refused"]);
    expect(JSON.stringify(told)).not.toMatch(/s3cret|p4ss/);
  });
});
