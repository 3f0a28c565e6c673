// Release, application or cluster. Asks only what a run would ask, and DescribeReleaseLabel, which it does without.

import type { Cluster } from "@aws-sdk/client-emr";
import { DescribeClusterCommand, DescribeReleaseLabelCommand, ListClustersCommand } from "@aws-sdk/client-emr";
import { GetApplicationCommand, ListApplicationsCommand } from "@aws-sdk/client-emr-serverless";
import { emr as emrShape, emrServerless as serverlessShape } from "../../driver/profile.js";
import { isUnknown, orAbsent } from "../calls/calls.js";
import { lookUpRelease, supportOn } from "../facts/releases.js";
import { clusterStanding, OPEN_APPLICATIONS } from "../submission/states.js";
import type { Check } from "./check.js";
import { check, fine, unknown, wrong } from "./check.js";
import type { CheckParts } from "./check-parts.js";

export const releaseCheck = ({ profile, today, calls, clients }: CheckParts): Promise<Check> =>
  check({ id: "release", what: "release", optional: true }, async () => {
    const { release } = profile;
    const told = lookUpRelease(release);
    const help = `take a release that is supported, such as emr-spark-8.1.0${told.known ? "" : `; the nearest known one is ${told.nearest}`}`;
    if (!told.known && !told.wellFormed) return wrong(`${release} is no release label`, help);
    const support = supportOn(release, today);
    if (support?.state === "ended") return wrong(`${release} has been out of support since ${support.until}`, help);
    const until = support === undefined ? "nothing is known of its support" : `supported until ${support.until}`;
    const { Applications = [] } = await calls.ask("emr:DescribeReleaseLabel", () => clients.emr.send(new DescribeReleaseLabelCommand({ ReleaseLabel: release })));
    const spark = Applications.find(({ Name }) => Name?.toLowerCase() === "spark")?.Version;
    return spark === undefined ? wrong(`${release} has no Spark`, help) : fine(`${release} with Spark ${spark}, ${until}`);
  });

export function homeCheck(parts: CheckParts): Promise<Check> {
  const { profile } = parts;
  if (profile.engine === "emr-serverless") return applicationCheck(parts, profile.emr_serverless?.application);
  return clusterCheck(parts, (profile.emr ?? emrShape.parse({})).cluster);
}

const applicationCheck = ({ profile, calls, clients }: CheckParts, applicationId: string | undefined): Promise<Check> =>
  check({ id: "application", what: "application" }, async () => {
    if (applicationId === undefined) {
      await calls.ask("serverless:ListApplications", () => clients.serverless.send(new ListApplicationsCommand({ maxResults: 1 })));
      return fine("none is named: the one that fits is found by its name, or created");
    }
    const found = (await orAbsent(calls.ask("serverless:GetApplication", () => clients.serverless.send(new GetApplicationCommand({ applicationId })))))?.application;
    const help = "name another one in emr_serverless.application, or leave the key out: one is found or created";
    if (found === undefined) return wrong(`there is no application ${applicationId} in this account and region`, help);
    if (!OPEN_APPLICATIONS.some((state) => state === found.state)) return wrong(`${applicationId} takes no jobs: ${found.state ?? "in no state"}`, help);
    if (found.releaseLabel !== profile.release) return wrong(`${applicationId} is of release ${found.releaseLabel ?? "?"}, the profile says ${profile.release}`, `set release: ${found.releaseLabel ?? "?"}, or ${help}`);
    const { architecture } = profile.emr_serverless ?? serverlessShape.parse({});
    if ((found.architecture ?? "X86_64") !== architecture) return wrong(`${applicationId} is of architecture ${found.architecture ?? "X86_64"}, the profile says ${architecture}`, `set emr_serverless.architecture, or ${help}`);
    return fine(`${applicationId}: ${found.state ?? ""}, ${found.releaseLabel}, ${architecture}`);
  });

const clusterCheck = ({ profile, calls, clients }: CheckParts, cluster: string): Promise<Check> =>
  check({ id: "cluster", what: "cluster" }, async () => {
    if (!cluster.startsWith("j-")) {
      await calls.ask("emr:ListClusters", () => clients.emr.send(new ListClustersCommand({ ClusterStates: ["WAITING"] })));
      return fine(`${cluster}: clusters are started and ended by carelake`);
    }
    const found = await clusterCalled(cluster, { calls, clients });
    const standing = clusterStanding(found?.Status?.State);
    const help = "name a cluster that runs in emr.cluster, or per-stage";
    if (found === undefined) return wrong(`there is no cluster ${cluster} in this account and region`, help);
    if (!standing.open) return wrong(`${cluster} takes no steps: it ${standing.words}`, help);
    if (found.ReleaseLabel !== profile.release) return wrong(`${cluster} is of release ${found.ReleaseLabel ?? "?"}, the profile says ${profile.release}`, `set release: ${found.ReleaseLabel ?? "?"}, or ${help}`);
    const has = (found.Applications ?? []).map(({ Name }) => Name ?? "");
    if (!has.includes("Spark")) return wrong(`${cluster} has ${has.join(", ") || "no application"}, and no Spark`, help);
    if (profile.job_role !== undefined && (found.SecurityConfiguration ?? "") === "") return wrong(`${cluster} has no security configuration, without which a step cannot have job_role`, `leave job_role out, or ${help}`);
    if ((found.LogUri ?? "") === "") return unknown(`${cluster} ${standing.words}; it has no LogUri, so the logs of a failed step stay on it`, "a log place can be given only when a cluster is started");
    return fine(`${cluster}: ${standing.words}, ${found.ReleaseLabel}, ${has.join(", ")}`);
  });

async function clusterCalled(ClusterId: string, { calls, clients }: Pick<CheckParts, "calls" | "clients">): Promise<Cluster | undefined> {
  try {
    return (await calls.ask("emr:DescribeCluster", () => clients.emr.send(new DescribeClusterCommand({ ClusterId })))).Cluster;
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}
