// A cluster's spark-submit becomes one for this machine, and every change is told.

import { describe, expect, it } from "vitest";
import { cutWords, readArguments } from "./spark-arguments.js";
import { megabytes, sparkCommand, type S3Place, type SparkPlace } from "./spark-command.js";

const S3: S3Place = { endpoint: "http://127.0.0.1:9", region: "us-east-1", accessKey: "AK", secretKey: "SK-very-secret" };
const SPARK: SparkPlace = { sparkSubmit: "/opt/here/spark-submit", env: { JAVA_HOME: "/java" }, jars: ["/jars/iceberg.jar", "/jars/s3a.jar"] };
const made = (args: readonly string[], more: Partial<SparkPlace> = {}) => sparkCommand({ args, defaults: {}, spark: { ...SPARK, ...more }, s3: S3, folder: "/work" });
const settings = (argv: readonly string[]): Readonly<Record<string, string>> => readArguments(argv.slice(1)).conf;

describe("a spark-submit", () => {
  const args = [
    "--master", "yarn", "--deploy-mode", "cluster", "--driver-memory", "100g", "--conf", "spark.executor.instances=20", "--conf", "spark.jars=/usr/share/aws/iceberg/lib/iceberg-spark*-runtime.jar,s3://b/own.jar",
    "--conf", "spark.sql.catalog.lake.type=glue", "--conf", "spark.sql.catalog.lake.io-impl=org.apache.iceberg.aws.s3.S3FileIO", "--conf", "spark.sql.catalog.lake.warehouse=s3://b/warehouse", "--conf", "spark.x=a b",
    "--py-files", "s3://b/runtime.zip", "s3://b/run_stage.py", "--conf", "s3://b/stage.json",
  ];

  it("keeps program, arguments, files and settings of its own", () => {
    const { argv } = made(args);
    expect(argv[0]).toBe("/opt/here/spark-submit");
    expect(argv.slice(1, 3)).toEqual(["--py-files", "s3://b/runtime.zip"]);
    expect(argv.slice(-3)).toEqual(["s3://b/run_stage.py", "--conf", "s3://b/stage.json"]);
    expect(settings(argv)).toMatchObject({ "spark.x": "a b", "spark.jars": "s3://b/own.jar", "spark.sql.catalog.lake.warehouse": "s3://b/warehouse" });
  });

  it("gets master, memory, class path, catalog and S3 of this machine, each change with its reason", () => {
    const { argv, rewriting } = made(args);
    expect(settings(argv)).toMatchObject({ "spark.master": "local[2]", "spark.submit.deployMode": "client", "spark.driver.memory": "2g", "spark.driver.extraClassPath": "/jars/iceberg.jar:/jars/s3a.jar", "spark.sql.catalog.lake.type": "hadoop", "spark.hadoop.fs.s3a.endpoint": S3.endpoint });
    expect(settings(argv)).not.toHaveProperty(["spark.sql.catalog.lake.io-impl"]);
    expect(argv).not.toContain("--master");
    const told = (what: string) => rewriting.find((each) => each.what === what);
    expect(told("spark.master")).toEqual({ what: "spark.master", from: "yarn", to: "local[2]", why: expect.any(String) });
    expect(told("spark.driver.memory")).toMatchObject({ from: "100g", to: "2g" });
    expect(told("spark.sql.catalog.lake.type")).toMatchObject({ from: "glue", to: "hadoop" });
  });

  it("keeps a Glue catalog where there is a stand-in for Glue", () => {
    const conf = settings(made(args, { glue: { endpoint: "http://127.0.0.1:8" } }).argv);
    expect(conf).toMatchObject({ "spark.sql.catalog.lake.type": "glue", "spark.sql.catalog.lake.glue.endpoint": "http://127.0.0.1:8", "spark.sql.catalog.lake.s3.endpoint": S3.endpoint, "spark.sql.catalog.lake.s3.path-style-access": "true", "spark.sql.catalog.lake.io-impl": "org.apache.iceberg.aws.s3.S3FileIO" });
  });

  it("has keys in its environment only, and nothing of the environment of whoever submits", () => {
    process.env["CARELAKE_TEST_LEAK"] = "leak";
    const { argv, env } = made([...args.slice(0, 2), "--conf", "spark.emr-serverless.driverEnv.MODE=fast", "s3://b/x.py"]);
    Reflect.deleteProperty(process.env, "CARELAKE_TEST_LEAK");
    expect(argv.join(" ")).not.toContain("SK-very-secret");
    expect(env).toMatchObject({ AWS_SECRET_ACCESS_KEY: "SK-very-secret", MODE: "fast", JAVA_HOME: "/java" });
    expect(Object.values(env)).not.toContain("leak");
  });

  it("takes the defaults of cluster or application below its own settings", () => {
    const { argv } = sparkCommand({ args: ["--conf", "spark.a=own", "s3://b/x.py"], defaults: { "spark.a": "default", "spark.b": "default" }, spark: SPARK, s3: undefined, folder: "/work" });
    expect(settings(argv)).toMatchObject({ "spark.a": "own", "spark.b": "default" });
  });
});

describe("parameters in one text", () => {
  it.each([
    ["--conf spark.a=1  --conf\tspark.b=2", ["--conf", "spark.a=1", "--conf", "spark.b=2"]],
    [`--conf "spark.a=x y" --name 'it''s'`, ["--conf", "spark.a=x y", "--name", "its"]],
    [String.raw`a\ b "c\"d" 'e\f' ''`, ["a b", 'c"d', String.raw`e\f`, ""]],
  ])("are cut as a shell does: %s", (line, words) => expect(cutWords(line)).toEqual(words));
});

it.each([["14g", 14336], ["1536m", 1536], ["2048K", 2], ["1T", 1_048_576]])("%s are %i MB", (size, mb) => expect(megabytes(size)).toBe(mb));
