// Problems of a run: the lock, Spark, gates, and the tools that Spark needs on this computer.

import type { Place } from "../problems.js";
import { FAILURE_TEXT } from "./failure-text.js";
import { bytes, dollars, placeText, plural } from "./problem-words.js";
import type { Texts } from "./problem-words.js";

type RunCode =
  | "run-in-progress" | "gate-failed" | "spark-analysis" | "contract-mismatch" | "spark-out-of-memory" | "disk-full" | "not-permitted"
  | "spark-failed" | "spark-died" | "run-cancelled" | "run-over" | "budget-exceeded" | "engine-mismatch" | "run-detached" | "stage-ended" | "stage-elsewhere" | "stopped" | "nothing-published" | "report-too-large"
  | "java-missing" | "java-unfit" | "python-missing" | "spark-missing" | "jar-missing" | "setup-failed" | "server-not-found";

const seenIn = (seen: Place | undefined): readonly string[] => (seen === undefined ? [] : [`the log says so at ${placeText(seen)}`]);
const linesOf = (likely: readonly Place[]): readonly string[] => (likely.length === 0 ? [] : ["the most likely lines:", ...likely.map((line) => `    ${placeText(line)}`)]);

const SETUP = "carelake setup installs what is missing; carelake doctor shows what was found";

export const runText: Texts<RunCode> = {
  "run-in-progress": ({ pipeline, run, owner, since }) => ({
    source: "run",
    headline: `pipeline ${pipeline} is running already`,
    notes: [`run ${run} by ${owner}, since ${since}`],
    help: "wait for it: carelake runs shows when it is over",
  }),
  "gate-failed": ({ gates, run }) => {
    const [first] = gates;
    const rest = gates.length - 1;
    return {
      source: "run",
      headline: `${first?.name ?? "a gate"} found ${plural(first?.offenders ?? 0, "row")} in ${first?.table ?? ""}, year=${first?.year ?? ""}${rest > 0 ? `, and ${plural(rest, "more gate")} failed` : ""}`,
      notes: gates.flatMap((gate) => [`${gate.id} ${gate.name}: ${plural(gate.offenders, "offender")} in ${plural(gate.rows, "row")}`, ...gate.samples.slice(0, 3).map((sample) => `    for example ${sample}`)]),
      help: `carelake gates ${run} shows every rule, why it exists and its offenders`,
    };
  },
  "spark-analysis": ({ message, proposal, renderedLine, statement, run }) => ({
    source: "usage",
    headline: message,
    notes: [`${renderedLine === undefined ? "in" : `rendered line ${renderedLine} of`} statement ${statement}, run ${run}`],
    help: proposal === undefined ? `carelake render ${statement.split("@")[0] ?? ""} shows the SQL` : `names close to it: ${proposal}`,
  }),
  "contract-mismatch": ({ table, message, run }) => ({ source: "run", headline: `${table} does not fit its declared columns`, notes: [message, `run ${run}`], help: FAILURE_TEXT.contract.help }),
  "spark-out-of-memory": ({ class: failure = "driver-memory", message, memory, statement, run }) => ({
    source: "run",
    headline: FAILURE_TEXT[failure].headline ?? message,
    notes: [message, `it had ${memory}${statement === undefined ? "" : `; statement ${statement}`}; run ${run}`],
    help: FAILURE_TEXT[failure].help,
  }),
  "disk-full": ({ where, free, run }) => ({ source: "world", headline: FAILURE_TEXT["disk-full"].headline ?? where, notes: [where, ...(run === undefined ? [] : [`run ${run}${free === undefined ? "" : `; ${free} free`}`])], help: FAILURE_TEXT["disk-full"].help }),
  "not-permitted": ({ path, message }) => ({ source: "world", headline: `${path} cannot be written`, notes: [message], help: "name another lake with --lake or in the profile, or have the folder given to this user" }),
  "spark-failed": ({ class: failure = "unknown", at, message, statement, log, seen, likely, run }) => {
    const { headline, help } = FAILURE_TEXT[failure];
    const shown = at === undefined || statement === undefined ? "" : `; carelake render ${statement.split("@")[0] ?? ""} shows the SQL`;
    return {
      source: "run",
      headline: headline ?? message,
      notes: [...(headline === undefined ? [] : [message]), ...(statement === undefined ? [] : [`statement ${statement}`]), `run ${run}; whole log: ${log}`, ...seenIn(seen), ...linesOf(likely)],
      help: `${help}${shown}`,
    };
  },
  "spark-died": ({ class: failure = "unknown", exit, statement, log, likely, run }) => ({
    source: "run",
    headline: failure === "unknown" ? `Spark ${exit} without a report, and no known cause fits` : `Spark ${exit} without a report`,
    notes: [...(statement === undefined ? [] : [`statement ${statement} was at work`]), `run ${run}; whole log: ${log}`, ...linesOf(likely)],
    help: FAILURE_TEXT[failure].help,
  }),
  "stage-ended": ({ cause, reason, log, likely, run }) => ({ source: "world", headline: FAILURE_TEXT[cause].headline ?? reason, notes: [...(reason === "" ? [] : [reason]), `run ${run}; logs: ${log}`, ...linesOf(likely)], help: FAILURE_TEXT[cause].help }),
  "run-over": ({ run, outcome, asked }) => ({ source: "usage", headline: `run ${run} is over (${outcome}): there is nothing to ${asked}`, help: "carelake runs lists what is still going on" }),
  "budget-exceeded": ({ run, stage, budget, spent, toCome, stopped, retry }) => {
    const sum = spent.reduce((all, { usd }) => all + (usd ?? 0), 0);
    const by = spent.filter(({ usd }) => usd !== null).map((each) => `stage ${each.stage}, attempt ${String(each.attempt)}: ${dollars(each.usd ?? 0)}`);
    return {
      source: "run",
      headline: stopped ? `run ${run} has cost ${dollars(sum)}, more than its budget of ${dollars(budget)}, so stage ${stage} was stopped` : `stage ${stage} would take run ${run} above its budget of ${dollars(budget)}, so it was not submitted${retry === undefined ? "" : " again"}`,
      notes: [...(retry === undefined ? [] : [`another try would have helped: ${retry}`]), ...by, `spent ${dollars(sum)}; by estimate ${dollars(toCome)} was still to come`],
      help: `carelake resume ${run} --budget ${String(Math.ceil(sum + toCome + 0.01))} goes on from what is finished; carelake cost ${run} shows what it has cost`,
    };
  },
  "engine-mismatch": ({ run, ran, profile }) => ({ source: "usage", headline: `run ${run} runs on engine ${ran}, the profile says ${profile}`, help: "name the profile that it was started with: --profile" }),
  "run-detached": ({ run }) => ({ source: "run", headline: `run ${run} goes on without anybody waiting for it`, help: `carelake resume ${run} follows it again; carelake cancel ${run} stops it` }),
  "run-cancelled": ({ run, by }) => ({ source: "run", headline: `run ${run} was cancelled`, ...(by === undefined ? {} : { notes: [by], help: FAILURE_TEXT.cancelled.help }) }),
  "stage-elsewhere": ({ stage, host }) => ({ source: "run", headline: `a stage of an earlier run still works on host ${host}`, notes: [stage], help: `stop it there, or wait for its end: the same carelake run on ${host} goes on with it` }),
  stopped: ({ command }) => ({ source: "run", headline: `${command} was stopped`, help: "the same command goes on from what is finished" }),
  "nothing-published": ({ what }) => ({ source: "usage", headline: what, help: "carelake run … with a profile that names a MySQL database publishes it" }),
  "report-too-large": ({ rows, needed, heap }) => ({
    source: "usage",
    headline: `adding up ${plural(rows, "published row")} takes about ${bytes(needed)} of memory, and Node may have ${bytes(heap)}`,
    help: `with that much memory: NODE_OPTIONS=--max-old-space-size=${String(Math.ceil(needed / 2 ** 20))} carelake report build …; report build --power-bi needs none of it`,
  }),
  "java-missing": ({ looked, install }) => ({ source: "world", headline: "Spark needs Java 17 or 21, and there is none", notes: [`looked at ${looked.join(", ")}`], help: install }),
  "java-unfit": ({ found, path, install }) => ({ source: "world", headline: `Spark needs Java 17 or 21, and this is ${found}`, notes: [path], help: install }),
  "python-missing": ({ looked, install }) => ({ source: "world", headline: "Spark's Python needs version 3.10 or newer, and there is none", notes: [`looked at ${looked.join(", ")}`], help: install }),
  "spark-missing": ({ folder }) => ({ source: "world", headline: "Spark is not set up", notes: [`looked in ${folder}`], help: SETUP }),
  "jar-missing": ({ jars, folder }) => ({ source: "world", headline: `${plural(jars.length, "jar")} missing or broken`, notes: [`${jars.join(", ")} in ${folder}`], help: SETUP }),
  "setup-failed": ({ part, command, output }) => ({ source: "world", headline: `${part} could not be set up`, notes: [`${command} said:`, ...output.slice(-6).map((line) => `    ${line}`)], help: "the same command goes on where it stopped" }),
  "server-not-found": ({ server, looked, install }) => ({ source: "world", headline: `there is no ${server} on this computer`, notes: [`looked at ${looked.join(", ")}`], help: install }),
};
