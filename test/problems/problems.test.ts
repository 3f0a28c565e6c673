// Every mistake that needs no Spark and no server: what a user sees, whole.

import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ExpectStatic } from "vitest";
import { buildIfStale, PACKAGE } from "../carelake.js";
import { casesThatNeed, makeProject, possible, PROBLEMS, tellCase } from "./case.js";
import type { Case } from "./case.js";

const MINUTE = 60_000;
beforeAll(buildIfStale, 3 * MINUTE);

const cases = possible(casesThatNeed("nothing"));

describe("a mistake is told with place, cause and next step", { timeout: 2 * MINUTE }, () => {
  // A few at once: a command spends its time on starting Node.
  for (const each of cases) test.concurrent(each.name.replaceAll("_", " "), ({ expect }) => check(each, expect));
});

async function check(each: Case, expect: ExpectStatic): Promise<void> {
  const project = makeProject();
  try {
    const said = await tellCase(each, { project });
    await expect(said.stderr).toMatchFileSnapshot(join(each.folder, "stderr.txt"));
    await expect(said.exitCode).toMatchFileSnapshot(join(each.folder, "exit_code.txt"));
    if (each.args.includes("--json")) await expect(said.stdout).toMatchFileSnapshot(join(each.folder, "stdout.txt"));
    else expect(said.stdout).toBe("");
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** All messages that the folders keep, those of Spark and MySQL among them; none of a case that was never run. */
const kept = readdirSync(PROBLEMS, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith("stderr.txt"))
  .map((name) => ({ name, text: readFileSync(join(PROBLEMS, name), "utf8") }));

test("every message has a headline that stands alone; none is taken for a bug of ours", () => {
  expect(kept.length).toBeGreaterThan(50);
  for (const { name, text } of kept) {
    if (!text.includes("error[")) continue;
    expect(text, name).not.toContain("error[bug]");
    for (const headline of text.matchAll(/^error\[[^\]]+\]: (.+)$/gm)) expect(headline[1], name).not.toMatch(/\.$/);
  }
});

/** Codes whose message no case brings about, and where they are held instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "application-gone": "emr/serverless.test.ts",
  "aws-credentials": "emr/calls.test.ts",
  "aws-denied": "emr/calls.test.ts",
  "aws-quota": "emr/calls.test.ts",
  "aws-refused": "emr/calls.test.ts",
  "aws-unreachable": "emr/calls.test.ts",
  "bucket-missing": "emr/s3-store.db.test.ts",
  "budget-exceeded": "emr/budget.test.ts",
  "cancel-unfinished": "emr/serverless.test.ts",
  "cluster-gone": "emr/cluster.test.ts",
  "cluster-unfit": "emr/cluster.test.ts",
  "engine-mismatch": "conformance/fills.spark.test.ts",
  "init-not-empty": "the test of carelake init",
  "limits-exceeded": "conformance/fills.spark.test.ts",
  "mysql-tls": "publish-faults.db.test.ts",
  "postgres-access-denied": "postgres.spark.test.ts",
  "powerbi-denied": "cli/refresh.db.test.ts",
  "powerbi-login": "cli/refresh.db.test.ts",
  "powerbi-refused": "cli/refresh.db.test.ts",
  "powerbi-unreachable": "cli/refresh.db.test.ts",
  "price-list-unreadable": "emr/offers/price-list.test.ts",
  "publication-unknown": "publish.db.test.ts",
  "publish-in-progress": "publish-faults.db.test.ts",
  "publish-load-refused": "publish-faults.db.test.ts",
  "publish-locked": "publish-faults.db.test.ts",
  "publish-mismatch": "publish-faults.db.test.ts",
  "publish-unsettled": "publish.db.test.ts",
  "publish-refused": "publish-faults.db.test.ts",
  "refresh-detached": "cli/refresh.db.test.ts",
  "refresh-failed": "cli/refresh.db.test.ts",
  "refresh-in-progress": "refresh/refresh.test.ts",
  "refresh-mismatch": "cli/refresh.db.test.ts",
  "refresh-not-cancellable": "refresh/refresh.test.ts",
  "run-detached": "conformance/fills.spark.test.ts",
  "run-over": "conformance/fills.spark.test.ts",
  "secret-not-sent": "emr/serverless.test.ts",
  "secret-unfit": "emr/secrets.test.ts",
  "shape-missing": "emr/cluster.test.ts",
  "stage-ended": "conformance/fills.spark.test.ts",
  "step-too-long": "emr/cluster.test.ts",
  "server-not-found": "setup-mysql.test.ts",
  "setup-failed": "setup-spark.test.ts",
  "stage-elsewhere": "local/engine.test.ts",
  stopped: "cli/words.test.ts",
};

test("every code of a problem has a case that shows it, or a test of its own", () => {
  const declared = readFileSync(join(PACKAGE, "driver/problems.ts"), "utf8").matchAll(/readonly code: "([a-z0-9-]+)"/g);
  const shown = new Set(kept.flatMap(({ text }) => [...text.matchAll(/^error\[([a-z0-9-]+)\]/gm)].map((match) => match[1] ?? "")));
  const unseen = [...declared].map((match) => match[1] ?? "").filter((code) => !shown.has(code) && ELSEWHERE[code] === undefined);
  expect(unseen).toEqual([]);
});
