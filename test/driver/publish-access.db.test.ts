// Who gets in, and how: certificates with a name in them, tokens, the accounts of sql/mysql/accounts.sql.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession, type MySqlSettings } from "../../driver/mysql.js";
import { publications, rollback } from "../../driver/publish.js";
import { statementsOf } from "../../driver/publish/migrate.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { problemOf, valueOf, withDatabase } from "./publish-database.js";
import { pairOf } from "./publish-segments.js";
import { startTokenGateway } from "./token-gateway.js";

const folder = mkdtempSync(join(tmpdir(), "carelake-tls-"));
const at = (file: string): string => join(folder, file);
const openssl = (words: string): void => void execFileSync("openssl", words.split(" "), { cwd: folder, stdio: "ignore" });

/** An authority, and a server of it that is called localhost. */
function makeIdentity(name: string): { readonly ca: string; readonly key: string; readonly cert: string } {
  openssl(`req -x509 -newkey rsa:2048 -nodes -keyout ${name}-ca.key -out ${name}-ca.pem -subj /CN=${name}-ca -days 2`);
  openssl(`req -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=localhost`);
  writeFileSync(at("names"), "subjectAltName=DNS:localhost");
  openssl(`x509 -req -in ${name}.csr -CA ${name}-ca.pem -CAkey ${name}-ca.key -CAcreateserial -days 2 -extfile names -out ${name}.pem`);
  return { ca: readFileSync(at(`${name}-ca.pem`), "utf8"), key: readFileSync(at(`${name}.key`), "utf8"), cert: readFileSync(at(`${name}.pem`), "utf8") };
}

let server: MySqlServer;
let identity: ReturnType<typeof makeIdentity>;

beforeAll(async () => {
  identity = makeIdentity("ours");
  server = { ...(await startTestMySql({ extraArgs: [`--ssl-cert=${at("ours.pem")}`, `--ssl-key=${at("ours.key")}`, `--ssl-ca=${at("ours-ca.pem")}`] })), caFile: at("ours-ca.pem") };
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("TLS", () => {
  it("is verified by default: chain and name hold, and every connection of a publication is encrypted", () =>
    withDatabase(server, "tls_ok", async (database) => {
      await database.root.query("alter user 'tls_ok'@'%' require ssl");
      const { user, password } = database.settings;
      const connect: MySqlSettings = { host: "localhost", port: server.port, user, database: "tls_ok", ...(password === undefined ? {} : { password }), authorities: [identity.ca] };
      expect(valueOf(await database.publish({ connect, tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1" })).outcome).toBe("published");
      const stranger = { ...connect, authorities: [makeIdentity("theirs").ca] };
      expect(problemOf(await database.publish({ connect: stranger, tables: pairOf(database.folder, { generation: 2, rows: 5 }), publication: "p2" }))).toMatchObject({ code: "mysql-tls" });
    }));
});

describe("a token in the place of a password", () => {
  /** Takes each token that was signed, once. */
  async function withTokens(hasTls: boolean, work: (at: { readonly settings: MySqlSettings; readonly signed: readonly string[]; readonly received: readonly string[] }) => Promise<void>): Promise<void> {
    const signed: string[] = [];
    const accepts = (token: string): boolean => signed.includes(token) && front.tokens.indexOf(token) === front.tokens.length - 1;
    const front = await startTokenGateway({ accepts, ...(hasTls ? { identity } : {}) });
    const password = (): Promise<string> => {
      signed.push(`token-${String(signed.length)}-${"x".repeat(900)}`);
      return Promise.resolve(signed.at(-1) ?? "");
    };
    try {
      await work({ settings: { host: "localhost", port: front.port, user: "loader", password, database: "serving", cleartext: true, authorities: [identity.ca] }, signed, received: front.tokens });
    } finally {
      await front.end();
    }
  }

  it("is signed anew for each connection and sent as it is over verified TLS", () =>
    withTokens(true, async ({ settings, signed, received }) => {
      const sessions = [await openSession(settings), await openSession(settings), await openSession(settings)];
      for (const each of sessions) await each.close();
      expect(new Set(received).size).toBe(3);
      expect(received).toEqual(signed);
    }));

  it("never leaves this computer without TLS, to a stranger, or where nobody asked for it", async () => {
    const meet = async (connect: MySqlSettings) => problemOf(await publications(connect));
    await withTokens(false, async ({ settings, received }) => {
      expect(await meet(settings)).toMatchObject({ code: "mysql-tls" });
      expect(received).toEqual([]);
    });
    await withTokens(true, async ({ settings, received }) => {
      expect(await meet({ ...settings, tls: "off" })).toMatchObject({ code: "config-invalid", key: "mysql.tls" });
      expect(await meet({ ...settings, authorities: [makeIdentity("other").ca] })).toMatchObject({ code: "mysql-tls" });
      expect(await meet({ ...settings, cleartext: false })).toMatchObject({ code: "mysql-access-denied", message: expect.stringContaining("iam: true") });
      expect(received).toEqual([]);
    });
  });
});

describe("the accounts of sql/mysql/accounts.sql", () => {
  it("let the loader publish and go back, and the analyst read what is live and nothing else", () =>
    withDatabase(server, "accounts", async (database) => {
      const sql = readFileSync(join(import.meta.dirname, "../../sql/mysql/accounts.sql"), "utf8").replaceAll("`carelake`", "`accounts`").replace("<password of the loader>", "loader-1").replace("<password of the analyst>", "analyst-1");
      // One line a published table: these are published here.
      const tables = pairOf(database.folder, { generation: 1, rows: 5 }).map((table) => ({ ...table, name: table.name === "alpha" ? "drug_report" : "prescriber_report" }));
      const known = new Set([...tables.map(({ name }) => name), "carelake_tables", "publish_log"]);
      const statements = statementsOf(sql).filter((each) => ((table) => table === undefined || known.has(table))(/on `accounts`\.`(\w+)`/.exec(each)?.[1]));
      const root = await connectAsRoot(server);
      for (const each of statements.filter((one) => !one.includes("analyst"))) await root.query(each);
      const connect: MySqlSettings = { host: "localhost", port: server.port, user: "carelake_loader", password: "loader-1", database: "accounts", authorities: [identity.ca] };
      valueOf(await database.publish({ connect, tables, publication: "p1" }));
      for (const each of statements.filter((one) => one.includes("analyst"))) await root.query(each);
      await root.end();
      const again = pairOf(database.folder, { generation: 2, rows: 5 }).map((table, index) => ({ ...table, name: tables[index]?.name ?? "" }));
      valueOf(await database.publish({ connect, tables: again, publication: "p2" }));

      const analyst = await createConnection({ host: "localhost", port: server.port, user: "carelake_analyst", password: "analyst-1", database: "accounts", ssl: { ca: identity.ca } });
      const seen = (await analyst.query<RowDataPacket[]>("show tables"))[0].flatMap((row) => Object.values(row) as string[]);
      expect(seen.sort()).toEqual(["carelake_tables", "drug_report", "prescriber_report", "publish_log"]);
      expect((await analyst.query<RowDataPacket[]>("select distinct generation g from drug_report"))[0]).toEqual([{ g: 2 }]);
      for (const statement of ["select * from drug_report__old_p1", "delete from drug_report", "drop table drug_report", "select * from carelake_segments"]) await expect(analyst.query(statement), statement).rejects.toThrow(/denied/);
      valueOf(await rollback({ connect, set: "pair", version: "0.0.1", now: () => new Date() }));
      expect((await analyst.query<RowDataPacket[]>("select distinct generation g from drug_report"))[0]).toEqual([{ g: 1 }]);
      await analyst.end();
    }));
});
