// --after-publish: a refresh behind a publication that went well. The publication stands whatever becomes of it.

import type { Problem, Result } from "../problems.js";
import { ok } from "../problems.js";
import type { Published } from "../publish/set.js";
import type { Context } from "./context.js";
import { modelOf, type Model, type ModelPlace } from "./power-bi.js";
import { answerDespite, type Answer } from "./present.js";
import { refreshJson, refreshText } from "./refresh-text.js";

export interface AfterPublishWords {
  readonly afterPublish: boolean;
  readonly profile: string;
  readonly json: boolean;
}

/** Undefined when it is not asked for. What the profile lacks for it is told before the run begins. */
export async function modelAfter(words: AfterPublishWords, place: Omit<ModelPlace, "named">, context: Context): Promise<Result<Model | undefined>> {
  return words.afterPublish ? modelOf({ ...place, named: words.profile }, context) : ok(undefined);
}

export interface Told extends Answer {
  readonly json: Readonly<Record<string, unknown>>;
}

/** The command's answer, with what became of the refresh. */
export async function answerAfter(told: Told, { model, published, json: asJson }: { readonly model: Model | undefined; readonly published: Published | undefined; readonly json: boolean }): Promise<void> {
  if (model === undefined || published === undefined) return answerDespite(told, [], asJson);
  const done = await model.refresh({ force: false, tables: [] });
  if (done.ok) return answerDespite({ json: { ...told.json, refresh: refreshJson(done.value) }, text: `${told.text}\n\n${refreshText(done.value)}` }, [], asJson);
  const problems = done.problems.map((problem): Problem => ({ ...problem, left: [`publication ${published.publication} is live in MySQL`, ...(problem.left === undefined ? [] : [problem.left])].join("; ") }));
  answerDespite({ json: { ...told.json, refresh: { problems } }, text: told.text }, problems, asJson);
}
