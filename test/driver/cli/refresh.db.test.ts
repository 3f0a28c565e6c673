// carelake refresh as a user calls it: the generation comes from a real MySQL, Power BI is the stand-in. What is said,
// with which exit code, and that commands that are killed or stopped never make a second refresh.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../../driver/local/mysql.js";
import { buildIfStale, carelake, PACKAGE, startCarelake } from "../../carelake.js";
import { change, makeProject } from "../../problems/case.js";
import { startTestMySql } from "../../servers/mysql.js";
import { MODEL, PRINCIPAL, startPowerBi, WORKSPACE, type PowerBiServer } from "../../servers/power-bi/server.js";
import type { PublishTable } from "../../../driver/publish.js";
import { atStatement, makeDatabase, valueOf, type Database } from "../publish-database.js";
import { pairOf } from "../publish-segments.js";
import { leaveFinishedRun } from "./finished-run.js";

let mysql: MySqlServer;
let database: Database;
let service: PowerBiServer;
let project = "";
let generation = 0;

beforeAll(async () => {
  buildIfStale();
  mysql = await startTestMySql();
  database = await makeDatabase(mysql, "serving");
  project = makeProject();
});
afterAll(async () => {
  await database.end();
  await mysql.stop();
  rmSync(project, { recursive: true, force: true });
});
beforeEach(async () => {
  service = await startPowerBi();
  rmSync(join(project, "lake"), { recursive: true, force: true });
  configure("");
  await publish(5);
  return async () => {
    expect(service.mistakes).toEqual([]);
    await service.stop();
  };
});

/** Of an analyst's own model. */
const OWN_TABLES = "      tables: { beta: Beta }\n";

function configure(more: string, tables = OWN_TABLES): void {
  const text = `pipelines: [./pipeline.ts]
profiles:
  serving:
    lake: ./lake
    input: ./input
    mysql: { host: 127.0.0.1, port: ${String(mysql.port)}, user: serving, password: { env: LOADER_PASSWORD }, database: serving, tls: off }
    powerbi:
      workspace: ${WORKSPACE}
      model: ${MODEL}
      tenant: ${PRINCIPAL.tenant}
      client: ${PRINCIPAL.client}
      secret: { env: POWERBI_SECRET }
${tables}      poll_seconds: 0.05
      api: ${service.url}
      login: ${service.url}
${more}`;
  change(project, { write: { "carelake.yaml": text }, programs: {}, bytes: {}, remove: [], replace: [] });
}

/** Two years of `rows` rows in each table. */
async function publish(rows: number): Promise<void> {
  await publishSet("fills", (tables) => tables, rows);
  Object.assign(service.model.source, { alpha: 2 * rows, Beta: 2 * rows });
}

async function publishSet(set: string, named: (tables: readonly PublishTable[]) => readonly PublishTable[], rows: number): Promise<void> {
  generation++;
  const tables = named(pairOf(join(database.folder, String(generation)), { generation, rows }));
  valueOf(await database.publish({ set, tables, publication: `p${String(generation)}`, allowBreaking: true }));
}

/** As a publisher leaves it that died between its RENAME and its record. */
async function swapUnrecorded(rows: number): Promise<string> {
  await publish(rows);
  const publication = `p${String(generation)}`;
  await database.root.query("update publish_log set state = 'swapping', finished_at = null where publication = ?", [publication]);
  await database.root.query("update carelake_tables set publication = 'former', published_at = '2020-01-01' where set_name = 'fills'");
  return publication;
}

const command = (words: string, env: Readonly<Record<string, string | null>> = {}) => ({ args: [...words.split(" "), "--profile", "serving"], cwd: project, env: { LOADER_PASSWORD: database.password, POWERBI_SECRET: PRINCIPAL.secret, ...env } });
const tell = (words: string, env?: Readonly<Record<string, string | null>>) => carelake(command(words, env));

describe("carelake refresh", () => {
  it("refreshes the published tables under the model's names, says what it has, and asks for nothing twice", async () => {
    configure("      check: true\n");
    const first = await tell("refresh fills");
    const id = service.model.refreshes[0]?.id ?? "";
    expect([first.code, first.stdout]).toEqual([0, `Power BI refreshed its model (${id})\ntable of the model  from   publication  rows published  rows in the model\n──────────────────  ─────  ───────────  ──────────────  ─────────────────\nalpha               alpha  p1                       10                 10\nBeta                beta   p1                       10                 10\n`]);
    expect(first.stderr).toBe(`  asking Power BI to refresh alpha, Beta\n  refresh ${id} has begun\n`);
    const second = await tell("refresh fills --json");
    expect([second.code, JSON.parse(second.stdout)]).toMatchObject([0, { outcome: "up-to-date", refresh: null }]);
    await publish(6);
    expect(JSON.parse((await tell("refresh fills --table Beta --json")).stdout)).toMatchObject({ outcome: "refreshed", tables: [{ table: "beta", model: "Beta", rows: 12 }] });
    expect(service.asked).toMatchObject([{ objects: [{ table: "alpha" }, { table: "Beta" }] }, { objects: [{ table: "Beta" }] }]);
  });

  it("writes the record of a publisher that died right after its swap, before Power BI looks there for what is new", async () => {
    await tell("refresh fills");
    const publication = await swapUnrecorded(7);
    const { code, stderr } = await tell("refresh fills");
    expect([code, stderr.split("\n").slice(0, 2)]).toEqual([0, [`  an earlier try of publication ${publication} was swapped in; its record is finished now`, "  asking Power BI to refresh alpha, Beta"]]);
    expect(await database.rows("select distinct publication p, published_at > '2026-01-01' is_new from carelake_tables where set_name = 'fills'")).toEqual([{ p: publication, is_new: 1 }]);
  });

  it("goes on once the record is there, though somebody else publishes for long", async () => {
    await tell("refresh fills");
    const publication = await swapUnrecorded(8);
    await database.root.query("select get_lock('carelake:serving', 0)");
    const asked = tell("refresh fills");
    await atStatement(database.root, "%get_lock%", (count) => count > 0);
    await database.root.query("update publish_log set state = 'done', finished_at = utc_timestamp(3) where publication = ?", [publication]);
    await database.root.query("update carelake_tables set publication = ? where set_name = 'fills'", [publication]);
    const { code, stderr } = await asked;
    const [owner] = await database.rows("select is_used_lock('carelake:serving') = connection_id() as mine");
    await database.root.query("do release_all_locks()");
    expect([code, stderr.split("\n")[0], owner]).toEqual([0, "  asking Power BI to refresh alpha, Beta", { mine: 1 }]);
  });

  it("refreshes every table of the report's own model that a published table feeds, without being told their names", async () => {
    configure("      check: true\n", "");
    const names = ["prescriber_report", "drug_utilization"];
    await publishSet("part-d", (tables) => tables.map((table, index) => ({ ...table, name: names[index] ?? "" })), 5);
    Object.assign(service.model.source, { "Drug utilization": 10, Prescriber: 10, Specialty: 3, Publication: 2 });
    const { code, stdout, stderr } = await tell("refresh part-d --json");
    expect([code, stderr.split("\n")[0]]).toEqual([0, "  asking Power BI to refresh Drug utilization, Prescriber, Specialty, Publication"]);
    expect(JSON.parse(stdout)).toMatchObject({
      tables: [
        { model: "Drug utilization", table: "drug_utilization", rows: 10, counted: true },
        { model: "Prescriber", table: "prescriber_report", rows: 10, counted: true },
        { model: "Specialty", table: "prescriber_report", rows: null, counted: false },
        { model: "Publication", table: "carelake_tables", rows: 2, counted: true },
      ],
    });
    expect(JSON.parse((await tell("refresh part-d --force --table prescriber_report --json")).stdout)).toMatchObject({ tables: [{ model: "Prescriber" }, { model: "Specialty" }] });
  });

  it("takes the tables of a model of the analyst's own from the profile: other names, several from one, none", async () => {
    configure("", "      tables: { alpha: [Cost, Label], beta: false, carelake_tables: Freshness }\n");
    Object.assign(service.model.source, { Cost: 10, Label: 2, Freshness: 2 });
    const { stdout } = await tell("refresh fills --json");
    expect(JSON.parse(stdout)).toMatchObject({ tables: [{ model: "Cost", table: "alpha" }, { model: "Label", table: "alpha" }, { model: "Freshness", table: "carelake_tables" }] });
    expect(service.asked).toMatchObject([{ objects: [{ table: "Cost" }, { table: "Label" }, { table: "Freshness" }] }]);
  });

  it("tells a failure with the service's words and ends with 1", async () => {
    service.model.ends.push({ status: "Failed", tables: { Beta: "Failed" }, messages: [{ code: "0xC112001C", message: "The key didn't match any rows in the table.", type: "Error" }] });
    const { code, stderr } = await tell("refresh fills");
    expect([code, stderr.slice(stderr.indexOf("error["))]).toEqual([
      1,
      `error[refresh-failed]: the refresh of model ${MODEL} failed
  note: 0xC112001C: The key didn't match any rows in the table.
  note: Beta: Failed
  note: it is refresh ${service.model.refreshes[0]?.id ?? ""}
  left: the model shows what it showed before
  help: carelake refresh asks again for what the model does not show
`,
    ]);
  });

  it("tells rows that differ, and ends with 1", async () => {
    configure("      check: true\n");
    Object.assign(service.model.source, { Beta: 4 });
    const { code, stderr } = await tell("refresh fills");
    expect([code, stderr]).toEqual([1, expect.stringContaining("error[refresh-mismatch]: Power BI shows other numbers of rows than were published: Beta\n  note: beta has 10 rows, Beta in the model has 4 rows\n")]);
  });

  it.each([
    ["login", { POWERBI_SECRET: "wrong~secret" }, undefined, "error[powerbi-login]: Microsoft gives application 11111111-2222-4333-8444-555555555555 no token in tenant contoso.example\n  note: AADSTS7000215: Invalid client secret provided.\n"],
    ["permission", {}, { on: "start", answer: { status: 403, body: { error: { code: "PowerBINotAuthorizedException", message: "no" } } } }, "error[powerbi-denied]: Power BI does not permit the refresh (403)\n  note: PowerBINotAuthorizedException: no\n  help: the service principal must be member or contributor of the workspace"],
    ["table of the model", {}, { on: "start", answer: { status: 400, body: { error: { code: "InvalidRequest", message: "The model has no table alpha" } } } }, "error[powerbi-refused]: Power BI refused the refresh: InvalidRequest\n  note: The model has no table alpha\n  help: are the tables in the model (powerbi.tables names those of a model of your own)?"],
  ] as const)("tells a wrong %s with the next step, ends with 3, and shows no secret", async (_, env, fault, said) => {
    if (fault !== undefined) service.fault(fault);
    const { code, stderr, stdout } = await tell("refresh fills", env);
    expect([code, stderr]).toEqual([3, expect.stringContaining(said)]);
    expect(stderr + stdout).not.toMatch(/wrong~secret|s3cret/);
    expect(service.model.refreshes).toEqual([]);
  });

  it("names the variable of a secret that is not set, and a table that is near", async () => {
    expect(await tell("refresh fills", { POWERBI_SECRET: null })).toMatchObject({ code: 2, stderr: "error[config-missing]: no secret of the service principal\n  note: looked at environment variable POWERBI_SECRET\n  help: set POWERBI_SECRET\n" });
    expect(await tell("refresh fills --table alhpa")).toMatchObject({ code: 2, stderr: "error[usage]: no table of the model is named alhpa, or loaded from one of that name\n  --> --table   alhpa\n  help: did you mean `alpha`?\n" });
    expect(service.asked).toEqual([]);
  });
});

describe("a refresh whose command ended", () => {
  it("goes on, is followed by the next command, and is cancelled by --cancel", async () => {
    service.model.looks = 100_000;
    const followed = startCarelake(command("refresh fills"));
    await until(() => service.seen.filter((each) => each === "look").length > 2);
    process.kill(followed.pid, "SIGINT");
    const { code, stderr } = await followed.ended;
    const id = service.model.refreshes[0]?.id ?? "";
    expect([code, stderr]).toEqual([1, expect.stringContaining(`error[refresh-detached]: refresh ${id} goes on without anybody waiting for it\n  help: carelake refresh follows it again, with --cancel it is stopped\n`)]);
    expect(await tell("refresh fills --cancel")).toMatchObject({ code: 0, stdout: `refresh ${id} is cancelled\n` });
    expect(await tell("refresh fills --cancel")).toMatchObject({ code: 0, stdout: "no refresh that carelake asked for goes on\n" });
    expect(service.model.refreshes.length).toBe(1);
  });

  it.each([
    ["before it wrote down that it asks", "before", "000001-asked", 0],
    ["between its word and the request", "after", "000001-asked", 0],
    ["before it wrote down the answer", "before", "000001-started", 1],
    ["after it wrote down the answer", "after", "000001-started", 1],
    ["before it wrote down the end", "before", "000001-ended", 1],
  ])("killed %s: one refresh in all", async (_, when, path, before) => {
    const env = { NODE_OPTIONS: `--import ${join(PACKAGE, "test/driver/kill-at.mjs")}`, KILL_AT: JSON.stringify({ call: "link", path, when }) };
    expect((await tell("refresh fills", env)).signal).toBe("SIGKILL");
    expect(service.model.refreshes.length).toBe(before);
    expect(await tell("refresh fills")).toMatchObject({ code: 0 });
    expect(service.model.refreshes.length).toBe(1);
    expect(JSON.parse((await tell("refresh fills --json")).stdout)).toMatchObject({ outcome: "up-to-date" });
  });
});

describe("--after-publish", () => {
  it("refreshes what was published; a refresh that fails leaves the publication and tells so", async () => {
    const run = await leaveFinishedRun({ project, profile: "serving", env: command("").env });
    Object.assign(service.model.source, { pharmacy_report: 1, drug_report: 1 });
    const first = await tell(`publish ${run} --after-publish --allow-breaking --json`);
    expect([first.code, JSON.parse(first.stdout)]).toMatchObject([0, { outcome: "published", publication: run, refresh: { outcome: "refreshed", tables: [{ table: "drug_report" }, { table: "pharmacy_report" }] } }]);

    await publish(5);
    service.model.ends.push({ status: "Failed" });
    const second = await tell(`publish ${run} --after-publish --allow-breaking`);
    // The former publication of that name is kept for a way back.
    expect([second.code, second.stdout]).toEqual([1, expect.stringContaining(`published: ${run}-2\n`)]);
    expect(second.stderr).toContain("error[refresh-failed]");
    expect(second.stderr).toContain(`  left: publication ${run}-2 is live in MySQL; the model shows what it showed before\n`);
    const third = await tell(`publish ${run} --after-publish --json`);
    expect([third.code, JSON.parse(third.stdout)]).toMatchObject([0, { outcome: "already-live", refresh: { outcome: "refreshed" } }]);
  });

  it("is refused before anything is published when the secret is not there", async () => {
    const run = await leaveFinishedRun({ project, profile: "serving", env: command("").env });
    expect(await tell(`publish ${run} --after-publish`, { POWERBI_SECRET: null })).toMatchObject({ code: 2, stderr: expect.stringContaining("error[config-missing]: no secret of the service principal") });
    expect((await database.rows("select publication from carelake_tables where set_name = 'fills'")).map((row) => row["publication"])).not.toContain(run);
  });
});

/** Looks again and again, within the time of the test. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((done) => setTimeout(done, 20));
}
