#!/usr/bin/env node
// The command `carelake`. Answers --version by itself, because loading the driver takes longer than the answer.

import { existsSync, readFileSync } from "node:fs";

const main = new URL("./dist/bundle/main.js", import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (process.argv.length === 3 && process.argv[2] === "--version") {
  process.stdout.write(`${JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8")).version}\n`);
} else if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`carelake needs Node 20.19 or newer, and this is ${process.versions.node} (${process.execPath})\n`);
  process.exitCode = 3;
} else if (!existsSync(main)) {
  process.stderr.write("carelake is not built yet\n  help: npm run build (or node bootstrap.mjs, which also installs the packages)\n");
  process.exitCode = 3;
} else {
  await import(main.href);
}
