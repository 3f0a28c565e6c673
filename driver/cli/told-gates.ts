// What a run's gates found, with what their jobs say of them: from the reports in the ledger.

import type { Gate, Pipeline } from "../job.js";
import type { Ledger } from "../ledger.js";
import type { GateResult } from "../stage.js";

/** A gate's result with what the job says of the rule. */
export type ToldGate = GateResult & { readonly why: string; readonly base_rate: string };

export async function toldGates(run: string, { ledger, pipeline }: { readonly ledger: Ledger; readonly pipeline: Pipeline }): Promise<readonly ToldGate[]> {
  const results = (await ledger.reports(run)).flatMap(({ gates }) => gates);
  return results.map((result) => ({ ...result, ...definition(result, pipeline) }));
}

function definition(result: GateResult, pipeline: Pipeline): { why: string; base_rate: string } {
  const job = pipeline.jobs.find((each) => result.step.startsWith(`${each.name}@`));
  const gate: Gate | undefined = job?.gates.find((each) => each.id === result.id);
  return { why: gate?.why ?? "", base_rate: gate?.baseRate ?? "" };
}
