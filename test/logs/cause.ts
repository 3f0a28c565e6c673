// What it takes to make one failure happen.

import type { FailureClass } from "../../driver/failure-class.js";
import type { Bench } from "../emr/runtime/stage-bench.js";
import type { ServiceAnswer } from "./case.js";
import type { Ran, Treatment } from "./spark-run.js";

export interface Made extends Partial<Ran> {
  readonly service?: ServiceAnswer;
  readonly controller?: string;
  /** More names of places to be told otherwise: [as here, as in the corpus]. */
  readonly places?: readonly (readonly [string, string])[];
}

export interface Cause {
  /** The folder. */
  readonly name: string;
  readonly class: FailureClass;
  /** What is done, one sentence. */
  readonly done: string;
  readonly origin: "real" | "endpoint" | "documented";
  readonly source?: string;
  readonly select?: string;
  readonly make: (bench: Bench) => Promise<Made>;
}

/** A cause that is a run of Spark under some treatment and nothing else. */
export type Simple = Omit<Cause, "make" | "origin" | "select"> & Treatment;
