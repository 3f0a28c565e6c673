// carelake doctor about the semantic model of Power BI: secret, token, workspace, model, past refreshes. Each is looked at
// where what it needs is there; nothing is refreshed.

import type { Answer, Check } from "../../emr/checks/check.js";
import { fine, unknown, wrong } from "../../emr/checks/check.js";
import { ProblemError } from "../problems.js";
import type { PowerBiProfile, Profile } from "../profile.js";
import type { Patience } from "../refresh/patience.js";
import { powerBi } from "../refresh/service.js";
import { surroundingsOf, type Surroundings } from "../refresh/surroundings.js";
import { failed } from "./checks-text.js";
import type { Context } from "./context.js";
import { callsBelow, clockOf, modelUrl, principalTokens, workspaceUrl } from "./power-bi-calls.js";
import { textOf } from "./problem-text.js";
import { secretOf } from "./secret.js";

/** Somebody waits in front of it. */
const PATIENCE_SECONDS = 5;

const WHAT = {
  "powerbi-secret": "secret of Power BI",
  "powerbi-token": "token of Microsoft",
  "powerbi-workspace": "workspace of Power BI",
  "powerbi-model": "semantic model",
  "powerbi-refreshes": "refreshes of the model",
} as const;
type Id = keyof typeof WHAT;

/** None for a profile without `powerbi`. */
export async function powerBiChecks({ powerbi, region }: Pick<Profile, "powerbi" | "region">, context: Context): Promise<readonly Check[]> {
  if (powerbi === undefined) return [];
  const secret = await secretOf(powerbi.secret, { what: "secret of the service principal", region, context });
  const id = "powerbi-secret";
  if (!secret.ok) return [failed(id, WHAT[id], secret.problems[0]), ...unasked("powerbi-token", "powerbi-workspace", "powerbi-model", "powerbi-refreshes")];
  const patience: Patience = { clock: clockOf(context), signal: context.signal, seconds: PATIENCE_SECONDS, notice: () => undefined };
  const tokens = principalTokens({ powerbi, secret: secret.value }, patience);
  const found: Check = { id, what: WHAT[id], ...fine(powerbi.secret.env === undefined ? `secret ${powerbi.secret.secret ?? ""} can be read from here` : `environment variable ${powerbi.secret.env} is set`) };
  const token = await looked("powerbi-token", async () => {
    await tokens.get();
    return fine(`application ${powerbi.client} is known in tenant ${powerbi.tenant}`);
  });
  if (token.verdict !== "ok") return [found, token, ...unasked("powerbi-workspace", "powerbi-model", "powerbi-refreshes")];
  const around = surroundingsOf(callsBelow(workspaceUrl(powerbi), tokens, patience), powerbi);
  const service = powerBi(callsBelow(modelUrl(powerbi), tokens, patience), context.now);
  const [workspace, model] = await Promise.all([looked("powerbi-workspace", () => workspaceFound(around, powerbi)), looked("powerbi-model", () => modelFound(around, powerbi))]);
  if (model.verdict === "failed") return [found, token, workspace, model, ...unasked("powerbi-refreshes")];
  const refreshes = await looked("powerbi-refreshes", async () => {
    const [last] = await service.history(1);
    return last === undefined ? unknown("there was none yet", `refresh the model once by hand: its data source must be bound to an account of the database (docs/power-bi.md)`) : fine(`the last one is ${last.state}`);
  });
  return [found, token, workspace, model, refreshes];
}

const unasked = (...ids: readonly Id[]): readonly Check[] => ids.map((id) => ({ id, what: WHAT[id], ...unknown("not asked: what stands above comes first") }));

/** A service that does not answer tells nothing about the profile. */
async function looked(id: Id, look: () => Promise<Answer>): Promise<Check> {
  try {
    return { id, what: WHAT[id], ...(await look()) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { problem } = error;
    if (problem.code !== "powerbi-unreachable") return failed(id, WHAT[id], problem);
    const { headline, notes = [] } = textOf(problem);
    return { id, what: WHAT[id], ...unknown([headline, ...notes].join("; "), "is the network there, and are powerbi.login and powerbi.api right?") };
  }
}

async function workspaceFound(around: Surroundings, { enhanced }: PowerBiProfile): Promise<Answer> {
  const { name, isDedicated } = await around.workspace();
  if (isDedicated === undefined) return unknown(`${name}; its capacity is not told`, "the first refresh tells whether it takes enhanced ones");
  if (isDedicated) return fine(`${name}, on a capacity of its own${enhanced === false ? "; powerbi.enhanced is false all the same" : ""}`);
  if (enhanced === true) return wrong(`${name} is on a shared capacity, which takes no enhanced refresh`, "set powerbi.enhanced to false: whole models only, eight a day");
  return fine(`${name}, on a shared capacity: refreshes of whole models, eight a day`);
}

async function modelFound(around: Surroundings, { check }: PowerBiProfile): Promise<Answer> {
  const { name, storage, isRefreshable, needsIdentity } = await around.model();
  const told = [name, ...(storage === undefined ? [] : [`storage ${storage}`])].join(", ");
  if (check && needsIdentity) return wrong(`${told}; it answers a service principal no query, because of row-level security or single sign-on`, "set powerbi.check to false");
  if (isRefreshable === true) return fine(`${told}, in import mode`);
  return unknown(`${told}; the service does not say that it can be refreshed`, "it must be in import mode, and have been refreshed once by hand (docs/power-bi.md)");
}
