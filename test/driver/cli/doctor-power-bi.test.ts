// carelake doctor about the semantic model of a profile, as a user calls it, against the stand-in of Power BI: what is
// there, what each failure says to do, and that nothing is refreshed.

import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { buildIfStale, carelake } from "../../carelake.js";
import { change, makeProject } from "../../problems/case.js";
import { MODEL, PRINCIPAL, startPowerBi, WORKSPACE, type PowerBiServer } from "../../servers/power-bi/server.js";

let project = "";
let service: PowerBiServer;

beforeAll(() => {
  buildIfStale();
  project = makeProject();
});
afterAll(() => rmSync(project, { recursive: true, force: true }));
beforeEach(async () => {
  service = await startPowerBi();
  configure("");
});
afterEach(async () => {
  expect(service.mistakes).toEqual([]);
  expect(service.asked).toEqual([]);
  await service.stop();
});

function configure(more: string, { url = service.url, workspace = WORKSPACE }: { readonly url?: string; readonly workspace?: string } = {}): void {
  const text = `profiles:
  reports:
    lake: ./lake
    powerbi:
      workspace: ${workspace}
      model: ${MODEL}
      tenant: ${PRINCIPAL.tenant}
      client: ${PRINCIPAL.client}
      secret: { env: POWERBI_SECRET }
      api: ${url}
      login: ${url}
${more}`;
  change(project, { write: { "carelake.yaml": text }, programs: {}, bytes: {}, remove: [], replace: [] });
}

const shape = z.object({ checks: z.array(z.object({ id: z.string(), verdict: z.string(), found: z.string(), help: z.string().optional() })) });

async function examined(env: Readonly<Record<string, string | null>> = {}) {
  const { code, stdout } = await carelake({ args: ["doctor", "--profile", "reports", "--json"], cwd: project, env: { POWERBI_SECRET: PRINCIPAL.secret, ...env } });
  expect(stdout).not.toMatch(/s3cret|wrong~/);
  const { checks } = shape.parse(JSON.parse(stdout));
  return { code, verdicts: checks.map(({ verdict }) => verdict).join(", "), of: (id: string) => checks.find((each) => each.id === `powerbi-${id}`) };
}

it("tells what is there, in the model's and the workspace's own names", async () => {
  service.model.endNow(service.model.begin("ViaEnhancedApi", 0), { status: "Completed" });
  const { code, verdicts, of } = await examined();
  expect([code, verdicts]).toEqual([0, "ok, ok, ok, ok, ok"]);
  expect(["workspace", "model", "refreshes"].map((id) => of(id)?.found)).toEqual(["Medicare, on a capacity of its own", "Part D, storage Abf, in import mode", "the last one is completed"]);
  const { stdout } = await carelake({ args: ["doctor", "--profile", "reports"], cwd: project, env: { POWERBI_SECRET: PRINCIPAL.secret } });
  expect(stdout).toMatch(/ok {2}semantic model +Part D, storage Abf, in import mode\n[^]+\n5 ok, 0 failed, 0 not known\n/);
});

it("leaves a profile without a model alone", async () => {
  change(project, { write: { "carelake.yaml": "profiles:\n  reports:\n    lake: ./lake\n" }, programs: {}, bytes: {}, remove: [], replace: [] });
  expect((await examined()).verdicts).toBe("");
});

it("says what to do about a secret that is not set or not taken, and asks for nothing behind it", async () => {
  const unset = await examined({ POWERBI_SECRET: null });
  expect([unset.code, unset.verdicts, unset.of("secret")?.help]).toEqual([3, "failed, not known, not known, not known, not known", "set POWERBI_SECRET"]);
  const wrong = await examined({ POWERBI_SECRET: "wrong~secret" });
  expect([wrong.code, wrong.verdicts, wrong.of("token")]).toMatchObject([3, "ok, failed, not known, not known, not known", { found: expect.stringContaining("AADSTS7000215: Invalid client secret provided."), help: expect.stringContaining("secrets expire") }]);
  expect(new Set(service.seen)).toEqual(new Set(["token"]));
});

it("says that nothing is known when nobody answers", async () => {
  await service.stop();
  const { code, verdicts, of } = await examined();
  expect([code, verdicts]).toEqual([0, "ok, not known, not known, not known, not known"]);
  expect(of("token")).toMatchObject({ found: expect.stringContaining("Power BI did not answer the token"), help: expect.stringContaining("is the network there") });
  service = await startPowerBi();
});

it("tells a workspace that is not there or not open to the principal, and a model that it may not look at", async () => {
  configure("", { workspace: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" });
  const absent = await examined();
  expect([absent.code, absent.verdicts, absent.of("workspace")?.help]).toEqual([3, "ok, ok, failed, failed, not known", expect.stringContaining("mend powerbi.workspace and powerbi.model")]);
  configure("");
  service.fault({ on: "model", answer: { status: 403, body: { error: { code: "PowerBINotAuthorizedException", message: "no" } } } });
  const shut = await examined();
  expect([shut.verdicts, shut.of("model")]).toMatchObject(["ok, ok, ok, failed, not known", { found: expect.stringContaining("(403); PowerBINotAuthorizedException: no"), help: expect.stringContaining("member or contributor of the workspace") }]);
});

it("holds the profile's wishes against capacity, security and past refreshes", async () => {
  service.model.capacity = "shared";
  service.model.described = { isRefreshable: false, isEffectiveIdentityRequired: true };
  configure("      enhanced: true\n      check: true\n");
  const both = await examined();
  expect([both.code, both.of("workspace"), both.of("model")]).toMatchObject([3, { verdict: "failed", help: expect.stringContaining("set powerbi.enhanced to false") }, { verdict: "failed", help: "set powerbi.check to false" }]);
  configure("");
  const neither = await examined();
  expect([neither.code, neither.verdicts]).toEqual([0, "ok, ok, ok, not known, not known"]);
  expect([neither.of("workspace")?.found, neither.of("refreshes")]).toMatchObject(["Medicare, on a shared capacity: refreshes of whole models, eight a day", { found: "there was none yet", help: expect.stringContaining("once by hand") }]);
});
