// What is known of a failed stage, in the order in which a cause is looked for: the service's words, the runner's report,
// then the logs. Never here: a judgement.

import type { EndCause, LogLine, LogPart, StageLogs } from "../engine.js";
import type { PlannedStage } from "../plan.js";
import type { StageEvent, StageFailure, StageReport } from "../stage.js";

export interface Failed {
  readonly run: string;
  readonly branch: string;
  readonly stage: PlannedStage;
  readonly report: StageReport | undefined;
  /** What the stage told while it ran: all there is when it died without a report. */
  readonly events: readonly StageEvent[];
  readonly exitCode: number | null;
  /** What the service says of the end; its cause where the end is not the program's own doing. */
  readonly service?: { readonly cause?: EndCause; readonly reason: string };
  readonly logs: StageLogs;
  /** Memory given to Spark, for the message. */
  readonly memory: string;
}

export interface Evidence {
  readonly from: "service" | "report" | "log";
  readonly process: LogPart["process"];
  /** The log file; absent for what is not one. */
  readonly place?: string;
  readonly lines: readonly LogLine[];
}

export function evidenceOf({ service, report, logs }: Failed): readonly Evidence[] {
  const logged = logs.parts.map(({ place, process, lines }): Evidence => ({ from: "log", process, place, lines }));
  return [
    ...(service === undefined ? [] : [spoken("service", [service.reason])]),
    ...(report?.failure == null ? [] : [spoken("report", wordsOf(report.failure))]),
    ...logged,
  ];
}

/** The exception with its condition, how Spark told the end of the job (it names the executor), what a service answered. */
function wordsOf({ condition, message, detail }: StageFailure): readonly string[] {
  const { exception, job, cause } = detail;
  const named = [condition === null ? "" : `[${condition}]`, typeof exception === "string" ? `${exception}:` : "", message].filter((each) => each !== "").join(" ");
  return [named, ...[job, cause].filter((each) => typeof each === "string")];
}

const spoken = (from: Evidence["from"], texts: readonly string[]): Evidence => ({ from, process: "driver", lines: texts.flatMap((text) => text.split("\n")).map((text, index) => ({ number: index + 1, text })) });
