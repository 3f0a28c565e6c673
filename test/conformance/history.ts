// A lake whose ledger knows a former run, by which each stage of the next one gets machines of its own: so that a run of
// the small pipeline has two stages, as one of a large pipeline does. And how such a run stands in the end.

import { outcomeOf } from "../../driver/ledger.js";
import { isOver } from "../endpoint/states.js";
import type { AwsPlace } from "./aws-project.js";
import { newScene, RUN, until, type Scene, type SceneOptions } from "./scene.js";

/** Stages of a run that knows a former one. */
export const STAGES = ["load", "curate"] as const;
export const AWS_ENGINES = ["emr", "emr-serverless"] as const;
export type AwsEngine = (typeof AWS_ENGINES)[number];

/** A run that nobody disturbs, on a lake of its own. Throws when it fails. */
export async function calmRun(place: AwsPlace, engine: AwsEngine): Promise<Scene> {
  const scene = newScene(place, { engine, name: `calm-${engine}` });
  const done = await scene.carelake(...RUN);
  if (done.code !== 0) throw new Error(done.stderr + done.stdout);
  return scene;
}

/** A new lake that remembers the run of `calm`. */
export async function sceneAfter(calm: Scene, options: Omit<SceneOptions, "engine">): Promise<Scene> {
  const { place, engine, lake } = calm;
  const scene = newScene(place, { ...options, engine });
  for (const { uri } of await place.objects.list(`${lake}/ledger/runs/`)) await place.objects.put(uri.replace(lake, scene.lake), (await place.objects.text(uri)) ?? "");
  return scene;
}

/** State of the run after the remembered one; undefined when there is none. */
export async function stateOf({ ledger }: Scene): Promise<string | undefined> {
  const [, run, ...more] = await ledger.runs();
  if (more.length > 0) throw new Error(`one command made ${String(more.length + 1)} runs`);
  return run === undefined ? undefined : (outcomeOf(await ledger.events(run.run))?.outcome ?? "interrupted");
}

/** What readers of a simulated lake see: fingerprint by table and year. */
export async function fingerprints({ place, lake }: Scene): Promise<Readonly<Record<string, string | undefined>>> {
  const all = await place.objects.list(`${lake}/simulated/`);
  return Object.fromEntries(await Promise.all(all.map(async ({ uri }) => [uri.slice(lake.length), await place.objects.text(uri)] as const)));
}

/** Names of the clusters that were started for the lake. */
export const clustersOf = ({ place, lake }: Scene): readonly string[] =>
  (place.endpoint?.calls ?? []).flatMap(({ operation, input, status }) => (operation === "RunJobFlow" && status === 200 && String(input["LogUri"]).startsWith(`${lake}/`) ? [String(input["Name"])] : []));

/** Nothing that was started for anybody works, waits or costs anything any more. */
export const everythingEnds = ({ endpoint }: AwsPlace): Promise<void> =>
  until("everything has ended", () => endpoint.traces.filter(({ kind }) => kind !== "application").every(({ kind, steps }) => isOver({ kind, state: steps.at(-1)?.state ?? "" })));
