import { describe, expect, it } from "vitest";
import { mysql } from "../../driver/profile.js";

const DATA_API = { cluster: "arn:aws:rds:us-east-1:123456789012:cluster:serving", secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:loader-AbCdEf" };
const faults = (value: object): readonly string[] => mysql.safeParse({ database: "serving", ...value }).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe("the serving database of a profile", () => {
  it("has an account with one kind of password, or the secret of the Data API", () => {
    expect(faults({ user: "loader", password: { env: "LOADER_PASSWORD" } })).toEqual([]);
    expect(faults({ user: "loader", password: { secret: "loader", key: "password" } })).toEqual([]);
    expect(faults({ user: "loader", password: { iam: true } })).toEqual([]);
    expect(faults({ data_api: DATA_API })).toEqual([]);
  });

  it("is refused without an account, with two, or with a password of two kinds", () => {
    expect(faults({})).toEqual(["user: needed unless there is `data_api`", "password: needed unless there is `data_api`"]);
    expect(faults({ data_api: DATA_API, user: "loader" })).toEqual(["user: the secret of `data_api` holds it"]);
    expect(faults({ user: "loader", password: { env: "A", iam: true } })).toEqual([expect.stringContaining("password: one of `env`")]);
    expect(faults({ data_api: { ...DATA_API, cluster: "serving" } })).toEqual(["data_api.cluster: the ARN of an Aurora cluster"]);
  });
});
