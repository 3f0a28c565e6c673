// Jobs in the order in which they can run: what a job reads stands before it.

import type { Problem, Result } from "./problems.js";
import { fail, ok } from "./problems.js";

/** Topological order that keeps the given order where it can. A cycle is told hop by hop. */
export function orderJobs(jobs: readonly string[], reads: ReadonlyMap<string, readonly string[]>): Result<readonly string[]> {
  const ordered: string[] = [];
  const done = new Set<string>();
  const visit = (job: string, path: readonly string[]): Problem | undefined => {
    if (done.has(job)) return undefined;
    const start = path.indexOf(job);
    if (start >= 0) return { code: "job-cycle", jobs: [...path.slice(start), job] };
    for (const read of reads.get(job) ?? []) {
      if (read === job || !jobs.includes(read)) continue;
      const problem = visit(read, [...path, job]);
      if (problem !== undefined) return problem;
    }
    done.add(job);
    ordered.push(job);
    return undefined;
  };
  for (const job of jobs) {
    const problem = visit(job, []);
    if (problem !== undefined) return fail(problem);
  }
  return ok(ordered);
}
