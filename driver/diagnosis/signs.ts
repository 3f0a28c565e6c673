// The words by which the cause of a failure is known, as one ordered table: the first row that fits a piece of evidence
// counts. `seen`: words of a real log (test/logs) that the row was taken from, or of what the service documents.

import type { FailureClass } from "../failure-class.js";

export interface Sign {
  readonly pattern: RegExp;
  readonly class: FailureClass;
  /** Class of the same words in an executor's log. */
  readonly inExecutor?: FailureClass;
  /** Also a consequence of other causes: counts only where nothing better is said anywhere. */
  readonly general?: true;
  readonly seen: string;
}

export const SIGNS: readonly Sign[] = [
  // Spark 4.1 calls a spill that finds no room on the disk an OutOfMemoryError, so that this row comes first.
  { class: "disk-full", pattern: /No space left on device|Disk quota exceeded/, seen: "No space left on device" },

  // Memory. A task names its executor; `executor driver` is the one JVM of a local master.
  { class: "executor-memory", pattern: /\bexecutor (?!driver\b)[\w.-]+\): [\w.]*OutOfMemoryError/, seen: "executor 3): org.apache.spark.memory.SparkOutOfMemoryError" },
  { class: "executor-memory", pattern: /Container killed by YARN for exceeding|exceeding (physical|virtual) memory limits/, seen: "Container killed by YARN for exceeding physical memory limits" },
  { class: "driver-memory", inExecutor: "executor-memory", pattern: /OutOfMemoryError|GC overhead limit exceeded|UNABLE_TO_ACQUIRE_MEMORY/, seen: "java.lang.OutOfMemoryError: Java heap space" },
  { class: "driver-memory", inExecutor: "executor-memory", pattern: /insufficient memory for the Java Runtime|Cannot allocate memory|Could not reserve enough space for/, seen: "Could not reserve enough space for" },

  // What the program lacks or was given wrong.
  { class: "release", pattern: /UnsupportedClassVersionError/, seen: "java.lang.UnsupportedClassVersionError" },
  { class: "release", pattern: /getSubject is not supported/, seen: "getSubject is not supported" },
  { class: "release", pattern: /has format \S+, this runner reads format/, seen: "has format 99, this runner reads format" },
  { class: "release", pattern: /NoSuchMethodError|NoSuchFieldError|AbstractMethodError|IncompatibleClassChangeError/, seen: "java.lang.NoSuchMethodError" },
  { class: "missing-part", pattern: /ModuleNotFoundError/, seen: "ModuleNotFoundError: No module named" },
  { class: "missing-part", pattern: /ClassNotFoundException|NoClassDefFoundError|Cannot find catalog plugin class/, seen: "java.lang.ClassNotFoundException" },
  { class: "missing-part", pattern: /can't open file '[^']+': \[Errno 2\]|ENTRYPOINT_NOT_FOUND|entry ?point .*(not found|does not exist)/i, seen: "can't open file '/mnt/stage/run_stage.py': [Errno 2]" },
  { class: "configuration", pattern: /INVALID_(DRIVER|EXECUTOR)_MEMORY/, seen: "INVALID_DRIVER_MEMORY" },
  { class: "configuration", pattern: /INVALID_CONF_VALUE/, seen: "INVALID_CONF_VALUE" },
  { class: "configuration", pattern: /Invalid (maximum|initial) heap size|Could not create the Java Virtual Machine/, seen: "Could not create the Java Virtual Machine" },
  { class: "configuration", pattern: /NoSuchBucket|specified bucket does not exist|Bucket \S+ does not exist/i, seen: "NoSuchBucket" },

  // Access and services around Spark.
  { class: "configuration", pattern: /\bResourceNotFoundException\b/, seen: "ResourceNotFoundException" },
  { class: "s3-slow-down", pattern: /\bSlow ?Down\b|reduce your request rate|Service: S3, Status Code: 503/i, seen: "Slow Down (Service: S3, Status Code: 503" },
  { class: "access-denied", pattern: /AccessDenied|Access Denied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|not authorized to perform/, seen: "AccessDenied" },
  { class: "access-denied", pattern: /[Ss]tatus Code: 403|\b403 Forbidden\b|[Pp]ermission denied/, seen: "Status Code: 403" },
  { class: "jdbc", pattern: /PSQLException|java\.sql\.SQL\w*Exception|No suitable driver/, seen: "org.postgresql.util.PSQLException" },

  // The tables of the lake.
  { class: "commit-conflict", pattern: /CommitFailedException|Found conflicting files|CommitStateUnknownException/, seen: "CommitFailedException" },
  { class: "damaged-data", pattern: /is not a Parquet file|Expected magic number|CorruptStatistics|Could not read (footer|page)|FAILED_READ_FILE/, seen: "is not a Parquet file" },
  { class: "damaged-data", pattern: /NotFoundException: (File does not exist|Location does not exist|Failed to open)|FileNotFoundException/, seen: "NotFoundException: File does not exist" },

  // SQL, told by Spark's error conditions.
  { class: "missing-table", pattern: /TABLE_OR_VIEW_NOT_FOUND|SCHEMA_NOT_FOUND/, seen: "TABLE_OR_VIEW_NOT_FOUND" },
  { class: "analysis", pattern: /PARSE_SYNTAX_ERROR|PARSE_EMPTY_STATEMENT|UNRESOLVED_(COLUMN|ROUTINE|FIELD)|DATATYPE_MISMATCH/, seen: "PARSE_SYNTAX_ERROR" },
  { class: "data", pattern: /CAST_INVALID_INPUT|CAST_OVERFLOW|CANNOT_PARSE_TIMESTAMP|CANNOT_PARSE_/, seen: "CAST_INVALID_INPUT" },
  { class: "data", pattern: /ARITHMETIC_OVERFLOW|NUMERIC_VALUE_OUT_OF_RANGE|DIVIDE_BY_ZERO|REMAINDER_BY_ZERO/, seen: "DIVIDE_BY_ZERO" },
  { class: "data", pattern: /SCALAR_SUBQUERY_TOO_MANY_ROWS|INVALID_ARRAY_INDEX|DUPLICATED_MAP_KEY|MERGE_CARDINALITY_VIOLATION/, seen: "SCALAR_SUBQUERY_TOO_MANY_ROWS" },
  { class: "spark-limit", pattern: /bigger than (local )?spark\.driver\.maxResultSize|maxResultSize/, seen: "spark.driver.maxResultSize" },
  { class: "spark-limit", pattern: /Could not execute broadcast in|Cannot broadcast the table/, seen: "Could not execute broadcast in" },

  // Consequences: many causes end in these words.
  // SparkExitCode.OOM: an executor that ran out of memory ends itself so.
  { class: "executor-memory", pattern: /[Ee]xecutor .*\bexit(ed with)? ?(code|status):? 52\b/, general: true, seen: "executor 0): ExecutorLostFailure (executor 0 exited caused by one of the running tasks) Reason: Command exited with code 52" },
  { class: "network", pattern: /UnknownHostException|Name or service not known/, general: true, seen: "UnknownHostException" },
  { class: "network", pattern: /BindException|Cannot assign requested address|failed after \d+ retries \(/, general: true, seen: "BindException" },
  { class: "killed", pattern: /\b[Ee]xit ?(code|status)(:| is)? ?137\b|exited with code 137/, general: true, seen: "exited with code 137" },
  { class: "instance-loss", pattern: /on a \*lost\* node|[Ee]xecutor decommission|node was decommissioned/, general: true, seen: "on a *lost* node" },
  { class: "cancelled", pattern: /^interrupted: stopped by a signal|RECEIVED SIGNAL TERM/, general: true, seen: "interrupted: stopped by a signal" },
  { class: "network", pattern: /Connection (refused|reset)|SocketTimeoutException|NoRouteToHostException|connect timed out/, general: true, seen: "Connection refused" },
];
