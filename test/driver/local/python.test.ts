import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findPython } from "../../../driver/local/python.js";
import { fakeMachine, newFolder, program } from "./fakes.js";

const answers = (version: string): string => `echo python ${version}`;

describe("finding Python", () => {
  it("takes python3 of PATH when it is new enough", async () => {
    const folder = newFolder();
    const python = program(join(folder, "bin", "python3"), answers("3 10 0"));
    expect(await findPython(fakeMachine(folder))).toEqual({ ok: true, value: { program: python, version: "3.10.0" } });
  });

  it("passes over an old python3 to a newer one further down PATH or under another name", async () => {
    const folder = newFolder();
    program(join(folder, "first", "python3"), answers("3 9 18"));
    program(join(folder, "bin", "python3.12"), answers("3 12 1"));
    const env = { PATH: `${join(folder, "first")}:${join(folder, "bin")}` };
    expect(await findPython(fakeMachine(folder, { env }))).toMatchObject({ ok: true, value: { version: "3.12.1" } });
    program(join(folder, "bin", "python3"), answers("3 11 7"));
    expect(await findPython(fakeMachine(folder, { env }))).toMatchObject({ ok: true, value: { version: "3.11.7" } });
  });

  it("says that only venv is missing where Debian left it out", async () => {
    const folder = newFolder();
    const python = program(join(folder, "bin", "python3"), `${answers("3 11 2")}\necho "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1`);
    const found = await findPython(fakeMachine(folder));
    expect(found).toMatchObject({ ok: false, problems: [{ code: "python-missing", install: "sudo apt-get install python3-venv" }] });
    expect(JSON.stringify(found)).toContain(`${python} (3.11.2, cannot make virtual environments)`);
  });

  it("names old versions and what to install when none fits", async () => {
    const folder = newFolder();
    const python = program(join(folder, "bin", "python3"), answers("3 9 2"));
    const found = await findPython(fakeMachine(folder, { platform: "darwin", debian: false }));
    expect(found).toMatchObject({ ok: false, problems: [{ code: "python-missing", install: "brew install python@3.12" }] });
    expect(JSON.stringify(found)).toContain(`${python} (3.9.2)`);
  });
});
