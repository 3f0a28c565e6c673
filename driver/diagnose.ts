// A stage that did not succeed → one probable cause with its class, at the place in the template where there is one.
// What the runner reports comes first, then what the service says, then signs in all that was said anywhere.

import { byReport } from "./diagnosis/by-report.js";
import { bySign, died, diskFull, isFull, stated } from "./diagnosis/by-sign.js";
import type { Cause } from "./diagnosis/cause.js";
import { causeOf } from "./diagnosis/cause.js";
import type { Failed } from "./diagnosis/evidence.js";
import { evidenceOf } from "./diagnosis/evidence.js";
import { leftOf, leftOnFullDisk } from "./diagnosis/left.js";
import { likelyLines } from "./diagnosis/likely-lines.js";
import { templatePlace } from "./diagnosis/template-place.js";
import { firstSentence } from "./diagnosis/words.js";
import type { EndCause } from "./failure-class.js";
import type { Problem } from "./problems.js";

export type { Failed };

export function diagnose(failed: Failed): Problem {
  const problem = byReport(failed) ?? byWords(failed);
  return { ...problem, left: problem.class === "disk-full" ? leftOnFullDisk(failed) : leftOf(failed) };
}

/** A service may say this of many failures of the program; the program's own words are then nearer. */
const VAGUE: ReadonlySet<EndCause> = new Set<EndCause>(["configuration", "service"]);
/** The logs say more of these than the service does. */
const TOLD_IN_LOGS: ReadonlySet<EndCause> = new Set<EndCause>([...VAGUE, "bootstrap"]);

function byWords(failed: Failed): Problem {
  const { service, report } = failed;
  const cause = causeOf(evidenceOf(failed));
  const isOwn = cause !== undefined && cause.sign.general !== true;
  if (isOwn && cause.evidence.from === "report") return bySign(failed, cause);
  if (service?.cause !== undefined && !(isOwn && VAGUE.has(service.cause))) return ended(failed, service.cause);
  // Whoever is stopped by a signal says many things on the way out.
  if (report?.failure?.kind === "interrupted" && (!isOwn || report.failure.detail["exception"] === undefined)) return stopped(failed);
  if (isOwn) return bySign(failed, cause);
  return byEnd(failed, cause);
}

function ended({ logs, run, service }: Failed, cause: EndCause): Problem {
  return { code: "stage-ended", class: cause, cause, reason: service?.reason ?? "", log: logs.place, likely: TOLD_IN_LOGS.has(cause) ? likelyLines(logs.parts) : [], run };
}

const stopped = ({ run, report, exitCode }: Failed): Problem => ({ code: "run-cancelled", class: "cancelled", run, by: report?.failure?.message ?? `a signal ended it (exit code ${String(exitCode)})` });

/** What a shell says of a command that KILL or TERM ended. */
const KILLED = 137;
const TERMINATED = 143;

/** No sign of its own: how it ended, then signs that many causes share, then the lines to look at first. */
function byEnd(failed: Failed, general: Cause | undefined): Problem {
  const { exitCode, logs, report, run, service, stage } = failed;
  const failure = report?.failure ?? undefined;
  // On a full disk there is no room for the log's last words either.
  if (isFull(logs) && (failure === undefined || failure.detail["jvm_lost"] === true)) return diskFull(failed, "");
  const isLost = failure === undefined || failure.detail["jvm_lost"] === true;
  // On this computer a process that ends without a word was killed; of others a service may just not know.
  const isWordless = exitCode === null && service === undefined && stage.shape === undefined;
  if (isLost && (exitCode === KILLED || isWordless)) return died(failed, "killed");
  if (isLost && exitCode === TERMINATED) return stopped(failed);
  if (general !== undefined) return bySign(failed, general);
  const likely = likelyLines(logs.parts);
  if (failure === undefined || isLost) return died(failed, "unknown", likely);
  return { code: "spark-failed", class: "unknown", message: firstSentence(failure.message), log: logs.place, likely, run, ...stated(failed), ...templatePlace(failure, stage) };
}
