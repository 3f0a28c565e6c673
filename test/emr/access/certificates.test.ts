import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { describe, expect, it } from "vitest";
import { authoritiesFor, BUNDLE, certificateWarnings } from "../../../emr/access/certificates.js";

const HOST = "serving.cluster-abc123.us-east-1.rds.amazonaws.com";
const at = (date: string): Date => new Date(`${date}T00:00:00Z`);

describe("the authorities of Amazon's databases", () => {
  it("are those of the package that is installed, dated", () => {
    const installed = JSON.parse(readFileSync(join(import.meta.dirname, "../../../node_modules", BUNDLE.package, "package.json"), "utf8")) as { version: string; license: string };
    expect(installed).toMatchObject({ version: BUNDLE.version, license: "MIT" });
  });

  it("are for hosts of RDS, Aurora and RDS Proxy, and hold the Amazon Root CAs that a proxy is signed by", () => {
    for (const host of [HOST, "db.abc.eu-west-3.rds.amazonaws.com", "p.proxy-abc.us-gov-west-1.rds.amazonaws.com"]) expect(authoritiesFor(host)?.length).toBeGreaterThan(100);
    for (const host of ["db.example.org", "localhost", "rds.amazonaws.com.example.org", "db.rds.cn-north-1.amazonaws.com.cn", "127.0.0.1"]) expect(authoritiesFor(host)).toBeUndefined();
    const bare = (pem: string): string => pem.replace(/\s/g, "");
    const bundled = new Set(authoritiesFor(HOST)?.map(bare));
    expect(rootCertificates.filter((pem) => bundled.has(bare(pem))).length).toBeGreaterThanOrEqual(4);
  });

  it("are not warned of while they are young, known and far from their end", () => {
    expect(certificateWarnings(HOST, at("2026-06-01"))).toEqual([]);
    expect(certificateWarnings("p.proxy-abc.us-east-1.rds.amazonaws.com", at("2026-06-01"))).toEqual([]);
    expect(certificateWarnings("db.example.org", at("2200-01-01"))).toEqual([]);
  });

  it("are warned of when they are old, end soon, or know nothing of the host's region", () => {
    expect(certificateWarnings(HOST, at("2028-01-01"))).toEqual(["the built-in RDS certificates are of 2024-11-23, more than 3 years old"]);
    expect(certificateWarnings(HOST, at("2121-05-01"))[1]).toMatch(/^the last built-in RDS certificate of us-east-1 ends on 2121-05-2\d$/);
    expect(certificateWarnings("db.abc.xx-north-9.rds.amazonaws.com", at("2026-06-01"))).toEqual(["the built-in RDS certificates have none of xx-north-9"]);
  });
});
