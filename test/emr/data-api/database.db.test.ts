import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ExportFiles } from "../../../driver/exports.js";
import { folderExports } from "../../../driver/exports.js";
import type { MySqlServer } from "../../../driver/local/mysql.js";
import { check, clean, leftovers, publications, rollback } from "../../../driver/publish.js";
import type { SessionSource } from "../../../driver/session.js";
import { dataApiDatabase } from "../../../emr/data-api/database.js";
import { problemOf, valueOf, withDatabase, type Database } from "../../driver/publish-database.js";
import { EDGES, edges } from "../../driver/publish-edges.js";
import { field, pairOf, spoiled } from "../../driver/publish-segments.js";
import { startTestMySql } from "../../servers/mysql.js";
import { Refusal, startDataApi, type StandIn, type StandInOptions } from "./stand-in.js";

const CLUSTER = "arn:aws:rds:us-east-1:123456789012:cluster:serving";
const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:loader-AbCdEf";
const before = { ...process.env };
let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
});
afterAll(async () => {
  process.env = before;
  await server?.stop();
});

interface Aurora {
  readonly database: Database;
  readonly standIn: StandIn;
  readonly connect: SessionSource;
  /** The same segments, said to be in a bucket. */
  readonly files: ExportFiles;
}

async function inAurora(name: string, work: (aurora: Aurora) => Promise<void>, options: Partial<StandInOptions> = {}): Promise<void> {
  await withDatabase(server, name, async (database) => {
    const standIn = await startDataApi({ server, account: { user: name, password: database.password }, bucket: database.folder, ...options });
    Object.assign(process.env, { AWS_ENDPOINT_URL_RDS_DATA: standIn.url, AWS_ACCESS_KEY_ID: "AKIDTEST", AWS_SECRET_ACCESS_KEY: "test" });
    const local = (place: string): string => place.replace("s3://lake/", `${database.folder}/`);
    const files: ExportFiles = {
      place: (directory, file) => join(directory, file).replace(`${database.folder}/`, "s3://lake/"),
      list: folderExports.list,
      text: (place) => folderExports.text(local(place)),
      size: (place) => folderExports.size(local(place)),
      open: () => {
        throw new Error("the driver reads no segment here");
      },
    };
    try {
      await work({ database, standIn, files, connect: dataApiDatabase({ cluster: CLUSTER, secret: SECRET, database: name }) });
      expect(standIn.findings).toEqual([]);
    } finally {
      await standIn.end();
    }
  });
}

describe("a publication through the RDS Data API", () => {
  it("brings every type's edges, says how, and MySQL computes the hash of the segments", () =>
    inAurora("api_edges", async ({ database, standIn, connect, files }) => {
      const table = edges(database.folder);
      expect(valueOf(await database.publish({ tables: [table], publication: "p1", connect, files })).outcome).toBe("published");
      expect(database.events).toContainEqual({ event: "publish-path", path: "load-data-from-s3", because: "the RDS Data API takes no stream of rows" });
      const found = await database.rows("select cast(id as char) id, words, cast(large as char) large, cast(moment as char) moment, cast(exact as char) exact from every_type");
      const byId = new Map(found.map((row) => [row["id"], row]));
      for (const row of EDGES) expect(Object.values(byId.get(row[1]) ?? {})).toEqual([row[1], row[2], row[4], row[7], row[9]]);
      // Segments are loaded side by side: in which order they come is nobody's promise.
      expect(standIn.rewritten.map(({ from }) => /^load data from s3 '(s3:\/\/lake\/[^']+)' into table `every_type__p1` character set utf8mb4 fields /.exec(from)?.[1]).sort()).toEqual(table.manifests[0]?.manifest.segments.map(({ file }) => expect.stringMatching(new RegExp(`^s3://lake/.*/${file}$`)) as unknown));
    }));

  it("takes turns in one RENAME each, goes back, and leaves nothing", () =>
    inAurora("api_turns", async ({ database, standIn, connect, files }) => {
      const shared = { connect, files, keepGenerations: 1 };
      for (const generation of [1, 2, 3]) valueOf(await database.publish({ ...shared, tables: pairOf(database.folder, { generation, rows: 50 }), publication: `p${String(generation)}` }));
      expect(valueOf(await publications(connect))).toMatchObject({ live: [{ publication: "p3" }], former: [{ publication: "p2" }] });
      expect(valueOf(await rollback({ connect, set: "pair", version: "0.0.1", now: () => new Date() }))).toMatchObject({ from: "p3", to: "p2" });
      expect(await database.rows("select distinct a.generation a, b.generation b from alpha a, beta b")).toEqual([{ a: 2, b: 2 }]);
      expect(standIn.asked.filter((sql) => sql.startsWith("rename table"))).toHaveLength(4);
      expect(valueOf(await leftovers(connect))).toEqual({ staging: [], unfinished: [] });
      expect(valueOf(await clean({ connect, now: () => new Date() }))).toEqual({ dropped: [] });
      expect(await database.rows("select * from carelake_lease")).toEqual([]);
    }));

  it("takes no bent value and no double key, and readers keep what they had", () =>
    inAurora("api_bent", async ({ database, connect, files }) => {
      const publish = (publication: string, generation: number, change: (line: string) => string) => database.publish({ connect, files, publication, tables: spoiled(pairOf(database.folder, { generation, rows: 50 }), change) });
      valueOf(await publish("p1", 1, (line) => line));
      expect(problemOf(await publish("p2", 2, field(4, "xx")))).toMatchObject({ code: "publish-load-refused", warnings: [expect.stringContaining("cost_usd")] });
      expect(problemOf(await publish("p3", 2, field(1, "4")))).toMatchObject({ code: "publish-load-refused", message: expect.stringContaining("took 49 records, skipped 0 and gave 1 warnings") });
      expect(problemOf(await publish("p4", 2, field(3, "other")))).toMatchObject({ code: "publish-mismatch", what: "content hash of 2022" });
      expect(await database.rows("select distinct generation g from alpha")).toEqual([{ g: 1 }]);
    }));

  it("waits for the end of an index that is built for longer than the service waits", async () => {
    let looks = 0;
    let database: Database | undefined;
    const before = async (sql: string): Promise<void> => {
      if (sql.startsWith("alter table `alpha__p1`")) await database?.root.query("lock tables alpha__p1 read");
      if (sql.startsWith("select 1 as busy") && ++looks === 2) await database?.root.query("unlock tables");
    };
    await inAurora(
      "api_slow",
      async (aurora) => {
        database = aurora.database;
        const { connect, files } = aurora;
        expect(valueOf(await database.publish({ connect, files, tables: pairOf(database.folder, { generation: 1, rows: 50 }), publication: "p1" })).outcome).toBe("published");
        expect(looks).toBeGreaterThan(1);
        expect((await database.rows("select count(distinct index_name) n from information_schema.statistics where table_schema = 'api_slow' and table_name = 'alpha'"))[0]).toEqual({ n: 3 });
      },
      { late: /^alter table `alpha__p1`/, before },
    );
  });

  it("does not take a RENAME for done that ended, unheard, without moving a table", () =>
    inAurora(
      "api_unmoved",
      async ({ database, connect, files }) => {
        valueOf(await database.publish({ connect, files, tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1" }));
        await database.root.query("start transaction");
        await database.root.query("select count(*) from alpha");
        const tables = pairOf(database.folder, { generation: 2, rows: 5 });
        const barred = await database.publish({ connect, files, tables, publication: "p2", lockWaitSeconds: 1, deadlineSeconds: 1 });
        expect(problemOf(barred)).toMatchObject({ code: "publish-locked" });
        await database.root.query("commit");
        expect(await database.rows("select distinct publication p from carelake_tables")).toEqual([{ p: "p1" }]);
        expect(valueOf(await database.publish({ connect, files, tables, publication: "p2" })).outcome).toBe("published");
        expect(await database.rows("select distinct generation g, (select distinct publication from carelake_tables) p from alpha")).toEqual([{ g: 2, p: "p2" }]);
      },
      { late: /^rename table/ },
    ));

  const unheard = [
    ["after it has moved the tables", { late: { test: () => false }, look: /^select 1 as found from information_schema.tables/ }],
    ["while the server goes on with it", { late: /^rename table/, look: /^select 1 as busy/ }],
  ] as const;
  it.each(unheard)("says of a RENAME that nobody may look at %s that it was sent, and what tells how it ended", async (when, { late, look }) => {
    let isRenamed = false;
    let isRefused = true;
    const before = async (sql: string): Promise<void> => {
      if (sql.startsWith("rename table")) isRenamed = true;
      if (isRenamed && isRefused && look.test(sql)) throw new Refusal("ForbiddenException", "not authorized to perform rds-data:ExecuteStatement");
    };
    await inAurora(
      when.startsWith("after") ? "api_unlooked" : "api_unended",
      async ({ database, connect, files }) => {
        const tables = pairOf(database.folder, { generation: 1, rows: 5 });
        const unknown = problemOf(await database.publish({ connect, files, tables, publication: "p1" }));
        expect(unknown).toMatchObject({ code: "aws-denied", left: expect.stringMatching(/^the RENAME was sent, .*either the former tables or the new ones.*carelake publications says which/) });
        expect(await database.rows("select state from publish_log order by id desc limit 1")).toEqual([{ state: "swapping" }]);
        isRefused = false;
        expect(valueOf(await database.publish({ connect, files, tables, publication: "p1" })).publication).toBe("p1");
        expect(await database.rows("select distinct generation g, (select distinct publication from carelake_tables) p from alpha")).toEqual([{ g: 1, p: "p1" }]);
        expect(valueOf(await leftovers(connect))).toEqual({ staging: [], unfinished: [] });
      },
      { before, late },
    );
  });

  it("says so when the service stops a load that takes too long, and another try goes on with what stands", async () => {
    let isLate = true;
    await inAurora(
      "api_late",
      async ({ database, connect, files }) => {
        const tables = pairOf(database.folder, { generation: 1, rows: 50 });
        const stopped = problemOf(await database.publish({ connect, files, tables, publication: "p1", parallel: 1, reconnectSeconds: 0 }));
        expect(stopped).toMatchObject({ code: "publish-interrupted", step: "load", message: expect.stringContaining("longer than the Data API waits") });
        isLate = false;
        expect(valueOf(await database.publish({ connect, files, tables, publication: "p1" })).outcome).toBe("published");
        expect(database.events.some((event) => event.event === "publish-continued")).toBe(true);
      },
      { late: { test: (sql: string) => isLate && /^load data from s3 '[^']*-2023-/.test(sql) } },
    );
  });

  it("brings its own surroundings, whatever the cluster gives to a connection", () =>
    inAurora(
      "api_defaults",
      async ({ database, connect, files }) => {
        const table = edges(database.folder);
        expect(valueOf(await database.publish({ tables: [table], publication: "p1", connect, files })).outcome).toBe("published");
      },
      { defaults: "session sql_mode = 'NO_BACKSLASH_ESCAPES', time_zone = '+05:00', lc_messages = 'de_DE', sql_safe_updates = 1" },
    ));
});

describe("two publishers, one with a connection and one without", () => {
  it("exclude each other, and each names the other", () =>
    inAurora("api_both", async ({ database, connect, files }) => {
      const tables = pairOf(database.folder, { generation: 1, rows: 5 });
      await database.root.query("select get_lock('carelake:api_both', 0)");
      expect(problemOf(await database.publish({ connect, files, tables, publication: "p1", turnSeconds: 1 }))).toMatchObject({ code: "publish-in-progress", owner: expect.stringMatching(/^connection \d+/) });
      await database.root.query("select release_lock('carelake:api_both')");
      await database.root.query("insert into carelake_lease values (1, 'somebody', utc_timestamp(3) + interval 60 second)");
      const taken = { code: "publish-in-progress", owner: "a publisher through the RDS Data API" };
      expect(problemOf(await database.publish({ connect, files, tables, publication: "p1", turnSeconds: 1 }))).toMatchObject(taken);
      expect(problemOf(await database.publish({ tables, publication: "p1", turnSeconds: 1 }))).toMatchObject(taken);
      const seen = await check({ connect, files, tables, publication: "p1", set: "pair", run: "run", version: "0.0.1", now: () => new Date() });
      expect(valueOf(seen).working).toBe(taken.owner);
      // Its driver died: the lease ends by itself.
      await database.root.query("update carelake_lease set taken_until = utc_timestamp(3) - interval 1 second");
      expect(valueOf(await database.publish({ connect, files, tables, publication: "p1" })).outcome).toBe("published");
      expect(valueOf(await database.publish({ tables, publication: "p2" })).outcome).toBe("already-live");
    }));

  it("refuses rows that lie on this computer", () =>
    inAurora("api_lake", async ({ database, connect }) => {
      expect(problemOf(await database.publish({ connect, tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1" }))).toMatchObject({ code: "config-invalid", key: "mysql.data_api" });
    }));
});

describe("a publisher without a connection whose lease ends", () => {
  const END = "update carelake_lease set taken_until = utc_timestamp(3) - interval 1 second";
  const RENEWAL_MS = 10_000;

  it("while it loads stops at once, and leaves what stands to the next one", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    let database: Database | undefined;
    let isOver = false;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const before = async (sql: string): Promise<void> => {
      if (isOver || !sql.startsWith("load data from s3")) return;
      isOver = true;
      await database?.root.query(END);
      vi.advanceTimersByTime(RENEWAL_MS);
      // No answer to this load before the publisher has ended.
      await held;
    };
    try {
      await inAurora(
        "api_lost_load",
        async (aurora) => {
          database = aurora.database;
          const { connect, files } = aurora;
          const tables = pairOf(database.folder, { generation: 1, rows: 50 });
          const lost = problemOf(await database.publish({ connect, files, tables, publication: "p1", parallel: 1 }));
          release();
          expect(lost).toMatchObject({ code: "publish-in-progress", owner: expect.stringContaining("could not be renewed"), left: expect.stringContaining("goes on with it") });
          expect(valueOf(await leftovers(connect)).staging.map((each) => each.name)).toEqual(["alpha__p1", "beta__p1"]);
          expect(valueOf(await database.publish({ connect, files, tables, publication: "p1" })).outcome).toBe("published");
        },
        { before },
      );
    } finally {
      release();
      vi.useRealTimers();
    }
  });

  it("before its RENAME does not ask for it, though nobody has closed its record yet", async () => {
    let database: Database | undefined;
    const before = async (sql: string): Promise<void> => {
      if (sql.startsWith("update publish_log set state = 'swapping'")) await database?.root.query(END);
    };
    await inAurora(
      "api_lost_swap",
      async (aurora) => {
        database = aurora.database;
        const { connect, files, standIn } = aurora;
        const tables = pairOf(database.folder, { generation: 1, rows: 50 });
        const lost = await database.publish({ connect, files, tables, publication: "p1" });
        expect(problemOf(lost)).toMatchObject({ code: "publish-in-progress", owner: expect.stringContaining("could not be renewed"), left: expect.stringMatching(/^its RENAME was not sent: .*carelake publications says which$/) });
        expect(standIn.asked.filter((sql) => sql.startsWith("rename"))).toEqual([]);
        expect(valueOf(await leftovers(connect)).staging.map((each) => each.name)).toEqual(["alpha__p1", "beta__p1"]);
      },
      { before },
    );
  });
});
