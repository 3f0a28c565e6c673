// IAM policy documents as values: statements, ARNs of one account and region, objects below a lake. Pure.

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Keys as IAM writes them. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: readonly string[];
  /** Absent in trust policies only. */
  readonly Resource?: readonly string[];
  readonly Condition?: Condition;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export const document = (...statements: readonly (readonly Statement[])[]): PolicyDocument => ({ Version: "2012-10-17", Statement: statements.flat() });

export interface AllowOptions {
  readonly action: readonly string[];
  readonly on: readonly string[];
  readonly when?: Condition;
}

/** No statement at all when there is nothing to allow it on. */
export function allow(sid: string, { action, on, when }: AllowOptions): readonly Statement[] {
  return on.length === 0 ? [] : [{ Sid: sid, Effect: "Allow", Action: action, Resource: on, ...(when === undefined ? {} : { Condition: when }) }];
}

export interface Arns {
  /** "aws", "aws-us-gov" … */
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

export const arn = ({ partition, region, account }: Arns, service: string, resource: string): string => `arn:${partition}:${service}:${region}:${account}:${resource}`;
export const roleArn = ({ partition, account }: Arns, name: string): string => (name.startsWith("arn:") ? name : `arn:${partition}:iam::${account}:role/${name}`);

/** A secret by ARN as it is; by name with the six characters that Secrets Manager adds. */
export const secretArn = (arns: Arns, secret: string): string => (secret.startsWith("arn:") ? secret : arn(arns, "secretsmanager", `secret:${secret}-??????`));

export interface Place {
  readonly bucket: string;
  /** Without slashes at its ends; "" for the whole bucket. */
  readonly prefix: string;
}

export function placeOf(uri: string): Place | undefined {
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(uri) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix: prefix.replace(/^\/+|\/+$/g, "") };
}

/** ARNs of the objects below folders of a place. */
export const objectsIn = (partition: string, { bucket, prefix }: Place, ...folders: readonly string[]): readonly string[] =>
  folders.map((folder) => `arn:${partition}:s3:::${[bucket, prefix, folder].filter((part) => part !== "").join("/")}/*`);

/** Listing a bucket, below a prefix only. */
export function listing(sid: string, partition: string, { bucket, prefix }: Place): readonly Statement[] {
  return allow(sid, {
    action: ["s3:ListBucket"],
    on: [`arn:${partition}:s3:::${bucket}`],
    ...(prefix === "" ? {} : { when: { StringLike: { "s3:prefix": [prefix, `${prefix}/*`] } } }),
  });
}
