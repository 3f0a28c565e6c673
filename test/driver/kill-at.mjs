// Loaded into a driver process by its test (node --import): the process kills itself, as the kernel would, right before
// or after one call of Node's that KILL_AT names by function and part of a path. So a test meets every step of the
// data path exactly, and the product knows nothing of it.

import childProcess from "node:child_process";
import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const { call, path, when } = JSON.parse(process.env["KILL_AT"] ?? "{}");
const owner = { link: promises, rename: promises, createReadStream: fs, spawn: childProcess }[call];

if (owner !== undefined) {
  const original = owner[call];
  const isMeant = (args) => args.flat().some((each) => typeof each === "string" && each.includes(path));
  const die = () => process.kill(process.pid, "SIGKILL");
  owner[call] = (...args) => {
    if (!isMeant(args)) return original(...args);
    if (when === "before") die();
    const made = original(...args);
    return Promise.resolve(made).then((value) => {
      die();
      return value;
    });
  };
  syncBuiltinESMExports();
}
