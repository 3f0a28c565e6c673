import { existsSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findMySql } from "../../../driver/local/mysql-program.js";
import { debianMirror, removeTree } from "../../../driver/local/setup-mysql.js";
import { fakeMachine, newFolder, program } from "./fakes.js";

function apt(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  mkdirSync(join(folder, "sources.list.d"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe("Debian's mirror", () => {
  it("is the one that apt's list names for Debian itself", () => {
    const lines = "# deb http://old.example/debian bookworm main\ndeb http://security.debian.org/debian-security bookworm-security main\ndeb [arch=amd64 signed-by=/k] https://mirror.example/debian/ bookworm main contrib\n";
    expect(debianMirror(apt({ "sources.list": lines }))).toBe("https://mirror.example/debian/");
  });

  it("is read from stanzas too, passing over disabled ones and other vendors' archives", () => {
    const vendor = "deb https://download.docker.example/linux/debian bookworm stable\n";
    const stanzas = "Types: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\nEnabled: no\n\nTypes: deb\n# a comment\nURIs: http://on.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n";
    expect(debianMirror(apt({ "sources.list.d/a.list": vendor, "sources.list.d/b.sources": stanzas }))).toBe("http://on.example/debian");
  });

  it("is Debian's own where apt names none", () => {
    expect(debianMirror(apt({ "sources.list": "deb http://archive.ubuntu.example/ubuntu noble main\n" }))).toBe("http://deb.debian.org/debian");
    expect(debianMirror("/nowhere")).toBe("http://deb.debian.org/debian");
  });
});

describe("the tree an interrupted set-up left", () => {
  it("is unmounted from the innermost outwards and then removed", () => {
    const folder = newFolder();
    const tree = join(folder, "tree");
    mkdirSync(join(tree, "proc"), { recursive: true });
    const mounts = join(folder, "mounts");
    writeFileSync(mounts, `/dev/sda / ext4 rw 0 0\nproc ${tree}/proc proc rw 0 0\nbinfmt ${tree}/proc/sys binfmt rw 0 0\nother ${tree}-other/proc proc rw 0 0\n`);
    const unmounted: string[] = [];
    removeTree(tree, mounts, (place) => {
      unmounted.push(place);
      writeFileSync(mounts, "/dev/sda / ext4 rw 0 0\n");
    });
    expect(unmounted).toEqual([join(tree, "proc/sys"), join(tree, "proc")]);
    expect(existsSync(tree)).toBe(false);
  });

  it("stays when something is still mounted in it", () => {
    const folder = newFolder();
    const tree = join(folder, "tree");
    mkdirSync(join(tree, "dev"), { recursive: true });
    const mounts = join(folder, "mounts");
    writeFileSync(mounts, `udev ${tree}/dev devtmpfs rw 0 0\n`);
    expect(() => removeTree(tree, mounts, () => undefined)).toThrow(/still mounted/);
    expect(existsSync(join(tree, "dev"))).toBe(true);
  });
});

describe("finding MySQL", () => {
  it("takes the machine's own, and passes over MariaDB and old ones", async () => {
    const folder = newFolder();
    const own = program(join(folder, "bin", "mysqld"), "echo 'mysqld  Ver 8.4.5 for Linux on x86_64 (MySQL Community Server - GPL)'");
    expect(await findMySql(fakeMachine(folder), [])).toMatchObject({ ok: true, value: { version: "8.4.5", command: [own] } });
    program(own, "echo 'mysqld  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)'");
    const older = program(join(folder, "old"), "echo 'mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))'");
    const found = await findMySql(fakeMachine(folder), [older]);
    expect(found).toMatchObject({ ok: false, problems: [{ code: "server-not-found", server: "MySQL" }] });
    expect(JSON.stringify(found)).toMatch(/MariaDB.*5\.7\.44/);
  });

  it("takes the newest whole server of the cache folder", async () => {
    const folder = newFolder();
    const machine = fakeMachine(folder);
    const cached = (version: string): string => {
      const place = join(machine.cache, `mysql-${version}`);
      mkdirSync(join(place, "lib"), { recursive: true });
      writeFileSync(join(place, "mysqld"), "server");
      writeFileSync(join(place, "carelake.json"), JSON.stringify({ version, loader: "ld.so", files: [{ name: "mysqld", bytes: 6 }] }));
      return place;
    };
    cached("9.7.4");
    const newest = cached("9.10.0");
    expect(await findMySql(machine, [])).toMatchObject({ ok: true, value: { version: "9.10.0", command: [join(newest, "lib/ld.so"), "--library-path", join(newest, "lib"), join(newest, "mysqld")] } });
    truncateSync(join(newest, "mysqld"), 5);
    expect(await findMySql(machine, [])).toMatchObject({ ok: true, value: { version: "9.7.4" } });
  });
});
