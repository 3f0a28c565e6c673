// The tables of states against the enumerations of the service models, as the clients carry them.

import { ClusterState, ClusterStateChangeReasonCode, StepState } from "@aws-sdk/client-emr";
import { ApplicationState, JobRunState } from "@aws-sdk/client-emr-serverless";
import { describe, expect, it } from "vitest";
import { clusterCause, clusterStanding, jobRunStanding, messageCause, OPEN_APPLICATIONS, OPEN_CLUSTERS, stepStanding } from "../../../emr/submission/states.js";

const known = (words: string): boolean => !words.includes("does not know");

describe("every documented state", () => {
  it("of a step is known, and one alone is a success", () => {
    const states = Object.values(StepState);
    expect(states.filter((state) => !known(stepStanding(state).words))).toEqual([]);
    expect(states.filter((state) => stepStanding(state).good)).toEqual(["COMPLETED"]);
    expect(states.filter((state) => stepStanding(state).over).sort()).toEqual(["CANCELLED", "COMPLETED", "FAILED", "INTERRUPTED"]);
  });

  it("of a job run is known, and one alone is a success", () => {
    const states = Object.values(JobRunState);
    expect(states.filter((state) => !known(jobRunStanding(state).words))).toEqual([]);
    expect(states.filter((state) => jobRunStanding(state).good)).toEqual(["SUCCESS"]);
    expect(states.filter((state) => jobRunStanding(state).over).sort()).toEqual(["CANCELLED", "FAILED", "SUCCESS"]);
  });

  it("of a cluster and an application is known", () => {
    const states = Object.values(ClusterState);
    expect(states.filter((state) => !known(clusterStanding(state).words))).toEqual([]);
    expect(states.filter((state) => clusterStanding(state).open).sort()).toEqual([...OPEN_CLUSTERS].sort());
    expect(Object.values(ApplicationState).filter((state) => !OPEN_APPLICATIONS.some((open) => open === state))).toEqual(["TERMINATED"]);
  });

  it("that a later service may add goes on and is shown as it is", () => {
    expect(stepStanding("PAUSED")).toEqual({ over: false, good: false, words: "in a state that carelake does not know: PAUSED" });
    expect(jobRunStanding(undefined).over).toBe(false);
  });
});

describe("why a cluster ended", () => {
  it.each(Object.values(ClusterStateChangeReasonCode))("%s has a cause or is the stage's own affair", (code) => {
    expect([code, clusterCause(code, "")]).toEqual([code, code === "STEP_FAILURE" || code === "ALL_STEPS_COMPLETED" ? undefined : expect.any(String)]);
  });

  it("is read from the message where the code says little", () => {
    expect(clusterCause("VALIDATION_ERROR", "The requested instance type is not available: InsufficientInstanceCapacity")).toBe("capacity");
    expect(clusterCause("VALIDATION_ERROR", "You have requested more vCPU capacity than your current vCPU limit of 16 allows (VcpuLimitExceeded)")).toBe("quota");
    expect(clusterCause("VALIDATION_ERROR", "The specified subnet subnet-0a does not exist")).toBe("configuration");
    expect(messageCause("ApplicationMaxCapacityExceededException: Worker could not be allocated as the application has exceeded maximumCapacity settings")).toBe("capacity");
    expect(messageCause("pyspark.errors.AnalysisException: no such table")).toBeUndefined();
  });
});
