// Every cause of the corpus is named right, in every form in which its logs can lie, and a person sees this: expect.txt.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { problemText } from "../../driver/cli/problem-text.js";
import { diagnose, type Failed } from "../../driver/diagnose.js";
import { causeOf } from "../../driver/diagnosis/cause.js";
import { evidenceOf } from "../../driver/diagnosis/evidence.js";
import { SIGNS, type Sign } from "../../driver/diagnosis/signs.js";
import { FAILURE_CLASSES, type FailureClass } from "../../driver/failure-class.js";
import { lastWordsIn } from "../../driver/last-words.js";
import { jobRunEnd } from "../../emr/serverless/job-run.js";
import { stepEnd } from "../../emr/cluster/step-end.js";
import { caseNames, CORPUS, plannedStage, readCase, type Case, type ServiceAnswer } from "./case.js";
import { LAYOUTS, type Laid, type Layout } from "./layouts.js";

const CASES = caseNames().map(readCase);
const LEAST = 25;
const MOST_BYTES = 1_500_000;
const MOST_MILLISECONDS = 2000;

/** What the engine makes of the service's answers, again. */
function endOf({ jobRun, step, cluster, cancel, limitMinutes, end }: ServiceAnswer): NonNullable<Failed["service"]> | undefined {
  // Whether a machine was taken is asked of the instances, not of these answers.
  const judged = end.cause === "instance-loss" ? end : jobRun === undefined ? stepEnd({ step: dated(step), cluster, cancel, limitMinutes }) : jobRunEnd(jobRun as never, cancel, limitMinutes);
  const { cause, reason } = judged;
  return cause === undefined && reason === undefined ? undefined : { ...(cause === undefined ? {} : { cause: cause as never }), reason: reason ?? "" };
}

const dated = (step: unknown): never => JSON.parse(JSON.stringify(step), (_, value: unknown) => (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : value)) as never;

function failedOf(each: Case, { logs }: Laid, layout: Layout): Failed {
  const { service, exitCode } = each;
  // EMR and EMR Serverless have these words for every program that fails.
  const words = { reason: `Job failed, please check complete logs in configured logging destination. ExitCode: ${String(exitCode)}` };
  const told = service === undefined ? (layout.isLocal === true ? undefined : words) : endOf(service);
  const report = each.report ?? lastWordsIn(logs, { run: "7c1e-1", stage: "all" });
  return { run: "7c1e-1", branch: "run_7c1e00000000", stage: plannedStage(each), report, events: each.events, exitCode: each.exitCode, ...(told === undefined ? {} : { service: told }), logs, memory: "2g" };
}

interface Shown {
  readonly class: FailureClass | undefined;
  readonly text: string;
  readonly milliseconds: number;
}

async function shown(each: Case, layout: Layout): Promise<Shown> {
  const started = performance.now();
  const laid = await layout.lay(each);
  const problem = diagnose(failedOf(each, laid, layout));
  const text = problemText(problem);
  const milliseconds = performance.now() - started;
  return { class: problem.class, text: `${laid.told(text)}\n`, milliseconds };
}

const unnumbered = (text: string): string => text.replaceAll(/(\{[^}]*\}):\d+/g, "$1");
const slowest = { milliseconds: 0, name: "" };

describe.each(CASES)("$name", (each) => {
  it.each(LAYOUTS.filter((layout) => layout.fits(each)))("is told as what it is by the logs $name", async (layout) => {
    const told = await shown(each, layout);
    if (told.milliseconds > slowest.milliseconds) Object.assign(slowest, { milliseconds: told.milliseconds, name: `${each.name} ${layout.name}` });
    expect(told.class, told.text).toBe(each.class);
    const expected = join(each.folder, "expect.txt");
    if (layout.keepsNumbers === true || each.service?.step !== undefined) await expect(told.text).toMatchFileSnapshot(expected);
    else expect(unnumbered(told.text)).toBe(unnumbered(readFileSync(expected, "utf8")));
  });

  it("without its report is told the same or as unknown, never as another cause", async () => {
    const [layout] = LAYOUTS.filter(({ fits }) => fits(each));
    if (layout === undefined || each.report === undefined) return;
    const { report: _, ...rest } = failedOf(each, await layout.lay(each), layout);
    const { class: failure } = diagnose({ ...rest, report: undefined });
    expect(failure === each.class || failure === "unknown" || failure === "killed", failure).toBe(true);
  });
});

describe("the corpus", () => {
  const all = async (): Promise<readonly { readonly each: Case; readonly layout: Layout; readonly failed: Failed }[]> =>
    Promise.all(CASES.flatMap((each) => LAYOUTS.filter(({ fits }) => fits(each)).map(async (layout) => ({ each, layout, failed: failedOf(each, await layout.lay(each), layout) }))));

  it(`holds at least ${LEAST} causes, all named right, most of them made by a real Spark`, async () => {
    const right = (await all()).filter(({ each, failed }) => diagnose(failed).class === each.class).map(({ each }) => each.name);
    const wrong = CASES.map(({ name }) => name).filter((name) => !right.includes(name));
    console.log(`diagnosis: ${String(CASES.length - wrong.length)} of ${String(CASES.length)} causes right, ${String(CASES.filter(({ origin }) => origin === "real").length)} of them from a real Spark; slowest ${slowest.milliseconds.toFixed(0)} ms (${slowest.name})`);
    expect(wrong).toEqual([]);
    expect(CASES.filter(({ origin }) => origin === "real").length).toBeGreaterThanOrEqual(LEAST);
    expect(slowest.milliseconds).toBeLessThan(MOST_MILLISECONDS);
  });

  it("shows every class but the one that only time brings", () => {
    // `gone` is an answer of the service that has no logs and no words: test/emr/serverless shows it.
    expect(FAILURE_CLASSES.filter((failure) => !CASES.some((each) => each.class === failure))).toEqual(["gone"]);
  });

  it("shows every row of the table of signs, and the words that each was taken from", async () => {
    const failed = await all();
    const decided = new Set(failed.flatMap(({ failed: one }) => [one, { ...one, report: undefined }, { ...one, logs: { ...one.logs, parts: [] } }].map((seen) => causeOf(evidenceOf(seen))?.sign)));
    expect(SIGNS.filter((sign) => !decided.has(sign)).map(({ pattern }) => pattern.source)).toEqual([]);
    const words = failed.flatMap(({ failed: one }) => evidenceOf(one).flatMap(({ lines }) => lines.map(({ text }) => text))).join("\n");
    const isUnseen = ({ seen, pattern }: Sign): boolean => !words.includes(seen) || !pattern.test(seen);
    expect(SIGNS.filter(isUnseen).map(({ seen }) => seen)).toEqual([]);
  });

  it("tells an unknown cause as such, with the lines that a person would look at first", async () => {
    for (const each of CASES.filter(({ class: failure }) => failure === "unknown")) {
      const text = readFileSync(join(each.folder, "expect.txt"), "utf8");
      expect(text).toContain("no known cause");
      expect(text).toMatch(/the most likely lines:\n  note:     \{[^}]+\}:\d+ +\S/);
    }
  });

  it("never shows a line of JSON, a stack or a whole log to a person", async () => {
    for (const each of CASES) expect(readFileSync(join(each.folder, "expect.txt"), "utf8"), each.name).not.toMatch(/\{"ts"|^\s+at [\w.$]+\(/m);
  });

  it("is small and names no place of the computer that made it", () => {
    const files = readdirSync(CORPUS, { recursive: true, encoding: "utf8" }).map((name) => join(CORPUS, name)).filter((file) => statSync(file).isFile() && !file.endsWith(".ts"));
    expect(files.filter((file) => statSync(file).size > 41_000)).toEqual([]);
    expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(MOST_BYTES);
    expect(files.filter((file) => /\/root\b|\/tmp\/w\b|\/home\/|\/tmp\/carelake/.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});
