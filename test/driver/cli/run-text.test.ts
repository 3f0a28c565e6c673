import { expect, it } from "vitest";
import { whyUnpublished } from "../../../driver/cli/run-text.js";
import { DEFAULT_PROFILE, profile } from "../../../driver/profile.js";
import { pipelines } from "../../../jobs/index.js";

it("a run is told to end at the curated zone only where a database would have changed that", () => {
  const [pipeline] = pipelines;
  if (pipeline === undefined) throw new Error("no pipeline");
  const serving = profile.parse({ mysql: { user: "loader", password: { env: "PASSWORD" }, database: "serving" } });
  const unpublished = { jobs: pipeline.jobs.map(({ publish: _, ...job }) => job) };
  expect(whyUnpublished({ profile: DEFAULT_PROFILE, pipeline })).toContain("names no MySQL database");
  expect(whyUnpublished({ profile: serving, pipeline })).toBeUndefined();
  expect(whyUnpublished({ profile: DEFAULT_PROFILE, pipeline: unpublished })).toBeUndefined();
});
