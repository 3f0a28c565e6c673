// A run's events → lines for people on stderr: one a step with the number that matters, and on a terminal a line
// that moves while a statement runs.

import type { RunEvent } from "../events.js";
import type { LoadPathName, PublishEvent } from "../publish/set.js";
import type { StageEvent } from "../stage.js";
import { bytes, count, say, seconds } from "./present.js";
import { headlineOf, problemText } from "./problem-text.js";
import { dollars } from "./problem-words.js";
import { refreshLine } from "./refresh-lines.js";

export interface ProgressOptions {
  readonly isTerminal: boolean;
  readonly verbose: boolean;
}

export function progress({ isTerminal, verbose }: ProgressOptions): (event: RunEvent) => void {
  let moving = false;
  const line = (text: string): void => {
    if (moving) process.stderr.write("\r\x1b[2K");
    moving = false;
    say(text);
  };
  const move = (text: string): void => {
    if (!isTerminal) return;
    process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    moving = true;
  };
  return (event) => {
    switch (event.kind) {
      case "run-started":
        line(`run ${event.run}${event.resumed ? " goes on" : ""}: ${count(event.steps)} steps${event.skipped > 0 ? `, ${count(event.skipped)} already done` : ""}`);
        return;
      case "input-sent":
        if (event.bytes < event.of) move(`  sending ${event.file}: ${bytes(event.bytes)} of ${bytes(event.of)}`);
        else line(`  sent ${event.file}, ${bytes(event.of)}`);
        return;
      case "stage-submitted":
        line(event.attached ? `  found its Spark application again (${event.logs})` : `  starting Spark (logs in ${event.logs})`);
        return;
      case "stage":
        stageLine(event.event, { line, move, verbose });
        return;
      case "stage-prepared":
        line(`  ${event.stage}: ${event.reason}`);
        return;
      case "stage-state":
        line(`  ${event.stage}: ${event.detail}`);
        return;
      case "logs-awaited":
        line(awaited(event));
        return;
      case "stage-retried":
        line(`  trying again${event.waitSeconds > 0 ? ` in ${seconds(event.waitSeconds)}` : ""}: ${event.reason}`);
        return;
      case "budget-forecast":
        line(`  likely to cost ${dollars(event.spent + event.toCome)}, above its budget of ${dollars(event.budget)}: ${dollars(event.spent)} so far, ${dollars(event.toCome)} still to come by estimate; it is stopped when the budget is spent`);
        return;
      case "cost-unknown":
        line(`  the budget cannot be held at the moment: what was used is not told\n${problemText(event.problem)}`);
        return;
      case "stage-finished":
        line(`  Spark done in ${seconds(event.seconds)}`);
        return;
      case "publish":
        publishLine(event.event, { line, move, verbose });
        return;
      case "refresh":
        refreshLine(event.event, { line, move });
        return;
      case "cancelling":
        line(`  stopping Spark of run ${event.run} …`);
    }
  };
}

const awaited = ({ stage, known, place, limitSeconds, waitSeconds }: RunEvent & { readonly kind: "logs-awaited" }): string =>
  `  ${stage}: ${headlineOf(known)} so far; its logs are not all in ${place} yet: looking again in ${seconds(waitSeconds)}, for ${String(limitSeconds / 60)} minutes at most (Ctrl-C stops the waiting)`;

interface Writer {
  readonly line: (text: string) => void;
  readonly move: (text: string) => void;
  readonly verbose: boolean;
}

function stageLine(event: StageEvent, { line, move, verbose }: Writer): void {
  switch (event.event) {
    case "stage-started":
      if (verbose) line(`  Spark ${event.spark}, application ${event.application}`);
      return;
    case "step-started":
      move(`  ${event.step} …`);
      return;
    case "progress":
      move(`  ${event.statement.replace("#", " ")} … ${String(event.tasks_done)} of ${String(event.tasks)} tasks`);
      return;
    case "statement-finished":
      if (verbose) line(`    ${event.metrics.id}: ${seconds(event.metrics.seconds)}`);
      return;
    case "gate":
      if (event.result.verdict === "failed" || event.result.verdict === "warned") {
        line(`    ${event.result.verdict === "failed" ? "FAILED" : "warning"} ${event.result.id} ${event.result.name}: ${count(event.result.offenders)} of ${count(event.result.rows)} rows`);
      }
      return;
    case "step-finished": {
      const { id, rows, quarantined, seconds: took, outcome } = event.report;
      const aside = quarantined !== null && quarantined > 0 ? `, ${count(quarantined)} to quarantine` : "";
      if (rows !== null) line(`  ${id.padEnd(38)} ${count(rows).padStart(12)} rows${aside}  ${seconds(took).padStart(8)}${outcome === "built" ? "" : `  (${outcome})`}`);
      return;
    }
    case "exported":
      line(`  exported ${event.id.replace("#export", "").padEnd(29)} ${count(event.rows).padStart(12)} rows  ${bytes(event.bytes).padStart(8)}`);
      return;
    case "statement-started":
    case "forwarded":
    case "stage-finished":
      return;
  }
}

export const PATH_WORDS: Readonly<Record<LoadPathName, string>> = {
  "load-data-local": "LOAD DATA LOCAL",
  "insert-batches": "INSERT in batches, which takes several times as long",
  "load-data-from-s3": "LOAD DATA FROM S3",
};

function publishLine(event: PublishEvent, { line, move }: Writer): void {
  switch (event.event) {
    case "publish-step":
      move(`  publishing: ${event.step} …`);
      return;
    case "publish-loaded":
      move(`  loading ${event.table} … ${count(event.doneRows)} of ${count(event.totalRows)} rows, ${bytes(event.doneBytes)} of ${bytes(event.totalBytes)}`);
      return;
    case "publish-compared":
      move(`  comparing what is live … ${count(event.doneRows)} of ${count(event.totalRows)} rows`);
      return;
    case "publish-reconnects":
      line(`  ${headlineOf(event.problem)}; trying again`);
      return;
    case "publish-continued":
      line(`  going on with ${count(event.doneRows)} of ${count(event.totalRows)} rows, ${bytes(event.doneBytes)} of ${bytes(event.totalBytes)}, which stand whole in MySQL already`);
      return;
    case "publish-verified":
      line(`  published ${`${event.table} ${String(event.year)}`.padEnd(28)} ${count(event.rows).padStart(12)} rows, hash ${event.hash}`);
      return;
    case "publish-path":
      line(`  ${event.because}: rows go by ${PATH_WORDS[event.path]}`);
      return;
    case "publish-queues":
      line(`  waiting for another publication to end: ${event.owner}`);
      return;
    case "publish-readers":
      for (const reader of event.readers) line(`  the swap will wait for ${reader}`);
      return;
    case "publish-waits":
      line(`  waiting for readers: ${event.blockers.join("; ")}`);
      return;
    case "publish-swapped":
      line(`  swapped in one RENAME, ${String(event.milliseconds)} ms`);
      return;
    case "publish-repairs":
      line(`  publication ${event.publication} was changed after it was published (${event.difference}): loading it again`);
      return;
    case "publish-recovered":
      line(event.state === "done" ? `  an earlier try of publication ${event.publication} was swapped in; its record is finished now` : `  an earlier try of publication ${event.publication} had ended before its swap`);
      return;
    case "publish-kept":
      line(`  the former ${event.table} stays until the next publication: ${event.why}`);
  }
}
