// Results of gates as people read them: by table, offenders with their share, and why for those that were broken.

import type { GateResult } from "../stage.js";
import { count } from "./present.js";

/** A gate's result with what the job says of the rule. */
export type Told = GateResult & { readonly why: string; readonly base_rate: string };

const MARK: Readonly<Record<GateResult["verdict"], string>> = { passed: "ok  ", failed: "FAIL", warned: "warn", noted: "note", "not-applicable": "n/a " };

export function gatesText(results: readonly Told[], all: boolean, run: string): string {
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
