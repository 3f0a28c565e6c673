import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { runCommand, type Machine } from "../../../driver/local/machine.js";
import { parts, setup, type SetupEvent } from "../../../driver/local/setup.js";
import { fakeMachine, newFolder, program } from "./fakes.js";
import { gone } from "./orphan.js";

/** A Debian without anything, whose apt-get knows some packages once its lists are fetched. */
function bareDebian(packages: Readonly<Record<string, string>>): { readonly machine: Machine; readonly folder: string; readonly log: string } {
  const folder = newFolder();
  const log = join(folder, "apt.log");
  for (const [name, script] of Object.entries(packages)) program(join(folder, "packages", name), script);
  const apt = [
    `echo "$*" >>${log}`,
    `case $1 in update) : >${folder}/lists; exit 0 ;; esac`,
    `for name; do case $name in -*|install|DPkg*) continue ;; esac`,
    `  if ! [ -e ${folder}/lists ] || ! [ -e ${folder}/packages/$name ]; then echo "E: Unable to locate package $name"; exit 100; fi`,
    `  . ${folder}/packages/$name`,
    "done",
  ];
  program(join(folder, "bin", "apt-get"), apt.join("\n"));
  program(join(folder, "bin", "dpkg"), "exit 0");
  return { machine: fakeMachine(folder, { root: true }), folder, log };
}

const java = (folder: string, version: string): string =>
  [`/bin/mkdir -p ${folder}/system/usr/lib/jvm/java/bin`, `printf '#!/bin/sh\\necho "openjdk version \\\\"${version}\\\\"" >&2\\n' >${folder}/system/usr/lib/jvm/java/bin/java`, `/bin/chmod 755 ${folder}/system/usr/lib/jvm/java/bin/java`].join("\n");

const collect = (): { readonly events: SetupEvent[]; readonly onEvent: (event: SetupEvent) => void } => {
  const events: SetupEvent[] = [];
  return { events, onEvent: (event) => events.push(event) };
};

describe("set-up", () => {
  it("lists for each purpose what it needs, with the state of each part", async () => {
    const machine = fakeMachine(newFolder());
    const names = async (purpose: "run" | "demo" | "test"): Promise<readonly string[]> => (await parts(machine, purpose)).map((part) => `${part.name} ${part.state}`);
    expect(await names("run")).toEqual(["java missing", "python missing", "spark missing", "jars missing"]);
    expect(await names("demo")).toEqual([...(await names("run")), "mysql missing"]);
    const older = process.arch === "x64" ? ["older-mysql missing"] : [];
    expect(await names("test")).toEqual([...(await names("demo")), ...older, "postgres missing", "chromium missing", "aws-jars missing", "stand-ins missing"]);
  });

  it("names what the user must install where it may not, once, and tries nothing that needs it", async () => {
    const machine = fakeMachine(newFolder());
    const { events, onEvent } = collect();
    const result = await setup({ machine, purpose: "test", onEvent });
    expect(result.ok ? [] : result.problems.map((problem) => problem.code)).toEqual(["java-missing", "python-missing", "server-not-found", "server-not-found", "server-not-found"]);
    expect(events).toEqual([]);
  });

  it("installs with apt-get as root, fetching the package lists only after a first refusal", async () => {
    const { machine, folder, log } = bareDebian({});
    program(join(folder, "packages", "openjdk-21-jre-headless"), java(folder, "21.0.2"));
    const { events, onEvent } = collect();
    const result = await setup({ machine, purpose: "run", onEvent });
    const calls = readFileSync(log, "utf8").trim().split("\n").map((line) => `${line.split(" ")[0]} ${line.split(" ").at(-1)}`);
    // 17 is not in this release: asked twice, then 21 comes at once because the lists are there now.
    expect(calls.slice(0, 4)).toEqual(["install openjdk-17-jre-headless", "update DPkg::Lock::Timeout=300", "install openjdk-17-jre-headless", "install openjdk-21-jre-headless"]);
    expect(events.filter((event) => event.kind !== "output").slice(0, 2)).toMatchObject([{ kind: "installing", part: "java" }, { kind: "installed", part: "java", version: "21.0.2" }]);
    expect(result.ok ? [] : result.problems).toMatchObject([{ code: "setup-failed", part: "Python with venv", output: [expect.stringContaining("Unable to locate package python3")] }]);
  });

  it("counts a part as missing when its package came and it still does not fit", async () => {
    const { machine, folder } = bareDebian({});
    program(join(folder, "packages", "openjdk-17-jre-headless"), java(folder, "11.0.2"));
    const result = await setup({ machine, purpose: "run", onEvent: () => undefined });
    expect(result.ok ? [] : result.problems[0]).toMatchObject({ code: "java-unfit", found: "11.0.2" });
  });

  it("takes PostgreSQL without the cluster that Debian would start, and leaves that setting as it was", async () => {
    const { machine, folder } = bareDebian({ "postgresql-common": ":" });
    const seen = join(folder, "seen");
    const dropIn = join(machine.system, "etc/postgresql-common/createcluster.d/carelake-setup.conf");
    program(join(folder, "packages", "postgresql"), `read -r line <${dropIn}; echo "$line" >${seen}`);
    await setup({ machine, purpose: "test", onEvent: () => undefined });
    expect(readFileSync(seen, "utf8")).toBe("create_main_cluster = false\n");
    expect(existsSync(dropIn)).toBe(false);
  });
});

describe("a step of set-up", () => {
  const helper = (folder: string, body: string): string => {
    const file = join(folder, "step.mts");
    writeFileSync(file, `import { runCommand } from ${JSON.stringify(join(process.cwd(), "driver/local/machine.ts"))};\n${body}\n`);
    return file;
  };

  it("ends with all it started when set-up is killed with SIGKILL", async () => {
    const folder = newFolder();
    const pidFile = join(folder, "pid");
    const script = `sleep 60 & echo $! >${pidFile}; wait`;
    const file = helper(folder, `await runCommand("/bin/sh", ["-c", ${JSON.stringify(script)}], { env: process.env, tied: true });`);
    const child = spawn(process.execPath, ["--import", "tsx", file], { stdio: "inherit" });
    while (!existsSync(pidFile) || readFileSync(pidFile, "utf8") === "") await sleep(20);
    child.kill("SIGKILL");
    await gone(Number(readFileSync(pidFile, "utf8")));
  });

  it("gives its exit code and its lines, and none when it is cancelled", async () => {
    const env = process.env;
    expect(await runCommand("/bin/sh", ["-c", "printf 'one\\ntwo'; exit 7"], { env, tied: true })).toEqual({ code: 7, lines: ["one", "two"] });
    const cancelled = await runCommand("/bin/sh", ["-c", "sleep 60 & sleep 60"], { env, tied: true, signal: AbortSignal.timeout(200) });
    expect(cancelled.code).toBe(null);
    expect(await runCommand("/no/such/program", [], { env })).toMatchObject({ code: null, lines: [expect.stringContaining("ENOENT")] });
  });
});
