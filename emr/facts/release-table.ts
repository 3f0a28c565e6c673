// EMR releases as data. Never imported by what builds requests for a label's grammar: a release that stands here
// is known, not required. Source: release pages of the Amazon EMR release guide.

export interface Release {
  readonly label: string;
  /** Which of the two label lines it belongs to, with its major number: "emr-spark-8", "emr-7". */
  readonly line: string;
  readonly spark: string;
  /** Java versions of the images, the default first. */
  readonly java: readonly number[];
  /** What spark.sql.ansi.enabled is when nobody sets it. */
  readonly ansi_default: boolean;
  /** Client behind s3:// paths. */
  readonly s3_client: "S3A" | "EMRFS";
  /** null: not known here. */
  readonly iceberg: string | null;
  /** Days are ISO dates; null: not known here. */
  readonly released: string | null;
  readonly standard_support_until: string;
  readonly end_of_life: string | null;
  /** Most steps that one AddJobFlowSteps or CancelSteps takes. */
  readonly steps_per_request: 100 | 256;
  readonly notes: readonly string[];
}

export const RELEASES_AS_OF = "2026-09-30";
export const RELEASES_SOURCE = "Amazon EMR release guide, release pages and support table";

const SPARK_8 = { line: "emr-spark-8", ansi_default: true, s3_client: "S3A", steps_per_request: 100 } as const;
const EMR_7 = { line: "emr-7", java: [17], ansi_default: false, s3_client: "S3A", iceberg: null, end_of_life: null, steps_per_request: 256, notes: [] } as const;
const EMR_7_BEFORE_S3A = { ...EMR_7, s3_client: "EMRFS" } as const;
const SUMMER_2027 = "2027-08-31";
const EMR_6 = { line: "emr-6", spark: "3.4.1", java: [8], ansi_default: false, s3_client: "EMRFS", iceberg: null, end_of_life: null, steps_per_request: 256 } as const;

/** Newest first. */
export const RELEASES: readonly Release[] = [
  {
    ...SPARK_8,
    label: "emr-spark-8.1.0",
    spark: "4.1.1",
    java: [17, 21],
    iceberg: "1.11.0",
    released: "2026-09-08",
    standard_support_until: "2029-09-07",
    end_of_life: null,
    notes: ["long-term support", "Scala 2.13.17", "Serverless merges configurations of run and application"],
  },
  {
    ...SPARK_8,
    label: "emr-spark-8.0.0",
    spark: "4.0.2",
    java: [17],
    iceberg: "1.10.1",
    released: "2026-05-21",
    standard_support_until: "2027-05-20",
    end_of_life: "2027-05-20",
    notes: ["another AWS page says 2028-05-20; the earlier date counts", "on Serverless the configuration of a run replaces the application's", "yarn.nodemanager.log-dirs over 512 characters stops the upload of logs"],
  },
  { ...EMR_7, label: "emr-7.14.0", spark: "3.5.8", released: "2026-09-08", standard_support_until: "2028-09-08", end_of_life: "2029-09-08", steps_per_request: 100, notes: ["its Spark version is not confirmed"] },
  { ...EMR_7, label: "emr-7.13.0", spark: "3.5.6", released: "2026-04-21", standard_support_until: "2028-04-20" },
  { ...EMR_7, label: "emr-7.12.0", spark: "3.5.6", released: "2025-11-21", standard_support_until: "2027-11-21", notes: ["Serverless storage begins"] },
  { ...EMR_7, label: "emr-7.11.0", spark: "3.5.6", released: "2025-11-03", standard_support_until: "2027-11-03", notes: ["Serverless takes no time limit of 0 from here on"] },
  { ...EMR_7, label: "emr-7.10.0", spark: "3.5.5", released: "2025-08-15", standard_support_until: SUMMER_2027, notes: ["S3A takes the place of EMRFS"] },
  { ...EMR_7_BEFORE_S3A, label: "emr-7.9.0", spark: "3.5.5", released: "2025-05-19", standard_support_until: SUMMER_2027 },
  { ...EMR_7_BEFORE_S3A, label: "emr-7.8.0", spark: "3.5.4", released: null, standard_support_until: SUMMER_2027 },
  { ...EMR_7_BEFORE_S3A, label: "emr-7.7.0", spark: "3.5.3", released: null, standard_support_until: SUMMER_2027 },
  { ...EMR_7_BEFORE_S3A, label: "emr-7.5.0", spark: "3.5.2", released: null, standard_support_until: SUMMER_2027 },
  { ...EMR_7_BEFORE_S3A, label: "emr-7.4.0", spark: "3.5.2", released: null, standard_support_until: SUMMER_2027 },
  { ...EMR_7_BEFORE_S3A, label: "emr-7.3.0", spark: "3.5.1", released: null, standard_support_until: SUMMER_2027 },
  { ...EMR_7_BEFORE_S3A, label: "emr-7.1.0", spark: "3.5.0", released: null, standard_support_until: SUMMER_2027 },
  { ...EMR_6, label: "emr-6.15.0", released: null, standard_support_until: "2027-06-30", notes: ["critical security fixes only"] },
  { ...EMR_6, label: "emr-6.14.0", released: null, standard_support_until: "2027-06-30", notes: ["critical security fixes only"] },
];

/** Labels up to these have been without support since that day, whether the table names them or not. */
export const ENDED: readonly { readonly line: string; readonly upTo: readonly [number, number]; readonly since: string }[] = [
  { line: "emr-6", upTo: [6, 5], since: "2026-08-31" },
  { line: "emr-5", upTo: [5, 35], since: "2026-08-31" },
];
