// A finished run as people read it, and as JSON.

import type { FinishedRun } from "../execute.js";
import type { Job } from "../job.js";
import type { Profile } from "../profile.js";
import { count, seconds, table } from "./present.js";

export function runText(finished: FinishedRun, lake: string): string {
  const { run, reports, published } = finished;
  const steps = reports.flatMap((report) => report.steps);
  const gates = reports.flatMap((report) => report.gates);
  const blocks = [`run ${run.run} is done; the lake is ${lake}`];
  if (steps.length > 0) {
    const rows = steps.map((step) => [step.table, String(step.year), step.rows === null ? "–" : count(step.rows), step.quarantined === null ? "–" : count(step.quarantined), seconds(step.seconds)]);
    blocks.push(table(["table", "year", "rows", "quarantined", "time"], rows, [2, 3, 4]));
  }
  if (gates.length > 0) {
    const of = (verdict: string): number => gates.filter((gate) => gate.verdict === verdict).length;
    blocks.push(`gates: ${count(of("passed"))} passed, ${count(of("warned"))} warned, ${count(of("noted"))} noted, ${count(of("not-applicable"))} not applicable (carelake gates ${run.run})`);
  }
  if (published !== undefined) {
    const rows = published.tables.map((each) => [each.table, each.years.join(", "), count(each.rows), each.hash]);
    blocks.push(table(["published to MySQL", "years", "rows", "content hash"], rows, [2]));
    if (published.outcome === "already-live") blocks.push("The same content was live already; nothing was loaded.");
  }
  return blocks.join("\n\n");
}

/** What to say of a run that could have been published and was not for want of a database. */
export function whyUnpublished({ profile, pipeline }: { readonly profile: Pick<Profile, "mysql">; readonly pipeline: { readonly jobs: readonly Pick<Job, "name" | "publish">[] } }): string | undefined {
  if (profile.mysql !== undefined || pipeline.jobs.every((job) => job.publish === undefined)) return undefined;
  return "The profile names no MySQL database, so the run ends at the curated zone.";
}

export function runJson({ run, plan, reports, published }: FinishedRun): Readonly<Record<string, unknown>> {
  return {
    run: run.run,
    plan: plan.id,
    steps: reports.flatMap((report) => report.steps),
    gates: reports.flatMap((report) => report.gates),
    statements: reports.flatMap((report) => report.statements),
    published: published ?? null,
  };
}
