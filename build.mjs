// The build: tsc → dist/ (the types come from there), then the command and the library in few files → dist/bundle/,
// because opening two hundred small modules takes longer than making a plan. What is bundled keeps its licence in
// dist/bundle/THIRD_PARTY_NOTICES.txt.

import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = dirname(fileURLToPath(import.meta.url));
const OUT = join(ROOT, "dist", "bundle");
/** Large, loaded by few commands, or loaded by name while the program runs. */
const APART = ["@aws-sdk/*", "jiti", "mysql2", "mysql2/*"];

const compiled = spawnSync(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

rmSync(OUT, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { main: join(ROOT, "dist", "driver", "cli", "main.js"), index: join(ROOT, "dist", "driver", "index.js") },
  outdir: OUT,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: APART,
  // Names stay, so that a stack trace is of use to whoever reports it.
  minifyWhitespace: true,
  minifySyntax: true,
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
  outfile: join(OUT, "report-page.js"),
  bundle: true,
  minify: true,
  format: "iife",
  platform: "browser",
  target: ["chrome109", "firefox115", "safari16.4"],
  charset: "utf8",
  logLevel: "warning",
});
writeFileSync(join(OUT, "THIRD_PARTY_NOTICES.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));
