// One publication in a process of its own, so that its memory is its own. In: a file with table, connection and how many
// connections. Out: seconds of the publication on stdout, without the start of the process.

import { readFileSync } from "node:fs";
import { folderExports } from "../../driver/exports.js";
import type { MySqlSettings } from "../../driver/mysql.js";
import { publish, type PublishTable } from "../../driver/publish.js";

const [file = ""] = process.argv.slice(2);
const { table, connect, parallel } = JSON.parse(readFileSync(file, "utf8")) as { table: PublishTable; connect: MySqlSettings; parallel: number };
const start = process.hrtime.bigint();
const published = await publish({ connect, files: folderExports, set: "bench", tables: [table], publication: "p1", run: "r", version: "0", now: () => new Date(), parallel });
if (!published.ok) throw new Error(JSON.stringify(published.problems));
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - start) / 1e9 }));
