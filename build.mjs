// The build: tsc → dist/ (library and types), then the command in few files → dist/cli/, because opening two hundred
// small modules takes longer than making a plan. What is bundled keeps its licence in dist/cli/THIRD_PARTY_NOTICES.txt.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = dirname(fileURLToPath(import.meta.url));
const OUT = join(ROOT, "dist", "cli");
/** Large, loaded by few commands, or loaded by name while the program runs. */
const APART = ["@aws-sdk/*", "jiti", "mysql2", "mysql2/*"];

const compiled = spawnSync(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

rmSync(OUT, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [join(ROOT, "dist", "driver", "cli", "main.js")],
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: APART,
  // Some of them are CommonJS, which asks for `require`.
  banner: { js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);' },
  logLevel: "warning",
  metafile: true,
});

const packages = [...new Set(Object.keys(metafile.inputs).flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []))].sort();
const notices = packages.map((folder) => {
  const path = join(ROOT, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const file = readdirSync(path).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(join(path, file), "utf8").trim()}\n`;
});

// The script inside a report's HTML file: one file, for browsers.
await build({
  entryPoints: [join(ROOT, "reports", "html", "browser", "main.ts")],
  outfile: join(ROOT, "dist", "reports", "html", "browser", "main.js"),
  bundle: true,
  minify: true,
  format: "iife",
  platform: "browser",
  target: ["chrome109", "firefox115", "safari16.4"],
  charset: "utf8",
  logLevel: "warning",
});
if (!existsSync(join(OUT, "main.js"))) throw new Error("esbuild wrote no main.js");
writeFileSync(join(OUT, "THIRD_PARTY_NOTICES.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));
