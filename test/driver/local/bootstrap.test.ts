import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newFolder } from "./fakes.js";

const OLD_NODE = "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.19.1'}})";

/** A clone with one package in its lock, an npm that installs it, and a build that copies .ts to .js. */
function clone(): { readonly folder: string; readonly npm: string } {
  const folder = newFolder();
  for (const name of ["bootstrap.mjs", "bin.mjs", "package.json", "tsconfig.json", "tsconfig.build.json"]) copyFileSync(name, join(folder, name));
  writeFileSync(join(folder, "build.mjs"), "import './build.cjs';\n");
  lock(folder, "1.0.0");
  mkdirSync(join(folder, "driver", "cli"), { recursive: true });
  writeFileSync(join(folder, "driver", "cli", "main.ts"), "console.log('the driver', process.argv.slice(2).join(' '));\n");
  const npm = join(newFolder(), "npm-cli.js");
  writeFileSync(
    npm,
    `const fs = require("node:fs");
     if (fs.existsSync("offline")) { console.error("npm error network"); process.exit(1); }
     const { packages } = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
     delete packages[""];
     delete packages["node_modules/for-another-system"];
     fs.mkdirSync("node_modules/thing", { recursive: true });
     fs.writeFileSync("build.cjs", 'const fs = require("node:fs"); for (const f of fs.readdirSync("driver", { recursive: true })) if (f.endsWith(".ts")) { if (fs.readFileSync("driver/" + f, "utf8").includes("WRONG")) { console.log(f + "(1,1): error TS1"); process.exit(2); } fs.mkdirSync("dist/driver/cli", { recursive: true }); fs.copyFileSync("driver/" + f, "dist/driver/" + f.replace(/ts$/, "js")); } fs.mkdirSync("dist/bundle", { recursive: true }); fs.copyFileSync("dist/driver/cli/main.js", "dist/bundle/main.js");');
     fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));`,
  );
  return { folder, npm };
}

function lock(folder: string, version: string): void {
  const packages = { "": { version: "0" }, "node_modules/thing": { version }, "node_modules/for-another-system": { version: "1.0.0", optional: true } };
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages }));
}

function node(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): { readonly status: number | null; readonly out: string; readonly steps: readonly string[]; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", env: { ...process.env, ...env } });
  return { status, out: stdout, err: stderr, steps: [...stderr.matchAll(/carelake: (\w+): .* …/g)].map(([, step = ""]) => step) };
}

describe("bootstrap.mjs", () => {
  it("installs and builds a fresh clone, then does nothing until something changed", () => {
    const { folder, npm } = clone();
    const bootstrap = (): readonly string[] => node(folder, ["bootstrap.mjs"], { npm_execpath: npm }).steps;
    expect(bootstrap()).toEqual(["packages", "build"]);
    expect(bootstrap()).toEqual([]);
    writeFileSync(join(folder, "driver", "extra.ts"), "1;\n");
    expect(bootstrap()).toEqual(["build"]);
    rmSync(join(folder, "driver", "extra.ts"));
    expect(bootstrap()).toEqual(["build"]);
    expect(existsSync(join(folder, "dist", "driver", "extra.js"))).toBe(false);
    rmSync(join(folder, "dist", "driver", "cli", "main.js"));
    expect(bootstrap()).toEqual(["build"]);
    rmSync(join(folder, "node_modules", "thing"), { recursive: true });
    expect(bootstrap()).toEqual(["packages"]);
    lock(folder, "2.0.0");
    expect(bootstrap()).toEqual(["packages", "build"]);
    expect(bootstrap()).toEqual([]);
  });

  it("shows what npm or the build said when they fail, and tries again next time", () => {
    const { folder, npm } = clone();
    writeFileSync(join(folder, "offline"), "");
    expect(node(folder, ["bootstrap.mjs"], { npm_execpath: npm })).toMatchObject({ status: 3, err: expect.stringContaining("npm error network") });
    rmSync(join(folder, "offline"));
    const main = join(folder, "driver", "cli", "main.ts");
    const good = readFileSync(main, "utf8");
    writeFileSync(main, "WRONG\n");
    expect(node(folder, ["bootstrap.mjs"], { npm_execpath: npm })).toMatchObject({ status: 3, err: expect.stringContaining("main.ts(1,1): error TS1") });
    writeFileSync(main, good);
    expect(node(folder, ["bootstrap.mjs"], { npm_execpath: npm })).toMatchObject({ status: 0, steps: ["build"] });
  });

  it("names the Node it needs and the one it got", () => {
    const { folder } = clone();
    const { status, err } = node(folder, ["--import", OLD_NODE, "bootstrap.mjs"]);
    expect(status).toBe(3);
    expect(err).toMatch(/needs Node 20\.19 or newer, and this is 18\.19\.1/);
    expect(existsSync(join(folder, "node_modules"))).toBe(false);
  });
});

describe("bin.mjs", () => {
  it("answers --version without a build, and otherwise says how to build", () => {
    const { folder } = clone();
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(node(folder, ["bin.mjs", "--version"])).toMatchObject({ status: 0, out: `${version}\n`, err: "" });
    expect(node(folder, ["bin.mjs", "list"])).toMatchObject({ status: 3, err: expect.stringContaining("npm run build") });
    expect(node(folder, ["--import", OLD_NODE, "bin.mjs", "list"])).toMatchObject({ status: 3, err: expect.stringContaining("18.19.1") });
  });

  it("runs the built driver with its arguments", () => {
    const { folder, npm } = clone();
    node(folder, ["bootstrap.mjs"], { npm_execpath: npm });
    expect(node(folder, ["bin.mjs", "list", "--json"])).toMatchObject({ status: 0, out: "the driver list --json\n" });
  });
});
