import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession } from "../../driver/mysql.js";
import type { Session } from "../../driver/session.js";
import { startTestMySql } from "../servers/mysql.js";
import { makeDatabase, type Database } from "./publish-database.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let server: MySqlServer;
let database: Database;

beforeAll(async () => {
  server = await startTestMySql();
  database = await makeDatabase(server, "session");
}, 120_000);

afterAll(async () => {
  await database.end();
  await server.stop();
});

const answerOf = async (session: Session): Promise<WeakRef<object>> => new WeakRef(await session.query("select repeat('x', 1000) as text"));

it("a session that lives on keeps none of its answers", async () => {
  const session = await openSession(database.settings);
  const answers = [];
  for (let at = 0; at < 10; at++) answers.push(await answerOf(session));
  // What a promise was settled with is let go when its turn of the event loop is over.
  await session.query("select 1");
  await new Promise((done) => setImmediate(done));
  collect();
  expect(answers.filter((answer) => answer.deref() !== undefined)).toEqual([]);
  await session.close();
});

it("a session that was cut answers nothing more, neither what waits nor what is asked later", async () => {
  const session = await openSession(database.settings);
  const waiting = expect(session.query("select sleep(60)")).rejects.toThrow("enough");
  session.cut(new Error("enough"));
  await waiting;
  await expect(session.query("select 1")).rejects.toThrow("enough");
  expect(session.over.aborted).toBe(true);
});
