// Keys of logs in all the forms that they are known to take, and what they are read as.

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { likelyLines } from "../../../driver/diagnosis/likely-lines.js";
import { containerFiles, nodeFiles, serverlessFiles, stepFiles } from "../../../emr/logs/log-layout.js";
import { tailOf } from "../../../emr/logs/log-tail.js";
import { bootstrapLogs } from "../../../emr/logs/logs.js";
import { memoryObjects } from "../aws-place.js";

const at = (uris: readonly string[]) => uris.map((uri) => ({ uri, bytes: 1, modified: new Date(0) }));
const PREFIX = "s3://lake/logs/applications/00f1/jobs/00f2/";

describe("the logs of a job run", () => {
  it("are known by worker and stream, executors whatever they are called", () => {
    const files = serverlessFiles(PREFIX, at(["SPARK_DRIVER/stderr.gz", "SPARK_DRIVER/stdout.gz", "SPARK_EXECUTOR/1/stderr.gz", "SPARK_EXECUTOR/12/stderr.txt.gz", "sparklogs/eventlog_v2/events_1"].map((key) => PREFIX + key)));
    expect(files.map(({ process, stream }) => `${process} ${stream}`)).toEqual(["driver stderr", "driver stdout", "executor stderr", "executor stderr"]);
  });

  it("are those of the last attempt where the service tried again", () => {
    const files = serverlessFiles(PREFIX, at([1, 2, 10].map((attempt) => `${PREFIX}attempts/${attempt}/SPARK_DRIVER/stderr.gz`)));
    expect(files.map(({ uri }) => uri)).toEqual([`${PREFIX}attempts/10/SPARK_DRIVER/stderr.gz`]);
  });
});

describe("the logs of a step", () => {
  const prefix = "s3://lake/logs/j-1/steps/s-1/";

  it("are read in the order of time, the piece without an hour last", () => {
    const files = stepFiles(prefix, at(["stderr.gz", "stderr.2026-11-22-09.gz", "stderr.2026-11-22-10.gz", "controller.gz", "syslog.2026-11-22-09.gz"].map((name) => prefix + name)));
    expect(files.filter(({ stream }) => stream === "stderr").map(({ uri }) => uri.slice(prefix.length))).toEqual(["stderr.2026-11-22-09.gz", "stderr.2026-11-22-10.gz", "stderr.gz"]);
    expect(files.map(({ stream }) => stream)).toContain("controller");
  });

  it("tell the application master's container from the executors'", () => {
    const containers = "s3://lake/logs/j-1/containers/application_1_0001/";
    const files = containerFiles(containers, at(["container_1_0001_01_000001/stderr.gz", "container_1_0001_01_000002/stderr.gz", "container_1_0001_01_000011/stdout.gz"].map((key) => containers + key)));
    expect(files.map(({ process, stream }) => `${process} ${stream}`)).toEqual(["driver stderr", "executor stderr", "executor stdout"]);
  });
});

describe("the logs of a machine that was being set up", () => {
  const prefix = "s3://lake/logs/j-1/node/";
  const chosen = (...keys: readonly string[]) => nodeFiles(prefix, at(keys.map((key) => prefix + key))).map(({ uri, node, process, stream }) => [uri.slice(prefix.length), node, process, stream]);

  it("are those of its last bootstrap action, packed or not", () => {
    expect(chosen("i-a/bootstrap-actions/master.log.gz", "i-a/bootstrap-actions/9/stderr.gz", "i-a/bootstrap-actions/10/controller.gz", "i-a/bootstrap-actions/10/stderr", "i-b/bootstrap-actions/1/stderr.gz", "i-a/daemons/instance-state/stderr.gz")).toEqual([
      ["i-a/bootstrap-actions/10/controller.gz", "i-a", "controller", "controller"],
      ["i-a/bootstrap-actions/10/stderr", "i-a", "node", "stderr"],
      ["i-b/bootstrap-actions/1/stderr.gz", "i-b", "node", "stderr"],
    ]);
  });

  it("are those of the applications where it came so far, with the lines that Puppet calls errors", async () => {
    const puppet = "provision-node/apps-phase/0/5a1c/puppet.log.gz";
    expect(chosen("i-a/bootstrap-actions/1/stderr.gz", `i-a/${puppet}`)).toEqual([[`i-a/${puppet}`, "i-a", "node", "puppet"]]);
    const objects = memoryObjects(() => new Date(0));
    await objects.put(`${prefix}i-a/${puppet}`, gzipSync("2026-11-22 10:04:01 +0000 Puppet (err): Systemd start for hadoop-yarn-resourcemanager failed!\n2026-11-22 10:04:05 +0000 Puppet (notice): Applied catalog in 71.20 seconds\n"));
    const { parts } = await bootstrapLogs(objects, "s3://lake/logs/j-1/", "On the master instance (i-a), application provisioning failed");
    expect(likelyLines(parts)).toEqual([{ file: `${prefix}i-a/${puppet}`, line: 1, text: expect.stringContaining("hadoop-yarn-resourcemanager failed") }]);
  });
});

describe("the tail of a log", () => {
  const objects = memoryObjects(() => new Date(0));
  const read = (uri: string, watch?: RegExp) => tailOf({ objects, uri, process: "driver", lines: 3, ...(watch === undefined ? {} : { watch }) });

  it("is its last lines, and what was looked for in all of them", async () => {
    await objects.put("s3://lake/stderr.gz", gzipSync(`Submitted application application_17_0001\n${Array.from({ length: 50_000 }, (_, line) => `żółw ${line}`).join("\n")}\n\n`));
    expect(await read("s3://lake/stderr.gz", /application_\d+_\d+/)).toEqual({
      part: { place: "s3://lake/stderr.gz", process: "driver", is: "read", lines: [49_997, 49_998, 49_999].map((line) => ({ number: line + 2, text: `żółw ${line}` })) },
      lines: ["żółw 49997", "żółw 49998", "żółw 49999"],
      found: "application_17_0001",
    });
  });

  it("is told apart from one that is empty, broken or not there", async () => {
    await objects.put("s3://lake/empty.gz", gzipSync(""));
    await objects.put("s3://lake/broken.gz", gzipSync("hello\nworld\n".repeat(100)).subarray(0, 20));
    await objects.put("s3://lake/plain", "one\ntwo");
    expect((await read("s3://lake/empty.gz")).part.is).toBe("empty");
    expect((await read("s3://lake/broken.gz")).part.is).toBe("unreadable");
    expect((await read("s3://lake/nowhere.gz")).part.is).toBe("not there yet");
    expect(await read("s3://lake/plain")).toMatchObject({ part: { is: "read" }, lines: ["one", "two"] });
  });
});
