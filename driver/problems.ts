// Everything that can be expected to go wrong, as one closed union. A problem is data: its text is made in
// driver/cli/problem-text.ts and nowhere else. A new code needs an entry there (the compiler asks for it) and
// a folder in test/problems/. What is not expected throws, and ends as exit code 70.

import type { EndCause, FailureClass } from "./failure-class.js";

export type { EndCause };

/** A place in the user's own text: a template, a data file, carelake.yaml, a flag. Lines and columns from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The words there. */
  readonly text?: string;
}

/** Whose move it is; decides the exit code: run 1, usage 2, world 3. */
export type ProblemSource = "run" | "usage" | "world";

/** `class`: of a stage that failed; decides about another try. */
export type Problem = { readonly at?: Place; readonly left?: string; readonly class?: FailureClass } & (
  | UsageProblem
  | TemplateProblem
  | SourceProblem
  | RunProblem
  | ToolchainProblem
  | DatabaseProblem
  | AwsProblem
  | PowerBiProblem
);

type UsageProblem =
  | { readonly code: "unknown-pipeline"; readonly name: string; readonly known: readonly string[] }
  | { readonly code: "unknown-job"; readonly name: string; readonly known: readonly string[] }
  | { readonly code: "unknown-param"; readonly name: string; readonly owner: string; readonly known: readonly string[] }
  | { readonly code: "param-missing"; readonly name: string; readonly owner: string; readonly meaning: string }
  | { readonly code: "param-invalid"; readonly name: string; readonly value: string; readonly expected: string }
  | { readonly code: "usage"; readonly message: string; readonly suggestion?: string }
  | { readonly code: "config-invalid"; readonly key: string; readonly message: string; readonly help?: string }
  | { readonly code: "price-file-unfit"; readonly file: string; readonly key: string; readonly message: string }
  | { readonly code: "config-missing"; readonly what: string; readonly looked: readonly string[]; readonly help: string }
  | { readonly code: "unknown-profile"; readonly name: string; readonly known: readonly string[] }
  | { readonly code: "job-invalid"; readonly job: string; readonly message: string; readonly suggestion?: string }
  | { readonly code: "pipeline-not-loaded"; readonly file: string; readonly message: string }
  | { readonly code: "unknown-run"; readonly run: string; readonly known: readonly string[] }
  | { readonly code: "run-ambiguous"; readonly run: string; readonly fits: readonly string[] }
  | { readonly code: "no-report"; readonly pipeline: string; readonly known: readonly string[] }
  | { readonly code: "no-power-bi-project"; readonly folder: string }
  | { readonly code: "no-json-schemas"; readonly folder: string }
  | { readonly code: "modeling-server"; readonly program: string; readonly message: string }
  | { readonly code: "file-unwritable"; readonly file: string; readonly message: string }
  | { readonly code: "init-not-empty"; readonly folder: string; readonly found: readonly string[] };

type TemplateProblem =
  | { readonly code: "template-missing"; readonly job: string; readonly gate?: string; readonly file: string }
  | { readonly code: "template-syntax"; readonly message: string }
  | { readonly code: "template-param-missing"; readonly name: string; readonly known: readonly string[]; readonly declaredIn: string }
  | { readonly code: "template-param-unused"; readonly name: string; readonly declaredIn: string }
  | { readonly code: "template-bare-mustache"; readonly name: string }
  | { readonly code: "template-unknown-helper"; readonly name: string; readonly known: readonly string[] }
  | { readonly code: "template-banned-function"; readonly name: string; readonly reason: string }
  | { readonly code: "template-value"; readonly message: string; readonly declaredIn: string }
  | { readonly code: "template-writes"; readonly statement: string; readonly table: string; readonly declared: string }
  | { readonly code: "template-unknown-table"; readonly name: string; readonly known: readonly string[] }
  | { readonly code: "job-cycle"; readonly jobs: readonly string[] };

type SourceProblem =
  | { readonly code: "input-missing"; readonly folder: string; readonly isFile?: boolean; readonly isRemote?: boolean }
  | { readonly code: "source-files-missing"; readonly source: string; readonly year: number; readonly folder: string; readonly patterns: readonly string[]; readonly years: readonly number[] }
  | { readonly code: "source-file-empty"; readonly file: string }
  | { readonly code: "source-file-unreadable"; readonly file: string; readonly message: string }
  | { readonly code: "source-header-unknown"; readonly source: string; readonly found: readonly string[]; readonly layouts: readonly { readonly name: string; readonly missing: readonly string[]; readonly unknown: readonly { readonly name: string; readonly near?: string }[]; readonly twice?: readonly string[] }[] }
  | { readonly code: "source-layouts-mixed"; readonly source: string; readonly year: number; readonly files: readonly { readonly file: string; readonly layout: string }[] }
  | { readonly code: "source-not-utf8"; readonly file: string; readonly byte: number; readonly bytes: string }
  | { readonly code: "source-duplicate-file"; readonly files: readonly string[] }
  | { readonly code: "postgres-unreachable"; readonly address: string; readonly user: string; readonly message: string; readonly run: string }
  | { readonly code: "postgres-access-denied"; readonly address: string; readonly database: string; readonly user: string; readonly message: string; readonly run: string };

type RunProblem =
  | { readonly code: "run-in-progress"; readonly pipeline: string; readonly run: string; readonly owner: string; readonly since: string }
  | { readonly code: "gate-failed"; readonly gates: readonly { readonly id: string; readonly name: string; readonly table: string; readonly year: number; readonly offenders: number; readonly rows: number; readonly why: string; readonly samples: readonly string[] }[]; readonly run: string }
  | { readonly code: "spark-analysis"; readonly message: string; readonly proposal?: string; readonly renderedLine?: number; readonly statement: string; readonly run: string }
  | { readonly code: "contract-mismatch"; readonly table: string; readonly message: string; readonly run: string }
  | { readonly code: "spark-out-of-memory"; readonly message: string; readonly memory: string; readonly statement?: string; readonly run: string }
  | { readonly code: "disk-full"; readonly where: string; readonly free?: string; readonly run?: string }
  | { readonly code: "not-permitted"; readonly path: string; readonly message: string }
  /** `seen`: where the log says so; `likely`: lines of the log that a person would look at first, where no cause is known. */
  | { readonly code: "spark-failed"; readonly message: string; readonly statement?: string; readonly log: string; readonly seen?: Place; readonly likely: readonly Place[]; readonly run: string }
  | { readonly code: "spark-died"; readonly exit: string; readonly statement?: string; readonly log: string; readonly likely: readonly Place[]; readonly run: string }
  /** The service ended it, not the program. */
  | { readonly code: "stage-ended"; readonly cause: EndCause; readonly reason: string; readonly log: string; readonly likely: readonly Place[]; readonly run: string }
  /** Dollars. `stopped`: its stage was cancelled for it; else the stage was not submitted. */
  | { readonly code: "budget-exceeded"; readonly run: string; readonly stage: string; readonly budget: number; readonly spent: readonly { readonly stage: string; readonly attempt: number; readonly usd: number | null }[]; readonly toCome: number; readonly stopped: boolean; readonly retry?: string }
  | { readonly code: "run-over"; readonly run: string; readonly outcome: string; readonly asked: string }
  | { readonly code: "engine-mismatch"; readonly run: string; readonly ran: string; readonly profile: string }
  /** `by`: what is known of who did it, where it was not this command. */
  | { readonly code: "run-cancelled"; readonly run: string; readonly by?: string }
  | { readonly code: "stage-elsewhere"; readonly stage: string; readonly host: string }
  | { readonly code: "stopped"; readonly command: string }
  /** Nobody waits for it any more; it goes on. */
  | { readonly code: "run-detached"; readonly run: string }
  | { readonly code: "plan-of-other-version"; readonly planned: string; readonly running: string }
  | { readonly code: "plan-unreadable"; readonly file: string; readonly message: string }
  | { readonly code: "plan-stale"; readonly message: string }
  | { readonly code: "nothing-published"; readonly what: string }
  /** Bytes that adding up so many rows takes, and those that Node may have. */
  | { readonly code: "report-too-large"; readonly rows: number; readonly needed: number; readonly heap: number };

type ToolchainProblem =
  | { readonly code: "java-missing"; readonly looked: readonly string[]; readonly install: string }
  | { readonly code: "java-unfit"; readonly found: string; readonly path: string; readonly install: string }
  | { readonly code: "python-missing"; readonly looked: readonly string[]; readonly install: string }
  | { readonly code: "spark-missing"; readonly folder: string }
  | { readonly code: "jar-missing"; readonly jars: readonly string[]; readonly folder: string }
  | { readonly code: "setup-failed"; readonly part: string; readonly command: string; readonly output: readonly string[] }
  | { readonly code: "server-not-found"; readonly server: string; readonly looked: readonly string[]; readonly install: string };

type DatabaseProblem =
  | { readonly code: "mysql-unreachable"; readonly address: string; readonly message: string }
  | { readonly code: "mysql-access-denied"; readonly user: string; readonly address: string; readonly database?: string; readonly message: string }
  | { readonly code: "mysql-tls"; readonly address: string; readonly message: string; readonly caFile?: string }
  | { readonly code: "mysql-unknown-database"; readonly database: string; readonly address: string; readonly user: string }
  | { readonly code: "mysql-settings"; readonly failures: readonly { readonly setting: string; readonly found: string; readonly needed: string; readonly fix: string }[] }
  /** Bytes. `source` is the folder that was looked at. */
  | { readonly code: "mysql-space"; readonly address: string; readonly free: number; readonly needed: number; readonly source: string }
  | { readonly code: "mysql-privileges"; readonly missing: readonly string[]; readonly user: string; readonly database: string }
  | { readonly code: "segments-missing"; readonly folders: readonly string[]; readonly pipeline: string; readonly years: readonly number[] }
  | { readonly code: "publish-contract-broken"; readonly table: string; readonly changes: readonly string[] }
  | { readonly code: "publish-refused"; readonly table?: string; readonly step: string; readonly message: string }
  | { readonly code: "publication-unknown"; readonly set: string; readonly publication?: string; readonly known: readonly string[] }
  | { readonly code: "publish-load-refused"; readonly table: string; readonly segment: string; readonly message: string; readonly warnings: readonly string[] }
  | { readonly code: "publish-mismatch"; readonly table: string; readonly what: string; readonly expected: string; readonly found: string }
  | { readonly code: "publish-locked"; readonly tables: readonly string[]; readonly blockers: readonly string[]; readonly waited: string }
  | { readonly code: "publish-in-progress"; readonly database: string; readonly owner: string }
  /** Nothing was read as one generation: its tables changed each time, or sessions show different ones. */
  | { readonly code: "publish-unsettled"; readonly database: string; readonly set: string; readonly how: "changed" | "differ" }
  | { readonly code: "publish-disk-full"; readonly address: string; readonly message: string }
  | { readonly code: "publish-interrupted"; readonly address: string; readonly step: string; readonly message: string };

/** `operation` is the call as AWS names it: "StartJobRun". */
type AwsProblem =
  | { readonly code: "aws-credentials"; readonly operation: string; readonly message: string }
  | { readonly code: "aws-denied"; readonly operation: string; readonly message: string; readonly resource?: string }
  | { readonly code: "aws-refused"; readonly operation: string; readonly error: string; readonly message: string }
  | { readonly code: "aws-unreachable"; readonly operation: string; readonly message: string; readonly waited: string }
  | { readonly code: "aws-quota"; readonly operation: string; readonly quota: string; readonly message: string }
  | { readonly code: "price-list-unreadable"; readonly url: string; readonly message: string }
  | { readonly code: "bucket-missing"; readonly bucket: string; readonly message: string }
  | { readonly code: "application-gone"; readonly application: string; readonly state: string }
  | { readonly code: "cluster-gone"; readonly cluster: string; readonly state: string; readonly reason: string }
  | { readonly code: "cluster-unfit"; readonly cluster: string; readonly message: string }
  | { readonly code: "shape-missing"; readonly stage: string; readonly engine: string }
  | { readonly code: "step-too-long"; readonly stage: string; readonly characters: number; readonly limit: number }
  | { readonly code: "secret-unfit"; readonly id: string; readonly message: string }
  | { readonly code: "limits-exceeded"; readonly findings: readonly { readonly what: string; readonly limit: string; readonly found: string; readonly help: string }[] }
  | { readonly code: "secret-not-sent"; readonly names: readonly string[]; readonly engine: string }
  | { readonly code: "cancel-unfinished"; readonly what: string; readonly state: string; readonly waited: string };

/** `operation` as it reads in a sentence: "the refresh history". */
type PowerBiProblem =
  | { readonly code: "powerbi-login"; readonly tenant: string; readonly client: string; readonly message: string }
  | { readonly code: "powerbi-denied"; readonly operation: string; readonly status: number; readonly message: string }
  | { readonly code: "powerbi-refused"; readonly operation: string; readonly status: number; readonly error: string; readonly message: string }
  | { readonly code: "powerbi-unreachable"; readonly operation: string; readonly message: string; readonly waited: string }
  /** `outcome`: failed, cancelled, timed-out, disabled or lost. */
  | { readonly code: "refresh-failed"; readonly model: string; readonly refresh: string; readonly outcome: string; readonly words: readonly string[] }
  /** Nobody waits for it any more; it goes on. */
  | { readonly code: "refresh-detached"; readonly refresh?: string; readonly cancellable: boolean }
  | { readonly code: "refresh-in-progress"; readonly owner: string; readonly since: string }
  | { readonly code: "refresh-not-cancellable"; readonly refresh: string }
  | { readonly code: "refresh-mismatch"; readonly tables: readonly { readonly table: string; readonly model: string; readonly published: number; readonly shown: number }[] };

export type ProblemCode = Problem["code"];
export type ProblemOf<C extends ProblemCode> = Extract<Problem, { code: C }>;

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (...problems: readonly [Problem, ...Problem[]]): Result<never> => ({ ok: false, problems });

/** All problems at once, or the value when there are none. */
export function settle<T>(problems: readonly Problem[], value: () => T): Result<T> {
  const [first, ...rest] = problems;
  return first === undefined ? ok(value()) : fail(first, ...rest);
}

/** Carries a problem through code where every second line may fail (a transaction); caught at that module's door. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}
