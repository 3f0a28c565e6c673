// Instance types as data: size, memory that YARN may hand out, and dollars an hour in us-east-1 (Linux, on demand).
// EC2 prices: karpenter-provider-aws price table of 2026-07-20. YARN memory: EMR release guide, task configuration.
// What no document says is named in `inferred`.

export type Architecture = "X86_64" | "ARM64";
export type InferredField = "yarn_mb" | "ec2_usd_hour" | "emr_usd_hour";

export interface Instance {
  readonly type: string;
  readonly vcpu: number;
  readonly gib: number;
  readonly yarn_mb: number;
  /** null: not known; nothing that uses the type can be priced. */
  readonly ec2_usd_hour: number | null;
  readonly emr_usd_hour: number | null;
  readonly architecture: Architecture;
  readonly inferred: readonly InferredField[];
}

export const INSTANCES_SOURCE = "karpenter-provider-aws price table of 2026-07-20; EMR release guide, YARN memory by instance type";

/** Fields that are inferred, one letter each: y YARN memory, p EC2 price (linear in the family), f EMR fee (a quarter of it). */
type Marks = "" | "y" | "f" | "yf" | "yp" | "pf" | "ypf";
type Row = readonly [type: string, vcpu: number, gib: number, yarn: number, ec2: number, emr: number, marks: Marks];

const X86: readonly Row[] = [
  ["m5.xlarge", 4, 16, 12288, 0.192, 0.048, ""],
  ["m5.2xlarge", 8, 32, 24576, 0.384, 0.096, ""],
  ["m5.4xlarge", 16, 64, 57344, 0.768, 0.192, ""],
  ["m5.8xlarge", 32, 128, 122880, 1.536, 0.27, ""],
  ["m5.12xlarge", 48, 192, 188416, 2.304, 0.27, ""],
  ["m5.16xlarge", 64, 256, 253952, 3.072, 0.27, ""],
  ["r5.xlarge", 4, 32, 24576, 0.252, 0.063, ""],
  ["r5.2xlarge", 8, 64, 57344, 0.504, 0.126, ""],
  ["r5.4xlarge", 16, 128, 122880, 1.008, 0.252, ""],
  ["r5.8xlarge", 32, 256, 253952, 2.016, 0.27, ""],
  ["r5.12xlarge", 48, 384, 385024, 3.024, 0.27, ""],
  ["c5.xlarge", 4, 8, 6144, 0.17, 0.0425, ""],
  ["c5.2xlarge", 8, 16, 12288, 0.34, 0.085, "pf"],
  ["c5.4xlarge", 16, 32, 24576, 0.68, 0.17, ""],
];

const GRAVITON: readonly Row[] = [
  ["m6g.xlarge", 4, 16, 11712, 0.154, 0.0385, ""],
  ["m6g.2xlarge", 8, 32, 23424, 0.308, 0.077, ""],
  ["m6g.4xlarge", 16, 64, 54272, 0.616, 0.154, ""],
  ["m6g.8xlarge", 32, 128, 116736, 1.232, 0.308, "f"],
  ["m7g.xlarge", 4, 16, 11712, 0.1632, 0.0408, "y"],
  ["m7g.2xlarge", 8, 32, 23424, 0.3264, 0.0816, "y"],
  ["m7g.4xlarge", 16, 64, 54272, 0.6528, 0.1632, "y"],
  ["m7g.8xlarge", 32, 128, 116736, 1.3056, 0.3264, "ypf"],
  ["m8g.xlarge", 4, 16, 11712, 0.17952, 0.0449, "y"],
  ["m8g.2xlarge", 8, 32, 23424, 0.35904, 0.0898, "ypf"],
  ["m8g.4xlarge", 16, 64, 54272, 0.71808, 0.1795, "y"],
  ["m8g.8xlarge", 32, 128, 116736, 1.43616, 0.359, "ypf"],
  ["r6g.xlarge", 4, 32, 23424, 0.2016, 0.0504, ""],
  ["r6g.2xlarge", 8, 64, 54272, 0.4032, 0.1008, ""],
  ["r6g.4xlarge", 16, 128, 116736, 0.8064, 0.2016, ""],
  ["r6g.8xlarge", 32, 256, 241664, 1.6128, 0.4032, "ypf"],
  ["r7g.xlarge", 4, 32, 23424, 0.2142, 0.0536, "y"],
  ["r7g.2xlarge", 8, 64, 54272, 0.4284, 0.1071, ""],
  ["r7g.4xlarge", 16, 128, 116736, 0.8568, 0.2142, "y"],
  ["r7g.8xlarge", 32, 256, 241664, 1.7136, 0.4284, "y"],
  ["r8g.xlarge", 4, 32, 23424, 0.23564, 0.0589, "y"],
  ["r8g.2xlarge", 8, 64, 54272, 0.47128, 0.1178, "y"],
  ["r8g.4xlarge", 16, 128, 116736, 0.94256, 0.2356, "ypf"],
  ["r8g.8xlarge", 32, 256, 241664, 1.88512, 0.4713, "ypf"],
  ["c6g.xlarge", 4, 8, 5632, 0.136, 0.034, ""],
  ["c6g.2xlarge", 8, 16, 11712, 0.272, 0.068, "pf"],
  ["c6g.4xlarge", 16, 32, 23424, 0.544, 0.136, "pf"],
  ["c7g.xlarge", 4, 8, 5632, 0.145, 0.0363, "ypf"],
  ["c7g.2xlarge", 8, 16, 11712, 0.29, 0.0725, "ypf"],
  ["c7g.4xlarge", 16, 32, 23424, 0.58, 0.145, "y"],
];

const MARKED: readonly (readonly [mark: string, field: InferredField])[] = [["y", "yarn_mb"], ["p", "ec2_usd_hour"], ["f", "emr_usd_hour"]];

const instance = (architecture: Architecture) => ([type, vcpu, gib, yarn_mb, ec2_usd_hour, emr_usd_hour, marks]: Row): Instance => ({
  type,
  vcpu,
  gib,
  yarn_mb,
  ec2_usd_hour,
  emr_usd_hour,
  architecture,
  inferred: MARKED.flatMap(([mark, field]) => (marks.includes(mark) ? [field] : [])),
});

export const INSTANCES: readonly Instance[] = [...X86.map(instance("X86_64")), ...GRAVITON.map(instance("ARM64"))];

/** YARN memory by GiB of the machine, for types that are not in the table. */
export const YARN_X86: readonly (readonly [gib: number, mb: number])[] = [[8, 6144], [16, 12288], [32, 24576], [64, 57344]];
export const YARN_GRAVITON: readonly (readonly [gib: number, mb: number])[] = [
  [8, 5632], [16, 11712], [32, 23424], [64, 54272], [128, 116736], [192, 181248], [256, 241664], [384, 366592], [512, 491520],
];
