// The build: tsc → dist/ (the types come from there), then the command and the library in few files → dist/bundle/,
// because opening two hundred small modules takes longer than making a plan. What is bundled keeps its licence in
// dist/bundle/THIRD_PARTY_NOTICES.txt.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = dirname(fileURLToPath(import.meta.url));
const OUT = join(ROOT, "dist", "bundle");
/** Large, loaded by few commands, or loaded by name while the program runs. */
const APART = ["@aws-sdk/*", "jiti", "mysql2", "mysql2/*"];

const compiled = spawnSync(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const { metafile, outputFiles: program } = await build({
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
  write: false,
});

const packages = [...new Set(Object.keys(metafile.inputs).flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []))].sort();
const notices = packages.map((folder) => {
  const path = join(ROOT, folder);
  const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  const file = readdirSync(path).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${version} (${license})\n\n${file === undefined ? "" : readFileSync(join(path, file), "utf8").trim()}\n`;
});

// The script inside a report's HTML file: one file, for browsers.
const { outputFiles: page } = await build({
  entryPoints: [join(ROOT, "reports", "html", "browser", "main.ts")],
  outfile: join(OUT, "report-page.js"),
  bundle: true,
  minify: true,
  format: "iife",
  platform: "browser",
  target: ["chrome109", "firefox115", "safari16.4"],
  charset: "utf8",
  logLevel: "warning",
  write: false,
});

// A command that runs meanwhile still opens files of this folder: what is the same stays, what is new is there whole
// before anything names it (the two entries go last), and only what nothing names any more is removed.
const made = [...program, ...page].map(({ path, contents }) => ({ name: basename(path), contents }));
made.push({ name: "THIRD_PARTY_NOTICES.txt", contents: Buffer.from(notices.join(`\n${"-".repeat(80)}\n\n`)) });
const entry = ({ name }) => (name === "main.js" || name === "index.js" ? 1 : 0);
mkdirSync(OUT, { recursive: true });
for (const { name, contents } of made.sort((a, b) => entry(a) - entry(b))) put(join(OUT, name), contents);
for (const name of readdirSync(OUT)) if (!made.some((file) => file.name === name)) rmSync(join(OUT, name), { recursive: true });
// Its time says when the build was last found to be what the sources say.
utimesSync(join(OUT, "main.js"), new Date(), new Date());

function put(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  writeFileSync(`${file}.new`, contents);
  renameSync(`${file}.new`, file);
}
