// What each class of failure is to a person: what it means, its headline and the next action. docs/diagnosis.md is
// written from it.

import type { FailureClass } from "../failure-class.js";

export interface FailureText {
  /** What happened, for the page of all classes. */
  readonly meaning: string;
  /** Absent where Spark's own words say more than any of ours. */
  readonly headline?: string;
  /** The next action. */
  readonly help: string;
}

const GOES_ON = "the same command goes on from what is finished";
const MORE_MEMORY = "give it more: --memory 4g or memory: 4g in the profile on this computer, a larger size of the stage on AWS";

export const FAILURE_TEXT: Readonly<Record<FailureClass, FailureText>> = {
  analysis: { meaning: "Spark cannot make sense of the SQL: syntax, a column, a function or a type", help: "mend the template; the same command goes on from what is finished" },
  "missing-table": { meaning: "the SQL names a table, view or schema that is not there", help: "name a table of the pipeline, or build it first; the same command goes on from what is finished" },
  data: { meaning: "a value of the data does not allow what the SQL asks for: a cast, arithmetic, a date, one row where there are several", help: "try_cast, try_divide and their like give null instead, a row rule sets such rows aside" },
  contract: { meaning: "what the SQL returns does not fit the declared columns of the table", help: "change the job's columns or the template; a retyped column needs a new table name" },
  gate: { meaning: "a rule of severity error found offenders", help: "carelake gates shows every rule, why it exists and its offenders" },
  source: { meaning: "a source file or table is not what it is said to be", help: "mend the source, or what the job says of it; the same command takes it then" },
  "access-denied": { meaning: "S3, Glue, KMS or Secrets Manager refused the stage's role or keys", headline: "the stage was refused access", help: "give its role what is refused: carelake doctor --policies prints the least it needs" },
  "s3-slow-down": { meaning: "S3 asked for fewer requests than the stage made", headline: "S3 answered that it gets too many requests", help: `it passes by itself; ${GOES_ON}` },
  network: { meaning: "a host could not be found or reached, or no port was to be had", headline: "a host could not be reached", help: `look at the host's name, at routes and security groups; ${GOES_ON}` },
  jdbc: { meaning: "the source database refused the connection or the query", headline: "the source database refused", help: `look at what it says and at the connection in carelake.yaml; ${GOES_ON}` },
  "commit-conflict": { meaning: "somebody else changed a table of the lake at the same moment", headline: "another writer changed the table at the same moment", help: `find the other writer; ${GOES_ON}` },
  "damaged-data": { meaning: "a data or metadata file of a table is missing or broken", headline: "a file of the lake is missing or damaged", help: "--force builds the table again from its source; a rule of the bucket that deletes files must spare the lake" },
  "driver-memory": { meaning: "the JVM of Spark's driver ran out of memory", headline: "Spark ran out of memory", help: MORE_MEMORY },
  "executor-memory": { meaning: "an executor ran out of memory", headline: "an executor of Spark ran out of memory", help: MORE_MEMORY },
  killed: { meaning: "the system ended Spark by signal 9 (exit code 137), most often for its memory", headline: "a process of Spark was killed", help: `most often it is for its memory; ${MORE_MEMORY}` },
  "disk-full": { meaning: "the disk of the lake, or the one Spark spills to, has no room left", headline: "the disk is full", help: "free some space or name a lake on another disk, then run again" },
  "spark-limit": { meaning: "a limit of Spark's own was reached: result size, broadcast", help: "raise the setting it names under spark: in the profile, or join without a broadcast" },
  release: { meaning: "program parts of releases that do not fit each other: Java, Spark, Iceberg, the runner", headline: "parts of different releases do not fit together", help: "carelake setup and carelake doctor on this computer; on AWS a `release` with the Spark and Java of the parts" },
  "missing-part": { meaning: "a jar, a Python module or the program itself is not where it is looked for", headline: "a part of the program is missing", help: "carelake setup installs what is missing here; on AWS look at jars and --py-files of the profile's spark settings" },
  configuration: { meaning: "a setting that Spark or the service does not take, or a bucket or secret that is not there", headline: "the stage could not start as it was asked to", help: "mend what it names in the profile" },
  bootstrap: { meaning: "the cluster did not come up", headline: "the cluster did not come up", help: "the same command starts another one; if it happens again, mend what these lines name; where there are none yet, carelake logs shows them once they are uploaded" },
  capacity: { meaning: "AWS had no machines of the kind, or the application's maximum was reached", headline: "the service had no machines of the kind that was asked for", help: "name more subnets in other zones, or allow other sizes; it often passes by itself" },
  quota: { meaning: "a quota of the account", headline: "a quota of the account stopped the stage", help: "ask for more under Service Quotas, or lower the profile's size" },
  "instance-loss": { meaning: "spot instances or nodes were taken away", headline: "machines were taken away while the stage worked on them", help: "the same command goes on; spot: false keeps to machines that stay" },
  "time-limit": { meaning: "it reached time_limit_minutes", headline: "the stage was stopped at its time limit", help: "raise time_limit_minutes in the profile; carelake status shows which statement took the time" },
  cancelled: { meaning: "somebody or something outside the run stopped it", headline: "the stage was cancelled from outside this run", help: `ask who did it (the service's own record names the user); ${GOES_ON}` },
  service: { meaning: "EMR or EMR Serverless itself failed", headline: "the service itself failed", help: GOES_ON },
  gone: { meaning: "the service knows nothing of the submission any more", headline: "the service knows nothing of the stage any more", help: "carelake run starts it again; what was finished is kept" },
  unknown: { meaning: "nothing of the above: the most likely lines of the logs are shown", headline: "the stage failed, and no known cause fits", help: `mend what these lines name; ${GOES_ON}` },
};
