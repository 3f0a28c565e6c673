import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findOlderMySql, hasOlderMySql } from "../../../driver/local/older-mysql.js";
import { parts } from "../../../driver/local/setup.js";
import { fakeMachine, newFolder, program } from "./fakes.js";

describe("the older MySQL of the tests", () => {
  it("counts when it answers with its version, and else its own words are told", async () => {
    const machine = fakeMachine(newFolder());
    const server = join(machine.cache, "older-mysql-8.0.31", "bin", "mysqld");
    expect(await findOlderMySql(machine)).toMatchObject({ ok: false, problems: [{ code: "server-not-found", server: "MySQL 8.0.31", looked: [server] }] });
    program(server, `echo "$0: error while loading shared libraries: libaio.so.1: cannot open shared object file" >&2; exit 127`);
    expect(await findOlderMySql(machine)).toMatchObject({ ok: false, problems: [{ looked: [server, expect.stringContaining("libaio.so.1")] }] });
    writeFileSync(server, "#!/bin/sh\necho '/x/mysqld  Ver 8.0.31 for Linux on x86_64 (MySQL Community Server - GPL)'\n");
    expect(await findOlderMySql(machine)).toMatchObject({ ok: true, value: { version: "8.0.31", command: [server] } });
  });

  it("is no part of set-up where there is no build of it", async () => {
    const mac = fakeMachine(newFolder(), { platform: "darwin" });
    expect(hasOlderMySql(mac)).toBe(false);
    expect((await parts(mac, "test")).map((part) => part.name)).not.toContain("older-mysql");
  });
});
