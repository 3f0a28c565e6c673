// The token in the place of a password against a second signer, botocore's, at the same moment: the same address, words
// and signature. What the server side takes and refuses of it is shown by test/driver/publish-access.db.test.ts.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findStandIns } from "../../../driver/local/stand-ins.js";
import { databaseTokens, type TokenFor } from "../../../emr/access/database-token.js";
import { testMachine } from "../../servers/machine.js";

const found = findStandIns(testMachine());
if (!found.ok) console.warn("skipped, because the Python of the stand-ins is not installed (carelake setup --for test): our database tokens against botocore's");

const MOMENT = "2026-03-04T05:06:07+00:00";
const KEYS = { key: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(MOMENT) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** As a user's shell has them. */
function signedIn(token: string | undefined): void {
  for (const [name, value] of Object.entries({ AWS_ACCESS_KEY_ID: KEYS.key, AWS_SECRET_ACCESS_KEY: KEYS.secret, AWS_SESSION_TOKEN: token, AWS_PROFILE: undefined, AWS_REGION: undefined })) vi.stubEnv(name, value);
}

function botocores(python: string, asked: TokenFor, token: string | undefined): string {
  const input = JSON.stringify({ ...asked, ...KEYS, token, moment: MOMENT });
  return execFileSync(python, [join(import.meta.dirname, "sign_token.py")], { input, encoding: "utf8" });
}

const partsOf = (token: string): unknown => {
  const { host, searchParams } = new URL(`https://${token}`);
  return { host, words: Object.fromEntries([...searchParams].sort()) };
};

describe.skipIf(!found.ok)("a token for a database", () => {
  const python = found.ok ? found.value.python : "";
  const database: TokenFor = { host: "serving.cluster-abc123.eu-west-1.rds.amazonaws.com", port: 3306, user: "carelake_loader", region: "eu-west-1" };

  it.each([
    ["an account", database, undefined],
    ["a role, whose session is signed too", database, "IQoJb3JpZ2luX2VjE+session/token=="],
    ["a proxy on another port, elsewhere", { host: "p.proxy-abc.us-gov-west-1.rds.amazonaws.com", port: 3307, user: "loader", region: "us-gov-west-1" }, undefined],
    ["a name that must be written otherwise in an address", { ...database, user: "load er+1@büro" }, undefined],
  ] as const)("of %s is signed as botocore signs it", async (_, asked, token) => {
    signedIn(token);
    const ours = await databaseTokens(asked)();
    expect(partsOf(ours)).toEqual(partsOf(botocores(python, asked, token)));
    expect(partsOf(ours)).toMatchObject({ words: { Action: "connect", DBUser: asked.user, "X-Amz-Date": "20260304T050607Z", "X-Amz-Expires": "900" } });
    // The server gets it as a password: no scheme in front of it.
    expect(ours.startsWith(`${asked.host}:${String(asked.port)}`)).toBe(true);
  });

  it("is another one at another moment, and under another key", async () => {
    signedIn(undefined);
    const sign = databaseTokens(database);
    const first = await sign();
    vi.setSystemTime(Date.parse(MOMENT) + 1000);
    expect(await sign()).not.toBe(first);
    vi.setSystemTime(Date.parse(MOMENT));
    expect(await sign()).toBe(first);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "another");
    expect(partsOf(await databaseTokens(database)())).not.toEqual(partsOf(first));
  });

  it("is a problem with a way out where nobody is signed in", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries({ AWS_EC2_METADATA_DISABLED: "true", AWS_SHARED_CREDENTIALS_FILE: "/nowhere", AWS_CONFIG_FILE: "/nowhere" })) vi.stubEnv(name, value);
    await expect(databaseTokens(database)()).rejects.toMatchObject({ problem: { code: expect.stringMatching(/^aws-/) } });
  });
});
