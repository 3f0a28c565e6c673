// The gates of a run as JUnit XML, which CI services show test by test: a suite for each table and year, a case for each
// gate. A failed error gate is a failure, a gate that does not apply is skipped, a warning is words beside a passed case.
// What stopped the run beside gates is an error in a suite of its own, so that a broken run never looks like a good one.

import { statSync } from "node:fs";
import { access, constants, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import type { Problem, Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Context } from "./context.js";
import { foundText, sampleText } from "./gates-text.js";
import { problemText } from "./problem-text.js";
import type { ToldGate } from "./told-gates.js";
import { unwritable } from "./unwritable.js";

export interface JunitFacts {
  /** Absent where the run never got an id. */
  readonly run?: { readonly run: string; readonly pipeline: string; readonly startedAt: string } | undefined;
  readonly gates: readonly ToldGate[];
  readonly problems: readonly Problem[];
}

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly seconds: number;
  readonly verdict: "passed" | "failure" | "error" | "skipped";
  /** First line in what is wrong, or why it was skipped. */
  readonly message?: string;
  readonly detail?: string;
  /** Words beside a passed case. */
  readonly said?: string;
}

export function junitText({ run, gates, problems }: JunitFacts): string {
  const steps = [...new Set(gates.map(({ step }) => step))];
  const others = problems.filter(({ code }) => code !== "gate-failed");
  const suites = [
    ...steps.map((step) => ({ name: step, cases: gates.filter((gate) => gate.step === step).map(gateCase) })),
    ...(others.length === 0 ? [] : [{ name: run?.pipeline ?? "carelake", cases: others.map((problem) => problemCase(problem, run?.run)) }]),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  const texts = suites.map(({ name, cases }) => suiteText(name, cases, run));
  return [`<?xml version="1.0" encoding="UTF-8"?>`, `<testsuites name="carelake"${counts(all)}>`, ...texts, "</testsuites>", ""].join("\n");
}

function gateCase(gate: ToldGate): Case {
  const { id, name, severity, verdict, step, seconds, reason, samples, why } = gate;
  const about = { name: `${id} ${name}`, classname: step.split("@")[0] ?? step, seconds };
  const lines = [...(why === "" ? [] : [why]), ...samples.map(sampleText)].join("\n");
  if (verdict === "failed") return { ...about, verdict: "failure", message: foundText(gate), detail: lines };
  if (verdict === "not-applicable") return { ...about, verdict: "skipped", message: reason ?? "" };
  return { ...about, verdict: "passed", ...(verdict === "passed" ? {} : { said: `${severity}: ${foundText(gate)}\n${lines}` }) };
}

function problemCase(problem: Problem, run: string | undefined): Case {
  const text = problemText(problem);
  const message = (text.split("\n")[0] ?? "").replace(/^error\[[^\]]+\]: /, "");
  return { name: run === undefined ? problem.code : `run ${run}`, classname: problem.code, seconds: 0, verdict: "error", message, detail: text };
}

function suiteText(name: string, cases: readonly Case[], run: JunitFacts["run"]): string {
  const at = run === undefined ? "" : ` timestamp="${run.startedAt.slice(0, 19)}"`;
  const properties = run === undefined ? [] : ["    <properties>", `      <property name="run" value="${escaped(run.run)}"/>`, "    </properties>"];
  return [`  <testsuite name="${escaped(name)}"${counts(cases)} hostname="${escaped(hostname())}"${at}>`, ...properties, ...cases.map(caseText), "  </testsuite>"].join("\n");
}

function counts(cases: readonly Case[]): string {
  const of = (verdict: Case["verdict"]): number => cases.filter((each) => each.verdict === verdict).length;
  return ` tests="${cases.length}" failures="${of("failure")}" errors="${of("error")}" skipped="${of("skipped")}" time="${cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3)}"`;
}

function caseText({ name, classname, seconds, verdict, message = "", detail = "", said }: Case): string {
  const head = `    <testcase name="${escaped(name)}" classname="${escaped(classname)}" time="${seconds.toFixed(3)}"`;
  const inner = verdict === "passed" ? (said === undefined ? undefined : `<system-out>${escaped(said)}</system-out>`) : verdict === "skipped" ? `<skipped message="${escaped(message)}"/>` : `<${verdict} message="${escaped(message)}" type="${verdict === "failure" ? "gate" : escaped(classname)}">${escaped(detail)}</${verdict}>`;
  return inner === undefined ? `${head}/>` : `${head}>\n      ${inner}\n    </testcase>`;
}

/** XML has no way to write most control characters: they are shown as what cannot be shown. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** Nothing without a file; the problem when it cannot be written. */
export async function writeJunit(file: string | undefined, { context, ...facts }: JunitFacts & { readonly context: Pick<Context, "cwd"> }): Promise<Result<void>> {
  if (file === undefined) return ok(undefined);
  try {
    return ok(await writeFile(resolve(context.cwd, file), junitText(facts)));
  } catch (error) {
    return fail(unwritable(file, error));
  }
}

/** Before anything is paid for: whether the file could be written. */
export async function junitProblem(file: string | undefined, { cwd }: Pick<Context, "cwd">): Promise<Problem | undefined> {
  if (file === undefined) return undefined;
  const path = resolve(cwd, file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return { code: "file-unwritable", file, message: "it is a folder" };
  try {
    await access(found === undefined ? dirname(path) : path, constants.W_OK);
    return undefined;
  } catch (error) {
    return unwritable(file, error);
  }
}
