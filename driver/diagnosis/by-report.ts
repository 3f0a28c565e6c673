// The runner's own word for why it failed, where that decides: gates, refused sources, SQL, declared columns, memory, disk.

import type { FailureClass } from "../failure-class.js";
import type { Problem } from "../problems.js";
import type { GateResult, StageFailure, StageReport } from "../stage.js";
import { causeOf } from "./cause.js";
import type { Failed } from "./evidence.js";
import { evidenceOf } from "./evidence.js";
import { diskFull, outOfMemory, stated, statementOf } from "./by-sign.js";
import { templatePlace } from "./template-place.js";
import { firstSentence } from "./words.js";

/** Undefined where the report leaves the cause open. */
export function byReport(failed: Failed): Problem | undefined {
  const { report, run, stage } = failed;
  if (report === undefined) return undefined;
  if (report.outcome === "gate-failed") {
    const gates = report.gates.filter((gate) => gate.verdict === "failed").map((gate) => gateText(gate, report));
    return { code: "gate-failed", class: "gate", gates, run };
  }
  const { failure } = report;
  if (failure === null) return undefined;
  const message = firstSentence(failure.message);
  switch (failure.kind) {
    case "analysis":
      return analysis(failure, failed);
    case "contract":
      return {
        code: "contract-mismatch",
        class: "contract",
        table: stage.steps.find((step) => step.id === failure.step)?.table ?? failure.step ?? "",
        message: message.replaceAll(/\.`?branch_run_[0-9a-f]{12}`?/g, ""),
        run,
        ...templatePlace(failure, stage),
      };
    case "source":
      return source(failure, failed);
    case "out-of-memory": {
      const sign = signInReport(failed);
      return sign === "disk-full" ? diskFull(failed, message) : outOfMemory(failed, sign === "executor-memory" ? sign : "driver-memory", message);
    }
    case "disk-full":
      return diskFull(failed, message);
    case "configuration":
      return { code: "spark-failed", class: "configuration", message, log: failed.logs.place, likely: [], run, ...stated(failed) };
    case "gate":
    case "spark":
    case "interrupted":
    case "internal":
      return undefined;
  }
}

/** Spark says "analysis" also of what the catalog met on its way to a table: access, network. */
function analysis(failure: StageFailure, failed: Failed): Problem | undefined {
  const cause = signInReport(failed) ?? "analysis";
  if (cause !== "analysis" && cause !== "missing-table") return undefined;
  const proposal = failure.detail["proposal"];
  return {
    code: "spark-analysis",
    class: cause,
    message: firstSentence(failure.message),
    statement: statementOf(failed) ?? "",
    run: failed.run,
    ...(typeof proposal === "string" ? { proposal } : {}),
    ...(failure.line === null ? {} : { renderedLine: failure.line }),
    ...templatePlace(failure, failed.stage),
  };
}

/** Undefined where its words have a sign of their own: a secret that is refused, a database that answers. */
function source({ detail, message }: StageFailure, failed: Failed): Problem | undefined {
  const { file, byte, line, bytes, duplicate, connection, url, user } = detail;
  const { run, logs } = failed;
  if (typeof file === "string" && typeof byte === "number") {
    return { code: "source-not-utf8", class: "source", file, byte, bytes: typeof bytes === "string" ? bytes : "", at: { file, ...(typeof line === "number" ? { line } : {}) } };
  }
  if (Array.isArray(duplicate)) return { code: "source-duplicate-file", class: "source", files: duplicate.map(String) };
  if (typeof connection === "string" && typeof url === "string" && typeof user === "string") {
    const { host, pathname } = new URL(url.replace(/^jdbc:/, ""));
    const base = { class: "jdbc", address: host, user, message: firstSentence(message), run } as const;
    return connection === "denied" ? { code: "postgres-access-denied", database: decodeURIComponent(pathname.slice(1)), ...base } : { code: "postgres-unreachable", ...base };
  }
  if (signInReport(failed) !== undefined) return undefined;
  return { code: "spark-failed", class: "source", message: firstSentence(message), log: logs.place, likely: [], run, ...stated(failed) };
}

const signInReport = (failed: Failed): FailureClass | undefined => causeOf(evidenceOf(failed).filter(({ from }) => from === "report"))?.class;

function gateText(gate: GateResult, report: StageReport) {
  const step = report.steps.find((each) => each.id === gate.step);
  return {
    id: gate.id,
    name: gate.name,
    table: step?.table ?? gate.step,
    year: step?.year ?? 0,
    offenders: gate.offenders,
    rows: gate.rows,
    why: gate.reason ?? "",
    samples: gate.samples.map((sample) => Object.entries(sample).map(([name, value]) => `${name}=${String(value)}`).join(" ")),
  };
}
