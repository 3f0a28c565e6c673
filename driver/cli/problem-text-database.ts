// Problems of the serving database and of publication to it.

import { bytes, type Texts } from "./problem-words.js";

type DatabaseCode =
  | "mysql-unreachable" | "mysql-access-denied" | "mysql-tls" | "mysql-unknown-database" | "mysql-settings" | "mysql-space" | "mysql-privileges"
  | "segments-missing" | "publish-contract-broken" | "publish-refused" | "publication-unknown" | "publish-load-refused" | "publish-mismatch"
  | "publish-locked" | "publish-in-progress" | "publish-unsettled" | "publish-disk-full" | "publish-interrupted";

const AGAIN = "the same command publishes what the lake already holds; nothing is computed again";

export const databaseText: Texts<DatabaseCode> = {
  "mysql-unreachable": ({ address, message }) => ({ source: "world", headline: `MySQL does not answer at ${address}`, notes: [message], help: "is the server up, and host, port and route right? carelake doctor --profile … tries it" }),
  "mysql-access-denied": ({ user, address, database, message }) => ({
    source: "world",
    headline: `MySQL at ${address} refuses user ${user}${database === undefined ? "" : ` for database ${database}`}`,
    notes: [message],
    help: "check the password's environment variable and the user's grants (sql/mysql/accounts.sql creates them)",
  }),
  "mysql-tls": ({ address, message, caFile }) => ({
    source: "world",
    headline: `the certificate of MySQL at ${address} is not trusted`,
    notes: [message, caFile === undefined ? "trusted are the system's authorities" : `trusted are those of ${caFile}`],
    help: "name the server's authority with ca_file in the profile; tls: off is for loopback only",
  }),
  "mysql-unknown-database": ({ database, address, user }) => ({ source: "world", headline: `MySQL at ${address} has no database ${database} that ${user} can see`, help: `create it: create database ${database} character set utf8mb4` }),
  "mysql-settings": ({ failures }) => ({
    source: "world",
    headline: `MySQL is not set as publication needs it: ${failures.map((each) => each.setting).join(", ")}`,
    notes: failures.map(({ setting, found, needed }) => `${setting} is ${found}, needed is ${needed}`),
    help: failures.map((each) => each.fix).join("; "),
  }),
  "mysql-space": ({ address, free, needed, source }) => ({ source: "world", headline: `the disk of MySQL at ${address} has ${bytes(free)} free, the load needs about ${bytes(needed)}`, notes: [`looked at ${source}`], help: `free some space, or keep fewer former generations (keep_generations, keep_days); ${AGAIN}` }),
  "mysql-privileges": ({ missing, user, database }) => ({ source: "world", headline: `user ${user} may not do on ${database} what publication needs`, notes: [`missing: ${missing.join(", ")}`], help: `grant ${missing.join(", ")} on ${database}.* to ${user} (sql/mysql/accounts.sql)` }),
  "segments-missing": ({ folders, pipeline, years }) => ({ source: "usage", headline: "the exported files of the run are not in the lake any more", notes: folders, help: `carelake run ${pipeline} --years ${years.join(",")} exports them again from the tables` }),
  "publish-contract-broken": ({ table, changes }) => ({ source: "run", headline: `the new ${table} would break reports that use it`, notes: changes, help: "publish it under a new table name, or carelake publish --allow-breaking once its readers know" }),
  "publish-refused": ({ table, step, message }) => ({ source: "run", headline: `MySQL refused ${step}${table === undefined ? "" : ` of ${table}`}`, notes: [message] }),
  "publication-unknown": ({ set, publication, known }) => ({ source: "usage", headline: publication === undefined ? `${set} has no former publication` : `${set} has no publication ${publication}`, ...(known.length === 0 ? {} : { help: `there are ${known.join(", ")}` }) }),
  "publish-load-refused": ({ table, segment, message, warnings }) => ({ source: "run", headline: `${table} did not load whole from ${segment}`, notes: [message, ...warnings], help: AGAIN }),
  "publish-mismatch": ({ table, what, expected, found }) => ({ source: "run", headline: `${what} of ${table} in MySQL differs from the lake`, notes: [`the lake has ${expected}, MySQL has ${found}`], help: AGAIN }),
  "publish-locked": ({ tables, blockers, waited }) => ({ source: "world", headline: `readers held ${tables.join(", ")} for ${waited}`, notes: blockers, help: "publish outside of refresh times, or end the sessions above" }),
  "publish-in-progress": ({ database, owner }) => ({ source: "run", headline: `somebody publishes to ${database} at this moment`, notes: [owner], help: AGAIN }),
  "publish-unsettled": ({ database, set, how }) => ({
    source: "world",
    headline: how === "changed" ? `the tables of ${set} in ${database} were swapped each time they were read` : `connections to ${database} show different publications of ${set}`,
    notes: [how === "changed" ? "publications or rollbacks follow each other faster than the tables can be read" : "the address leads to several servers, and one of them is behind"],
    help: "the same command reads anew; carelake publications says what is live",
  }),
  "publish-disk-full": ({ address, message }) => ({ source: "world", headline: `the disk of MySQL at ${address} is full`, notes: [message], help: `free some space; ${AGAIN}` }),
  "publish-interrupted": ({ address, step, message }) => ({ source: "world", headline: `MySQL at ${address} was interrupted during ${step}`, notes: [message], help: AGAIN }),
};
