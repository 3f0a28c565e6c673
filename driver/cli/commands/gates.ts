// carelake gates: what a run checked, why, how often it was broken, with samples.

import type { Gate, Pipeline } from "../../job.js";
import type { GateResult } from "../../stage.js";
import { findRun, openLedger } from "../open-ledger.js";
import { command } from "../command.js";
import { answer, complain, count } from "../present.js";
import { findPipeline } from "../project.js";
import { lakeOptions } from "./words.js";

export const gates = command({
  command: "gates [run]",
  describe: "what was checked, offenders and samples",
  builder: (yargs) =>
    lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" })).option("all", { type: "boolean", default: false, describe: "with why each rule exists and its base rate" }),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const run = await findRun(opened.value.lake, words.run);
    if (!run.ok) return complain(run.problems, words.json);
    const pipeline = findPipeline(opened.value.project, run.value.pipeline);
    if (!pipeline.ok) return complain(pipeline.problems, words.json);
    const results = (await opened.value.lake.ledger.result(run.value.run))?.gates ?? [];
    const told = results.map((result) => ({ ...result, ...definition(result, pipeline.value) }));
    answer({ json: told, text: gatesText(told, words.all, run.value.run) }, words.json);
  },
});

type Told = GateResult & { readonly why: string; readonly base_rate: string };

function definition(result: GateResult, pipeline: Pipeline): { why: string; base_rate: string } {
  const job = pipeline.jobs.find((each) => result.step.startsWith(`${each.name}@`));
  const gate: Gate | undefined = job?.gates.find((each) => each.id === result.id);
  return { why: gate?.why ?? "", base_rate: gate?.baseRate ?? "" };
}

const MARK: Readonly<Record<GateResult["verdict"], string>> = { passed: "ok  ", failed: "FAIL", warned: "warn", noted: "note", "not-applicable": "n/a " };

function gatesText(results: readonly Told[], all: boolean, run: string): string {
  if (results.length === 0) return `run ${run} checked nothing (its tables were done already, or it stopped before the first gate)`;
  const steps = [...new Set(results.map((result) => result.step))];
  const blocks = steps.map((step) => {
    const lines = results.filter((result) => result.step === step).flatMap((result) => gateLines(result, all));
    return [step, ...lines].join("\n");
  });
  const of = (verdict: GateResult["verdict"]): number => results.filter((result) => result.verdict === verdict).length;
  const total = `${count(of("passed"))} passed, ${count(of("failed"))} failed, ${count(of("warned"))} warned, ${count(of("noted"))} noted, ${count(of("not-applicable"))} not applicable`;
  return [...blocks, `run ${run}: ${total}`].join("\n\n");
}

function gateLines(result: Told, all: boolean): readonly string[] {
  const found = result.verdict === "not-applicable" ? (result.reason ?? "") : result.offenders === 0 ? "" : `${count(result.offenders)} of ${count(result.rows)} rows (${share(result)})`;
  const lines = [`  ${MARK[result.verdict]} ${result.id.padEnd(9)} ${result.name}${found === "" ? "" : `: ${found}`}`];
  const isShown = all || result.verdict === "failed" || result.verdict === "warned";
  if (isShown && result.why !== "") lines.push(`            why: ${result.why} Base rate: ${result.base_rate}.`);
  for (const sample of result.samples) lines.push(`            ${Object.entries(sample).map(([name, value]) => `${name}=${String(value)}`).join("  ")}`);
  return lines;
}

const share = ({ offenders, rows }: GateResult): string => (rows === 0 ? "–" : `${((offenders / rows) * 100).toPrecision(2)} %`);
