// The models of a Power BI project before Microsoft's own parser. In: the project's folder, the program that has the
// parser. Out: what it loaded, and its refusals as findings beside ours.

import { join } from "node:path";
import type { Finding } from "../../reports/power-bi/check/finding.js";
import { loadModel, type LoadedModel, type Refusal } from "../local/modeling-server.js";
import type { Result } from "../problems.js";
import { ok } from "../problems.js";

export interface Parsed {
  readonly loaded: readonly (LoadedModel & { readonly model: string })[];
  readonly findings: readonly Finding[];
}

export interface Models {
  readonly folder: string;
  /** Folders of the models, from the project's. */
  readonly models: readonly string[];
}

export async function askParser({ folder, models }: Models, program: string, env: Readonly<Record<string, string | undefined>>): Promise<Result<Parsed>> {
  const loaded: (LoadedModel & { readonly model: string })[] = [];
  const findings: Finding[] = [];
  for (const model of models) {
    const read = await loadModel({ program, folder: join(folder, model), env });
    if (!read.ok) return read;
    if ("refused" in read.value) findings.push(findingOf(model, read.value));
    else loaded.push({ model, ...read.value });
  }
  return ok({ loaded, findings });
}

const findingOf = (model: string, { refused, document = "model", line = 1 }: Refusal): Finding => ({
  file: `${model}/definition/${document}.tmdl`, line, rule: "microsoft-parser", what: refused, wayOut: "repair it there: Desktop opens no model that its parser refuses",
});
