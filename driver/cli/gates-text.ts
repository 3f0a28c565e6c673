// Results of gates as people read them: by table, offenders with their share, and why for those that were broken.

import type { GateResult } from "../stage.js";
import { count } from "./present.js";
import type { ToldGate } from "./told-gates.js";

const MARK: Readonly<Record<GateResult["verdict"], string>> = { passed: "ok  ", failed: "FAIL", warned: "warn", noted: "note", "not-applicable": "n/a " };

export function gatesText(results: readonly ToldGate[], all: boolean, run: string): string {
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

function gateLines(result: ToldGate, all: boolean): readonly string[] {
  const found = result.verdict === "not-applicable" ? (result.reason ?? "") : result.offenders === 0 ? "" : foundText(result);
  const lines = [`  ${MARK[result.verdict]} ${result.id.padEnd(9)} ${result.name}${found === "" ? "" : `: ${found}`}`];
  const isShown = all || result.verdict === "failed" || result.verdict === "warned";
  if (isShown && result.why !== "") lines.push(`            why: ${result.why} Base rate: ${result.base_rate}.`);
  for (const sample of result.samples) lines.push(`            ${sampleText(sample)}`);
  return lines;
}

export const sampleText = (sample: GateResult["samples"][number]): string => Object.entries(sample).map(([name, value]) => `${name}=${String(value)}`).join("  ");

/** "12 of 3,400 rows (0.35 %)". */
export const foundText = (result: GateResult): string => `${count(result.offenders)} of ${count(result.rows)} rows (${share(result)})`;

const share = ({ offenders, rows }: GateResult): string => (rows === 0 ? "–" : `${((offenders / rows) * 100).toPrecision(2)} %`);
