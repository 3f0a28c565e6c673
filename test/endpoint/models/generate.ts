// Makes emr.json, emr-serverless.json and rds-data.json: the parts of AWS's own service models that the tests' servers speak.
// In: the folder of an installed botocore (Apache-2.0). Out: operations, shapes and constraints, without documentation.
//   python3 -m venv VENV && VENV/bin/pip install botocore==1.44.5
//   node --import tsx test/endpoint/models/generate.ts VENV/lib/python3.11/site-packages/botocore

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { serviceModel, shape, type Shape } from "./schema.js";

const SERVICES = [
  {
    name: "emr",
    folder: "emr/2009-03-31",
    operations: [
      "AddJobFlowSteps", "AddTags", "CancelSteps", "DescribeCluster", "DescribeReleaseLabel", "DescribeSecurityConfiguration", "DescribeStep", "GetAutoTerminationPolicy",
      "GetManagedScalingPolicy", "ListClusters", "ListInstanceFleets", "ListInstances", "ListReleaseLabels", "ListSteps",
      "ListSupportedInstanceTypes", "ModifyCluster", "ModifyInstanceFleet", "PutAutoTerminationPolicy", "PutManagedScalingPolicy",
      "RemoveAutoTerminationPolicy", "RemoveManagedScalingPolicy", "RemoveTags", "RunJobFlow", "SetTerminationProtection", "TerminateJobFlows",
    ],
  },
  {
    name: "emr-serverless",
    folder: "emr-serverless/2021-07-13",
    operations: [
      "CancelJobRun", "CreateApplication", "DeleteApplication", "GetApplication", "GetJobRun", "ListApplications", "ListJobRunAttempts",
      "ListJobRuns", "ListTagsForResource", "StartApplication", "StartJobRun", "StopApplication", "TagResource", "UntagResource", "UpdateApplication",
    ],
  },
  { name: "rds-data", folder: "rds-data/2018-08-01", operations: ["BeginTransaction", "CommitTransaction", "ExecuteStatement", "RollbackTransaction"] },
];

const source = z.object({
  metadata: z.object({ apiVersion: z.string(), protocol: z.string(), targetPrefix: z.string().optional(), signingName: z.string().optional(), endpointPrefix: z.string() }),
  operations: z.record(
    z.string(),
    z.object({
      http: z.object({ method: z.string(), requestUri: z.string() }),
      input: z.object({ shape: z.string() }).optional(),
      output: z.object({ shape: z.string() }).optional(),
      errors: z.array(z.object({ shape: z.string() })).optional(),
    }),
  ),
  shapes: z.record(z.string(), shape),
});

function generate(botocore: string, version: string): void {
  for (const service of SERVICES) {
    const path = join(botocore, "data", service.folder, "service-2.json.gz");
    const model = source.parse(JSON.parse(gunzipSync(readFileSync(path)).toString("utf8")));
    const operations = Object.fromEntries(
      service.operations.map((name) => {
        const found = model.operations[name];
        if (found === undefined) throw new Error(`botocore ${version} has no operation ${name}`);
        const { http, input, output, errors = [] } = found;
        return [name, { method: http.method, uri: http.requestUri, input: input?.shape, output: output?.shape, errors: errors.map((error) => error.shape) }];
      }),
    );
    const roots = Object.values(operations).flatMap(({ input, output, errors }) => [input, output, ...errors]).filter((name) => name !== undefined);
    const made = serviceModel.parse({
      source: { package: "botocore", version, file: `botocore/data/${service.folder}/service-2.json`, licence: "Apache-2.0" },
      apiVersion: model.metadata.apiVersion,
      protocol: model.metadata.protocol,
      targetPrefix: model.metadata.targetPrefix,
      signingName: model.metadata.signingName ?? model.metadata.endpointPrefix,
      operations,
      shapes: reachable(roots, model.shapes),
    });
    writeFileSync(join(import.meta.dirname, `${service.name}.json`), text(made));
  }
}

function reachable(roots: readonly string[], shapes: Readonly<Record<string, Shape>>): Record<string, Shape> {
  const found = new Map<string, Shape>();
  const walk = (name: string): void => {
    const one = shapes[name];
    if (one === undefined) throw new Error(`no shape ${name}`);
    if (found.has(name)) return;
    found.set(name, one);
    const inner = [one.member, one.key, one.value, ...Object.values(one.members ?? {})];
    for (const each of inner) if (each !== undefined) walk(each.shape);
  };
  roots.forEach(walk);
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One operation and one shape a line, so that a new version of the model reads well as a difference. */
function text(model: z.infer<typeof serviceModel>): string {
  const { operations, shapes, ...head } = model;
  const lines = (record: object): string => Object.entries(record).filter(([, value]) => value !== undefined).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(",\n");
  return `{\n${lines(head)},\n  "operations": {\n${lines(operations)}\n  },\n  "shapes": {\n${lines(shapes)}\n  }\n}\n`;
}

const [botocore] = process.argv.slice(2);
if (botocore === undefined) throw new Error("give the folder of an installed botocore");
const version = /__version__ = '([^']+)'/.exec(readFileSync(join(botocore, "__init__.py"), "utf8"))?.[1];
if (version === undefined) throw new Error(`${botocore} does not tell its version`);
generate(botocore, version);
