// The commands that ask the serving database, on a real server: what is wrong with it, what is live, and the way back.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../../driver/local/mysql.js";
import { buildIfStale, carelake } from "../../carelake.js";
import { change, makeProject } from "../../problems/case.js";
import { startTestMySql } from "../../servers/mysql.js";
import { makeDatabase, valueOf, type Database } from "../publish-database.js";
import { pairOf } from "../publish-segments.js";

let server: MySqlServer;
let database: Database;
let project = "";
let port = "";

const PROFILE = `profiles:
  serving:
    lake: ./lake
    mysql: { host: 127.0.0.1, port: PORT, user: serving, password: { env: LOADER_PASSWORD }, database: serving, tls: off }
`;

beforeAll(async () => {
  buildIfStale();
  server = await startTestMySql();
  database = await makeDatabase(server, "serving");
  port = String(server.port);
  project = makeProject();
});
afterAll(async () => {
  await database.end();
  await server.stop();
  rmSync(project, { recursive: true, force: true });
});
beforeEach(() => profile((text) => text));

function profile(edit: (text: string) => string): void {
  change(project, { write: { "carelake.yaml": edit(PROFILE.replace("PORT", port)) }, programs: {}, bytes: {}, remove: [], replace: [] });
}

/** Without tools of its own: what the database answers is what is looked at. */
async function tell(words: string, env: Readonly<Record<string, string | null>> = {}) {
  const told = await carelake({ args: [...words.split(" "), "--profile", "serving"], cwd: project, env: { LOADER_PASSWORD: database.password, ...env } });
  return { ...told, json: words.includes("--json") ? (JSON.parse(told.stdout) as unknown) : undefined };
}

describe("carelake doctor", () => {
  it("says what the server is, and nothing is wrong with it", async () => {
    expect((await tell("doctor --json")).json).toMatchObject({ mysql: expect.stringMatching(/^127\.0\.0\.1:\d+: MySQL \d/), problems: [] });
    expect((await tell("doctor")).code).toBe(0);
  });

  it("says that the server is down, and ends with that", async () => {
    profile((text) => text.replace(`port: ${port}`, "port: 1"));
    const { code, stdout } = await tell("doctor");
    expect(stdout).toContain("error[mysql-unreachable]: MySQL does not answer at 127.0.0.1:1");
    expect(code).toBe(3);
    expect((await tell("doctor --json")).json).toMatchObject({ mysql: null, problems: [{ code: "mysql-unreachable" }] });
  });

  it("says that the password is wrong, or that its variable is not set, and never the password", async () => {
    const denied = await tell("doctor", { LOADER_PASSWORD: "not-it" });
    expect([denied.code, denied.stdout]).toEqual([3, expect.stringContaining("error[mysql-access-denied]")]);
    expect(denied.stdout + denied.stderr).not.toContain("not-it");
    const unset = await tell("doctor", { LOADER_PASSWORD: null });
    expect([unset.code, unset.stdout]).toEqual([2, expect.stringContaining("error[config-missing]: no password of the MySQL database\n  note: looked at environment variable LOADER_PASSWORD")]);
    expect((await tell("doctor --json", { LOADER_PASSWORD: null })).json).toMatchObject({ mysql: null, problems: [{ code: "config-missing" }] });
  });

  it("says which setting and which privilege publication will miss", async () => {
    await database.root.query("set global max_allowed_packet = 524288");
    await database.root.query("revoke drop on `serving`.* from 'serving'@'%'");
    const { code, stdout } = await tell("doctor");
    await database.root.query("grant drop on `serving`.* to 'serving'@'%'");
    await database.root.query("set global max_allowed_packet = 67108864");
    expect(stdout).toMatch(/MySQL 127\.0\.0\.1:\d+: MySQL \d[^]+error\[mysql-settings\][^]+max_allowed_packet is 524288[^]+error\[mysql-privileges\][^]+missing: DROP/);
    expect(code).toBe(3);
  });
});

describe("carelake publications and carelake rollback", () => {
  it("show what is live and what is kept, and swap one for the other, there and back", async () => {
    expect((await tell("publications")).stdout).toBe("nothing is published in this database\n");
    for (const generation of [1, 2]) valueOf(await database.publish({ tables: pairOf(join(database.folder, String(generation)), { generation, rows: 5 }), publication: `p${String(generation)}` }));
    const live = async (): Promise<unknown> => (await database.rows("select max(generation) g from alpha"))[0]?.["g"];
    const listed = await tell("publications --json");
    expect(listed.json).toMatchObject([{ set: "pair", publication: "p2", state: "live", years: [2022, 2023], tables: ["alpha", "beta"] }, { set: "pair", publication: "p1", state: "kept" }]);
    expect((await tell("publications")).stdout).toMatch(/^pair +p2 +live +\d{4}-.*\npair +p1 +kept/m);

    const back = await tell("rollback pair");
    expect([back.code, back.stdout]).toEqual([0, expect.stringContaining("live again: p1, swapped in")]);
    expect(back.stdout).toContain("carelake rollback pair --to p2 goes back again");
    expect(await live()).toBe(1);
    expect((await tell("rollback pair --to p2 --json")).json).toMatchObject({ from: "p1", to: "p2" });
    expect(await live()).toBe(2);
  });

  it("name the publications that there are when another is asked for, and change nothing", async () => {
    const { code, stderr } = await tell("rollback pair --to p7");
    expect([code, stderr]).toEqual([2, "error[publication-unknown]: pair has no publication p7\n  help: there are p1\n"]);
    expect((await tell("rollback pears")).stderr).toBe("error[publication-unknown]: pears has no former publication\n");
  });
});
