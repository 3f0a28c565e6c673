import { describe, expect, it } from "vitest";
import { compare } from "../../driver/publish/contract.js";
import { addIndexes, contractHash, createTable, lineOf, loadLocal } from "../../driver/publish/ddl.js";
import { AfterSwap, problemOf, Stopped, TurnEnded } from "../../driver/publish/faults.js";
import { flavourFailures, flavourOf } from "../../driver/publish/flavour.js";
import { statementsOf } from "../../driver/publish/migrate.js";
import { columnComment, formerOf, name, stagingOf, tableComment, tagOf, text } from "../../driver/publish/names.js";
import { toldOf } from "../../driver/publish/privileges.js";
import { readSteady } from "../../driver/publish/read.js";
import type { PublishTable, Tag } from "../../driver/publish/set.js";

const TAG: Tag = { set: "part-d", publication: "R-1", run: "R-1", version: "1", at: "2026-01-01T00:00:00.000Z", rows: 2, hash: "5", contract: "c", years: [2023], snapshots: { "2023": "71" }, members: ["drug"] };

const TABLE: PublishTable = {
  name: "drug",
  meaning: "One row a drug's name",
  columns: [
    { name: "year", type: "int", meaning: "Data year" },
    { name: "brand", type: "string", meaning: "It's a name", maxLength: 120 },
    { name: "cost", type: "decimal(18,2)", meaning: "Cost", unit: "usd", nullable: true },
    { name: "is_opioid", type: "boolean", meaning: "Opioid" },
    { name: "seen", type: "timestamp", meaning: "Seen" },
  ],
  key: ["year", "brand"],
  indexes: [["brand"], ["is_opioid", "cost"]],
  manifests: [],
};

describe("SQL text", () => {
  it("creates a table with the contract's types, comments, key and one fixed collation", () => {
    expect(createTable(TABLE, "drug__r", TAG)).toBe(
      [
        "create table `drug__r` (",
        "  `year` int not null comment 'Data year',",
        "  `brand` varchar(120) not null comment 'It''s a name',",
        "  `cost` decimal(18,2) null comment 'Cost (usd)',",
        "  `is_opioid` tinyint(1) not null comment 'Opioid',",
        "  `seen` datetime(6) not null comment 'Seen',",
        "  primary key (`year`, `brand`)",
        `) engine=InnoDB character set utf8mb4 collate utf8mb4_0900_as_cs comment='One row a drug''s name [carelake ${JSON.stringify(TAG)}]'`,
      ].join("\n"),
    );
  });

  it("adds all indexes in one statement, and none for a table without", () => {
    expect(addIndexes(TABLE, "t")).toBe("alter table `t` add index `by_brand` (`brand`), add index `by_is_opioid_cost` (`is_opioid`, `cost`)");
    expect(addIndexes({ ...TABLE, indexes: [] }, "t")).toBeUndefined();
  });

  it("states the form of the segments when it loads them", () => {
    expect(loadLocal(TABLE, "t", "2023/part-00000.txt")).toBe(
      "load data local infile '2023/part-00000.txt' into table `t` character set utf8mb4 " +
        "fields terminated by '\\t' enclosed by '' escaped by '\\\\' lines starting by '' terminated by '\\n' (`year`, `brand`, `cost`, `is_opioid`, `seen`)",
    );
  });

  it("marks nulls only where they may be and escapes text only", () => {
    expect(lineOf(TABLE.columns.filter((column) => column.type !== "string"))).toBe("concat_ws('\\t', `year`, ifnull(`cost`, '\\\\N'), `is_opioid`, `seen`)");
  });

  it("quotes hostile names and texts", () => {
    expect(name("a`; drop table b")).toBe("`a``; drop table b`");
    expect(text("a'b\\c\n")).toBe("'a''b\\\\c\\n'");
  });

  it("refuses a published text without a length", () => {
    expect(() => createTable({ ...TABLE, columns: [{ name: "x", type: "string", meaning: "x" }] }, "t", TAG)).toThrow("maxLength");
  });

  it("splits a migration at semicolons that end a line, without its comments", () => {
    expect(statementsOf("-- a;\ncreate table a (b int) comment='x; y';\n\n-- c\ninsert into a\nvalues (1);\n")).toEqual(["create table a (b int) comment='x; y'", "insert into a\nvalues (1)"]);
  });
});

describe("names and tags", () => {
  it("folds a publication's id to lower case and plain characters", () => {
    expect(stagingOf("drug", "2026-01-02T03:04-Ab")).toBe("drug__2026_01_02t03_04_ab");
    expect(formerOf("drug", "R-1")).toBe("drug__old_r_1");
  });

  it("reads back the tag it wrote, and none from a comment of others", () => {
    expect(tagOf(tableComment("A table's meaning [x]", TAG))).toEqual(TAG);
    expect(tagOf("a table")).toBeUndefined();
    expect(tagOf('x [carelake {"set":"a"}]')).toBeUndefined();
    expect(tagOf("x [carelake {broken]")).toBeUndefined();
  });

  it("cuts a meaning that does not fit, never the tag", () => {
    const comment = tableComment("m".repeat(5000), TAG);
    expect(comment.length).toBe(2048);
    expect(tagOf(comment)).toEqual(TAG);
    expect(columnComment("m".repeat(2000), "usd").length).toBe(1024);
  });

  it("gives another contract for another type, order, key, index or meaning", () => {
    const [first, ...rest] = TABLE.columns;
    const others: PublishTable[] = [
      { ...TABLE, columns: first === undefined ? rest : [...rest, first] },
      { ...TABLE, key: ["year"] },
      { ...TABLE, indexes: [] },
      { ...TABLE, meaning: "x" },
    ];
    expect(new Set([TABLE, ...others].map(contractHash)).size).toBe(5);
  });
});

describe("the contract against live columns", () => {
  const live = [
    { name: "year", type: "int", nullable: false },
    { name: "brand", type: "varchar(100)", nullable: false },
    { name: "cost", type: "decimal(18,4)", nullable: false },
    { name: "gone", type: "bigint", nullable: false },
    { name: "is_opioid", type: "tinyint(1)", nullable: false },
  ];

  it("calls a dropped column, another scale and another key breaking; wider text, null and new columns not", () => {
    expect(compare(TABLE, live, ["year", "cost"])).toEqual({
      breaking: ["column cost changes from decimal(18,4) to decimal(18,2)", "column gone bigint is dropped", "primary key changes from (year, cost) to (year, brand)"],
      harmless: ["column brand changes from varchar(100) to varchar(120)", "column cost may now be null", "column seen datetime(6) is new"],
    });
  });
});

describe("grants", () => {
  it("reads the database's own, global and wildcard grants, and no other database's", () => {
    expect(toldOf("GRANT SELECT, INSERT ON `care_lake`.* TO `u`@`%`", "care_lake", "GRANT")).toEqual(["SELECT", "INSERT"]);
    expect(toldOf("GRANT SELECT ON `care\\_lake`.* TO `u`@`%`", "carexlake", "GRANT")).toEqual([]);
    expect(toldOf("GRANT SELECT ON `care_lake`.* TO `u`@`%`", "carexlake", "GRANT")).toEqual(["SELECT"]);
    expect(toldOf("GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION", "x", "GRANT")).toEqual(["ALL PRIVILEGES"]);
    expect(toldOf("GRANT ALL PRIVILEGES ON `dev%`.* TO `u`@`%`", "dev_1", "GRANT")).toEqual(["ALL PRIVILEGES"]);
    expect(toldOf("GRANT SELECT ON `x`.`t` TO `u`@`%`", "x", "GRANT")).toEqual([]);
    expect(toldOf("GRANT `role`@`%` TO `u`@`%`", "x", "GRANT")).toEqual([]);
    expect(toldOf("REVOKE DROP ON `x`.* FROM `u`@`%`", "x", "REVOKE")).toEqual(["DROP"]);
    expect(toldOf("REVOKE DROP ON `x`.* FROM `u`@`%`", "x", "GRANT")).toEqual([]);
  });
});

describe("faults", () => {
  const context = { settings: { user: "u", database: "d", host: "h" }, step: "load", run: "r" };
  const said = (code: string, errno: number, message: string): Error => Object.assign(new Error(message), { code, errno });

  it("tells a full disk in each of the server's wordings", () => {
    for (const error of [
      said("ER_RECORD_FILE_FULL", 1114, "The table 'alpha__p' is full"),
      said("ER_DISK_FULL", 1021, "Disk full (/tmp/x); waiting for someone to free some space..."),
      said("ER_ERROR_ON_WRITE", 1026, "Error writing file '/x' (OS errno 28 - No space left on device)"),
      said("EE_WRITE", 3, "Error writing file '/tmp/MLx' (Errcode: 28 - No space left on device)"),
      said("ER_GET_ERRNO", 1030, "Got error 28 - 'No space left on device' from storage engine"),
    ]) {
      expect(problemOf(error, context)).toMatchObject({ code: "publish-disk-full", address: "h:3306" });
    }
  });

  it("keeps what it does not know an error, so that a bug is never taken for a problem", () => {
    expect(problemOf(new TypeError("x is undefined"), context)).toBeUndefined();
    expect(problemOf("text", context)).toBeUndefined();
    expect(problemOf(said("ER_TOO_LONG_KEY", 1071, "Specified key was too long"), context)).toMatchObject({ code: "publish-refused", step: "load" });
    expect(problemOf(new Stopped(), context)).toEqual({ code: "run-cancelled", run: "r" });
  });
});

describe("what is read while others publish", () => {
  /** `changes`: looks that find another generation than the one before. */
  const reading = (changes: number, read: (seen: number) => Promise<string>) => {
    let looks = 0;
    return readSteady({ database: "d", set: "s", look: () => Promise.resolve(Math.min(looks++, changes)), isSame: (before, after) => before === after }, read);
  };

  it("is read again when a swap came in between, whatever it answered, and its own failure is told when none did", async () => {
    const gone = (seen: number): Promise<string> => (seen < 2 ? Promise.reject(new Error("no such table")) : Promise.resolve(`of ${String(seen)}`));
    expect(await reading(2, gone)).toBe("of 2");
    await expect(reading(0, gone)).rejects.toThrow("no such table");
  });

  it("is given up when swaps come faster than it can be read", async () => {
    let reads = 0;
    await expect(reading(1000, () => Promise.resolve(String(++reads)))).rejects.toMatchObject({ problem: { code: "publish-unsettled", database: "d", set: "s", how: "changed" } });
    expect(reads).toBe(5);
  });
});

describe("sessions that show different generations", () => {
  it("are looked at again after pauses that grow, for a replica takes a while", async () => {
    const pauses: number[] = [];
    const pause = (milliseconds: number): Promise<void> => Promise.resolve(void pauses.push(milliseconds));
    const reading = (differ: number) => {
      let looks = 0;
      return readSteady({ database: "d", set: "s", look: () => Promise.resolve(looks++ < differ ? undefined : "same"), isSame: (before, after) => before === after, pause }, (seen) => Promise.resolve(seen));
    };
    await expect(reading(1000)).rejects.toMatchObject({ problem: { code: "publish-unsettled", how: "differ" } });
    expect(pauses).toEqual([250, 500, 1000, 2000]);
    pauses.length = 0;
    expect(await reading(1)).toBe("same");
    expect(pauses).toEqual([250]);
  });
});

describe("a turn that ended", () => {
  const at = (step: string) => problemOf(new TurnEnded("slept"), { settings: { user: "u", database: "d", host: "h" }, step, run: "r" });

  it("is told with what readers have: what they had, or in a swap either of two", () => {
    expect(at("load")).toMatchObject({ code: "publish-in-progress", database: "d", owner: "slept", left: expect.stringContaining("served before") });
    for (const step of ["swap", "rollback"]) expect(at(step)).toMatchObject({ left: expect.stringContaining("either the former tables or the new ones") });
  });
});

describe("a connection that broke", () => {
  const context = { settings: { user: "loader", database: "serving", socketPath: "/s" }, step: "load", run: "7c1e-1" };

  it("is told as that also by the command after it, of which mysql2 says so without a code", () => {
    const closed = Object.assign(new Error("Can't add new command when connection is in closed state"), { fatal: true });
    expect(problemOf(closed, context)).toEqual({ code: "publish-interrupted", address: "/s", step: "load", message: closed.message });
    expect(problemOf(closed, { ...context, step: "connect" })).toMatchObject({ code: "mysql-unreachable" });
    expect(problemOf(new Error("some bug of ours"), context)).toBeUndefined();
  });

  it("after the swap is told with what readers see now", () => {
    const lost = Object.assign(new Error("Connection lost"), { code: "PROTOCOL_CONNECTION_LOST", fatal: true });
    expect(problemOf(new AfterSwap("", { cause: lost }), context)).toMatchObject({ code: "publish-interrupted", left: expect.stringContaining("serves the new tables") });
    expect(problemOf(new AfterSwap("", { cause: new TypeError("a bug") }), context)).toBeUndefined();
  });
});

describe("the kind of a server", () => {
  const kinds = [
    [{ version: "8.0.42", version_comment: "MySQL Community Server - GPL" }, "MySQL", []],
    [{ version: "8.4.6", version_comment: "Source distribution", basedir: "/rdsdbbin/mysql-8.4.6.R1/" }, "Amazon RDS for MySQL", []],
    [{ version: "8.0.39", aurora_version: "3.08.0", basedir: "/rdsdbbin/oscar-8.0/" }, "Aurora MySQL", []],
    [{ version: "9.7.4", version_comment: "(Debian)" }, "MySQL", []],
    [{ version: "8.0.19-10" }, "MySQL", []],
    [{ version: "8.0.15", version_comment: "MySQL Community Server - GPL" }, "MySQL", ["version"]],
    [{ version: "5.7.44", version_comment: "MySQL Community Server" }, "MySQL", ["version"]],
    [{ version: "?" }, "MySQL", ["version"]],
    [{ version: "11.8.3-MariaDB-log", version_comment: "managed" }, "MariaDB", ["version"]],
  ] as const;

  it.each(kinds)("is read from its own words, and refused where it is none of ours: %j", (settings, kind, refused) => {
    expect(flavourOf(settings).kind).toBe(kind);
    expect(flavourFailures(settings).map((each) => each.setting)).toEqual(refused);
  });
});
