// Releases and instance types that the endpoint knows, as data: what it does not know it refuses, as the services do.
// Sources: Amazon EMR release pages, emr-hadoop-task-config, EC2 instance types; as of 2026-11.

export interface Release {
  readonly label: string;
  readonly applications: readonly { readonly Name: string; readonly Version: string }[];
  /** Steps in one request. */
  readonly stepsPerRequest: 100 | 256;
  /** EMR Serverless: a run's configurations are laid over the application's; before, they took their place. */
  readonly mergesConfigurations: boolean;
}

const SPARK_ONLY = { Hudi: "1.1.1", Iceberg: "1.11.0", Delta: "4.2.0", Livy: "0.9.0", JupyterEnterpriseGateway: "2.6.0", AmazonCloudWatchAgent: "1.300032.2" };
const CLASSIC = { Hadoop: "3.4.2", Hive: "3.1.3", Livy: "0.8.0", Iceberg: "1.10.0", Delta: "3.3.2", Hudi: "1.0.2", Tez: "0.10.2", JupyterEnterpriseGateway: "2.6.0", AmazonCloudWatchAgent: "1.300032.2" };

const release = (label: string, spark: string, more: Readonly<Record<string, string>>, is: Pick<Release, "stepsPerRequest" | "mergesConfigurations">): Release => ({
  label,
  applications: Object.entries({ Spark: spark, ...more }).map(([Name, Version]) => ({ Name, Version })),
  ...is,
});

const OLD = { stepsPerRequest: 256, mergesConfigurations: false } as const;

export const RELEASES: readonly Release[] = [
  release("emr-spark-8.1.0", "4.1.1", SPARK_ONLY, { stepsPerRequest: 100, mergesConfigurations: true }),
  release("emr-spark-8.0.0", "4.0.2", { ...SPARK_ONLY, Iceberg: "1.10.1", Delta: "4.0.0", Hudi: "1.1.0" }, { stepsPerRequest: 100, mergesConfigurations: false }),
  release("emr-7.14.0", "3.5.8", CLASSIC, { stepsPerRequest: 100, mergesConfigurations: false }),
  release("emr-7.13.0", "3.5.6-amzn-2", CLASSIC, OLD),
  release("emr-7.12.0", "3.5.6-amzn-1", CLASSIC, OLD),
  release("emr-7.11.0", "3.5.6-amzn-0", CLASSIC, OLD),
  release("emr-7.10.0", "3.5.5", CLASSIC, OLD),
  release("emr-7.9.0", "3.5.5", CLASSIC, OLD),
  release("emr-6.15.0", "3.4.1", { ...CLASSIC, Hadoop: "3.3.6" }, OLD),
];

export const findRelease = (label: string): Release | undefined => RELEASES.find((each) => each.label === label);

/** 7.11 counts as 711: to ask "from 7.11 on". The numbers of emr-spark go on from those of emr. */
export function releaseNumber(label: string): number {
  const found = /^emr-(?:spark-)?(\d+)\.(\d+)/.exec(label);
  return found === null ? 0 : Number(found[1]) * 100 + Number(found[2]);
}

export interface InstanceType {
  readonly type: string;
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly architecture: "X86_64" | "AARCH64";
  /** m1.small hours of one hour: EMR's NormalizedInstanceHours. */
  readonly normalized: number;
}

const SIZES: readonly (readonly [string, number, number])[] = [["xlarge", 4, 8], ["2xlarge", 8, 16], ["4xlarge", 16, 32], ["8xlarge", 32, 64], ["12xlarge", 48, 96], ["16xlarge", 64, 128]];
/** Families with their GiB a vCPU. */
const FAMILIES: readonly (readonly [string, number, InstanceType["architecture"]])[] = [
  ["m5", 4, "X86_64"], ["r5", 8, "X86_64"], ["c5", 2, "X86_64"], ["m5d", 4, "X86_64"], ["r5d", 8, "X86_64"], ["m6i", 4, "X86_64"], ["r6i", 8, "X86_64"], ["m7i", 4, "X86_64"], ["r7i", 8, "X86_64"],
  ["m6g", 4, "AARCH64"], ["r6g", 8, "AARCH64"], ["c6g", 2, "AARCH64"], ["m6gd", 4, "AARCH64"], ["r6gd", 8, "AARCH64"], ["m7g", 4, "AARCH64"], ["r7g", 8, "AARCH64"], ["c7g", 2, "AARCH64"],
  ["m7gd", 4, "AARCH64"], ["r7gd", 8, "AARCH64"], ["m8g", 4, "AARCH64"], ["r8g", 8, "AARCH64"], ["c8g", 2, "AARCH64"], ["r8gd", 8, "AARCH64"], ["m8gd", 4, "AARCH64"],
];

export const INSTANCE_TYPES: readonly InstanceType[] = FAMILIES.flatMap(([family, gib, architecture]) =>
  SIZES.map(([size, vcpu, normalized]) => ({ type: `${family}.${size}`, vcpu, memoryGb: vcpu * gib, architecture, normalized })),
);

export const findInstanceType = (type: string): InstanceType | undefined => INSTANCE_TYPES.find((each) => each.type === type);
