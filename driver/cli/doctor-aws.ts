// carelake doctor for a profile on AWS: everything that the profile names, looked at in one go. Nothing of this computer
// is needed there but the way to AWS and to the database.

import type { Check } from "../../emr/checks/check.js";
import { ledgerIn } from "../ledger.js";
import type { DatabasePassword } from "../profile.js";
import { askDatabase } from "./ask-database.js";
import { checksText, exitCodeAfter, failed, inWords, type Examined } from "./checks-text.js";
import type { Context } from "./context.js";
import { powerBiChecks } from "./doctor-power-bi.js";
import { expectedStages } from "./expected-stages.js";
import { awsParts } from "./lake.js";
import type { Opened } from "./open-ledger.js";
import { databaseOf } from "./serving.js";

/** Somebody waits in front of it. */
const PATIENCE_SECONDS = 10;

export async function awsDoctor(opened: Opened, context: Context): Promise<Examined> {
  const { profile, lake, project } = opened;
  const parts = await awsParts(profile, context, { patienceSeconds: PATIENCE_SECONDS });
  const [{ profileChecks }, { s3Store }] = await Promise.all([import("../../emr/checks/checks.js"), import("../../emr/s3/store.js")]);
  const stages = (): ReturnType<typeof expectedStages> => expectedStages({ profile, project, ledger: ledgerIn(s3Store(parts.objects, `${lake.root}/ledger`)) });
  const [onAws, secrets, databases, reports] = await Promise.all([
    profileChecks({ ...parts, profile, lake: lake.root, today: context.now().toISOString().slice(0, 10) }, stages),
    secretChecks(profile, context),
    databaseChecks(profile, context),
    powerBiChecks(profile, context),
  ]);
  const checks = [...onAws, ...secrets, ...databases, ...reports].map(inWords);
  return { answer: { json: { engine: profile.engine, lake: lake.root, checks }, text: `${profile.engine}, lake ${lake.root}\n\n${checksText(checks)}` }, exitCode: exitCodeAfter(checks) };
}

type References = Pick<Opened["profile"], "mysql" | "postgres" | "engine" | "region">;

/** The publisher reads its password here, a job the one of its source on the cluster. */
async function secretChecks({ mysql, postgres, engine, region }: References, context: Context): Promise<readonly Check[]> {
  // A token and the secret of the Data API show what they are worth when the database is asked.
  const here = mysql?.password === undefined || mysql.password.iam === true ? [] : [await readableHere(mysql.password, { region, context })];
  if (postgres === undefined) return here;
  const { env, secret } = postgres.password;
  const [id, what] = ["postgres-password", "password of PostgreSQL"];
  if (secret === undefined) return [...here, failed(id, what, { code: "secret-not-sent", names: env === undefined ? [] : [env], engine })];
  return [...here, { id, what, verdict: "not known", found: `secret ${secret} is read by the job, under its own role`, help: "carelake doctor --policies prints the right that job_role needs for it" }];
}

async function readableHere({ env, secret, key }: Omit<DatabasePassword, "iam">, { region, context }: { readonly region: string | undefined; readonly context: Context }): Promise<Check> {
  const [id, what] = ["mysql-password", "password of MySQL"];
  if (secret === undefined) {
    const found = env !== undefined && context.env[env] !== undefined;
    return { id, what, verdict: found ? "ok" : "failed", found: `environment variable ${env ?? ""} is ${found ? "" : "not "}set`, ...(found ? {} : { help: `set ${env ?? ""}` }) };
  }
  const read = await (await import("../../emr/access/secrets.js")).readSecret({ id: secret, key }, region);
  return read.ok ? { id, what, verdict: "ok", found: `secret ${secret} can be read from here` } : failed(id, what, read.problems[0]);
}

/** Route, TLS, login and what publishing needs of the server, from here: the driver publishes, not the cluster. */
async function databaseChecks(profile: References, context: Context): Promise<readonly Check[]> {
  const settings = await databaseOf(profile, context);
  // A password that is not there is told by its own check.
  if (!settings.ok || settings.value === undefined) return [];
  const { server, problems } = await askDatabase(settings.value);
  const [id, what] = ["mysql", "MySQL"];
  return problems.length > 0 || server === undefined ? problems.map((problem) => failed(id, what, problem)) : [{ id, what, verdict: "ok", found: server }];
}
