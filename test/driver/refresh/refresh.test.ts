// A refresh against a stand-in of Power BI that is held to the published description of its API: what is asked for, what
// is made of lost answers, throttling and ends of every kind, and that nothing is ever asked for twice.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cancelRefresh } from "../../../driver/refresh/cancel.js";
import type { Refreshed } from "../../../driver/refresh/refresh.js";
import type { Problem, Result } from "../../../driver/problems.js";
import { makePlace, type Place } from "./place.js";

let place: Place;
beforeEach(async () => {
  place = await makePlace();
  place.publish("p1", { alpha: 5, beta: 7 });
});
afterEach(async () => {
  expect(place.server.mistakes).toEqual([]);
  await place.end();
});

const problemOf = (result: Result<unknown>): Problem | undefined => (result.ok ? undefined : result.problems[0]);
const outcomeOf = (result: Result<Refreshed>): string => (result.ok ? result.value.outcome : JSON.stringify(result.problems));
const asked = (): number => place.server.model.refreshes.length;
const told = (event: string): number => place.events.filter((each) => each.event === event).length;

describe("what is asked for", () => {
  it("is one transaction over the published tables, followed to its end, its rows compared", async () => {
    const done = await place.refresh();
    expect(done).toMatchObject({ ok: true, value: { outcome: "refreshed", refresh: place.server.model.refreshes[0]?.id, tables: [{ table: "alpha", rows: 5 }, { table: "beta", rows: 7 }] } });
    expect(place.server.asked).toEqual([{ type: "Full", commitMode: "Transactional", objects: [{ table: "alpha" }, { table: "beta" }], maxParallelism: 4, retryCount: 1, timeout: "01:30:00" }]);
    expect(place.server.model.rows).toEqual({ alpha: 5, beta: 7 });
    expect(await place.records.last()).toMatchObject({ number: 1, ended: { outcome: "completed" } });
  });

  it("is nothing when the model shows what is live, unless it is forced to", async () => {
    await place.refresh();
    expect([outcomeOf(await place.refresh()), asked()]).toEqual(["up-to-date", 1]);
    expect([outcomeOf(await place.refresh({ force: true })), asked()]).toEqual(["refreshed", 2]);
  });

  it("is again due after a publication, and after a way back to the one before", async () => {
    for (const publication of ["p1", "p2", "p1"]) {
      place.publish(publication, { alpha: 5, beta: 7 });
      expect(outcomeOf(await place.refresh())).toBe("refreshed");
    }
    expect(asked()).toBe(3);
  });

  it("is one table where only one is wanted, and the other stays due", async () => {
    const live = await place.refresh({ live: async () => ({ ok: true, value: [{ table: "alpha", model: "alpha", rows: 5, generation: { publication: "p1", at: "loaded p1" } }] }) });
    expect(outcomeOf(live)).toBe("refreshed");
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect(place.server.asked).toMatchObject([{ objects: [{ table: "alpha" }] }, { objects: [{ table: "beta" }] }]);
  });

  it("is every table that is loaded from a published one; the rows of those that are not like it are not compared", async () => {
    place.alsoFrom("alpha", "Names");
    const all = await place.refresh();
    expect(all).toMatchObject({ ok: true, value: { tables: [{ model: "alpha" }, { model: "Names", rows: undefined }, { model: "beta" }], counted: [{ model: "alpha" }, { model: "beta" }] } });
    expect(place.server.asked).toMatchObject([{ objects: [{ table: "alpha" }, { table: "Names" }, { table: "beta" }] }]);
  });

  it("is still due for the others when one of several tables with one source was refreshed", async () => {
    place.alsoFrom("alpha", "Names");
    const names = { table: "alpha", model: "Names", rows: undefined, generation: { publication: "p1", at: "loaded p1" } };
    await place.refresh({ live: async () => ({ ok: true, value: [names] }) });
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect(place.server.asked).toMatchObject([{ objects: [{ table: "Names" }] }, { objects: [{ table: "alpha" }, { table: "beta" }] }]);
  });

  it("is asked once more when tables were published while the model read them", async () => {
    place.meanwhile = (pause) => {
      if (pause === 1) place.publish("p2", { alpha: 6, beta: 8 });
    };
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect([asked(), told("refresh-again"), place.server.model.rows]).toEqual([2, 1, { alpha: 6, beta: 8 }]);
  });
});

describe("a refresh is asked for once", () => {
  it.each([["answer", 1], ["request", 1]] as const)("when the %s is lost", async (lose, refreshes) => {
    place.server.fault({ on: "start", lose });
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect([asked(), told("refresh-unclear")]).toEqual([refreshes, 1]);
  });

  it("when the service failed", async () => {
    place.server.fault({ on: "start", answer: { status: 503 } });
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect(asked()).toBe(1);
  });

  it("and is given up when no answer comes and none is ever found", async () => {
    for (let time = 0; time < 3; time++) place.server.fault({ on: "start", lose: "request" });
    expect(problemOf(await place.refresh())).toMatchObject({ code: "powerbi-unreachable", waited: "3 requests" });
    expect(asked()).toBe(0);
  });

  it("is not taken for somebody else's that began at the same moment", async () => {
    place.server.fault({ on: "start", lose: "request" });
    place.meanwhile = (pause) => {
      if (pause === 1) place.server.model.begin("ViaApi", 3);
    };
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect(place.server.model.refreshes.map(({ type }) => type)).toEqual(["ViaEnhancedApi", "ViaApi"]);
  });

  it("by the driver that died after the request; the next one follows it", async () => {
    place.server.model.looks = 1000;
    const dying = new AbortController();
    place.meanwhile = () => dying.abort();
    expect(problemOf(await place.refresh({ signal: dying.signal }))).toMatchObject({ code: "refresh-detached", cancellable: true });
    place.server.model.refreshes.forEach((each) => (each.looksLeft = 1));
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect([asked(), told("refresh-attached")]).toEqual([1, 1]);
  });

  it("when its driver died before the answer was written down: history tells, and an id that is not ours does not count", async () => {
    await place.refresh();
    const [first] = place.server.model.refreshes;
    place.server.model.looks = 5;
    place.publish("p2", { alpha: 6, beta: 8 });
    await place.records.ask(2, { at: "2026-01-02T03:00:00Z", owner: { host: "there", pid: 2, user: "dead" }, carelake: "0.0.1", enhanced: true, tables: ["alpha", "beta"], shown: {}, brings: { alpha: { publication: "p2", at: "loaded p2" }, beta: { publication: "p2", at: "loaded p2" } }, before: [first?.id ?? ""] });
    place.server.model.answer("start", { id: "", body: { type: "Full", objects: [{ table: "alpha" }, { table: "beta" }] }, top: 0 });
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect([asked(), (await place.records.last())?.id]).toEqual([2, place.server.model.refreshes[0]?.id]);
  });

  it("and a driver that lives and has no answer yet is not run over", async () => {
    await place.records.ask(1, { at: "2026-01-02T03:00:00Z", owner: { host: "there", pid: 2, user: "alive" }, carelake: "0.0.1", enhanced: true, tables: ["alpha"], shown: {}, brings: {}, before: [] });
    expect(problemOf(await place.refresh({ isAlive: () => true }))).toMatchObject({ code: "refresh-in-progress", owner: "alive@there, process 2" });
    expect(outcomeOf(await place.refresh({ isAlive: () => false }))).toBe("refreshed");
    expect(asked()).toBe(1);
  });
});

describe("the service's pace and moods", () => {
  it("waits as long as the service asks when it is asked too often", async () => {
    for (const on of ["history", "start", "look"] as const) place.server.fault({ on, answer: { status: 429, headers: { "retry-after": "17" } } });
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect([asked(), place.pauses.filter((each) => each === 17_000).length]).toEqual([1, 3]);
  });

  it("asks for a new token once when the old one is no longer taken, in the middle of it", async () => {
    place.meanwhile = (pause) => {
      if (pause === 1) place.server.tokens.revoke();
    };
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect(place.server.tokens.granted).toBe(2);
  });

  it("keeps a token as long as it lives, and asks for the next before it ends", async () => {
    place.server.tokens.seconds = 3599;
    place.server.model.looks = 200;
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    const hours = place.pauses.reduce((sum, each) => sum + each, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(1.5);
    expect(place.server.tokens.granted).toBe(2);
    expect(place.server.seen.filter((each) => each === "look").length).toBeGreaterThan(200);
  });

  it("goes on through failures of the service, and says when it was silent for a minute", async () => {
    for (let time = 0; time < 3; time++) place.server.fault({ on: "look", answer: { status: 502 } });
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    for (let time = 0; time < 20; time++) place.server.fault({ on: "history", answer: { status: 500 } });
    expect(problemOf(await place.refresh({ force: true }))).toMatchObject({ code: "powerbi-unreachable", operation: "the refresh history", message: "it answered 500" });
  });

  it("waits for a refresh of somebody else, and then asks for its own", async () => {
    place.server.model.begin("Scheduled", 3);
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect([asked(), told("refresh-queues")]).toEqual([2, 1]);
  });

  it.each([[409, "another refresh request is in progress"], [400, "Invalid dataset refresh request. Another refresh request is already executing"]])("waits for one that began between two requests (%i)", async (status, message) => {
    place.server.fault({ on: "start", answer: { status, body: { error: { code: "InvalidRequest", message } } } });
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
    expect([asked(), told("refresh-queues")]).toEqual([1, 1]);
  });

  it("pauses between looks grow to the limit, each with jitter around it", async () => {
    place.server.model.looks = 12;
    await place.refresh();
    const [first = 0] = place.pauses;
    expect(first).toBe(2000);
    expect(place.pauses.every((each, index) => index === 0 || each >= (place.pauses[index - 1] ?? 0))).toBe(true);
    expect(Math.max(...place.pauses)).toBe(30_000);
  });
});

describe("ends", () => {
  it("of a failure, with what each table said; the model counts as unchanged, and the next command asks again", async () => {
    place.server.model.ends.push({ status: "Failed", tables: { beta: "Failed" }, messages: [{ code: "0xC112001C", message: "The key didn't match any rows in the table.", type: "Error" }, { code: "0x1", message: "slow", type: "Warning" }] });
    const problem = problemOf(await place.refresh());
    expect(problem).toMatchObject({ code: "refresh-failed", outcome: "failed", words: ["0xC112001C: The key didn't match any rows in the table.", "beta: Failed"], left: "the model shows what it showed before" });
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
  });

  it.each([
    [{ status: "Failed", extendedStatus: "TimedOut" }, "timed-out"],
    [{ status: "Disabled" }, "disabled"],
    [{ status: "Failed", extendedStatus: "Cancelled" }, "cancelled"],
  ] as const)("%o is told as %s", async (end, outcome) => {
    place.server.model.ends.push(end);
    expect(problemOf(await place.refresh())).toMatchObject({ code: "refresh-failed", outcome });
  });

  it("by our own cancellation", async () => {
    place.server.model.looks = 1000;
    const stopping = new AbortController();
    place.meanwhile = () => stopping.abort();
    await place.refresh({ signal: stopping.signal });
    expect(await cancelRefresh(place.model)).toMatchObject({ ok: true, value: { outcome: "cancelled" } });
    expect(await cancelRefresh(place.model)).toEqual({ ok: true, value: undefined });
    expect(place.server.seen.filter((each) => each === "cancel").length).toBe(1);
  });

  it("by a person's word when the command is stopped", async () => {
    place.server.model.looks = 1000;
    const stopping = new AbortController();
    place.meanwhile = () => stopping.abort();
    expect(problemOf(await place.refresh({ signal: stopping.signal, onStop: async () => "cancel" }))).toMatchObject({ code: "refresh-failed", outcome: "cancelled" });
    expect(await place.records.last()).toMatchObject({ ended: { outcome: "cancelled" } });
  });

  it("that the service forgot", async () => {
    place.server.model.looks = 1000;
    place.meanwhile = () => void place.server.model.refreshes.splice(0);
    expect(problemOf(await place.refresh())).toMatchObject({ code: "refresh-failed", outcome: "lost" });
  });

  it("with other numbers of rows than were published are told table by table", async () => {
    Object.assign(place.server.model.source, { beta: 3 });
    expect(problemOf(await place.refresh())).toEqual({ code: "refresh-mismatch", tables: [{ table: "beta", model: "beta", published: 7, shown: 3 }] });
  });

  it("whose rows nobody may ask for say so, and that the refresh is done", async () => {
    place.server.fault({ on: "query", answer: { status: 403, body: { error: { code: "PowerBINotAuthorizedException", message: "" } } } });
    expect(problemOf(await place.refresh())).toMatchObject({ code: "powerbi-denied", operation: "the query", left: expect.stringContaining("the refresh is done") });
    expect(outcomeOf(await place.refresh())).toBe("up-to-date");
  });
});

describe("a shared capacity", () => {
  beforeEach(() => {
    place.server.model.capacity = "shared";
  });

  it.each([[false, 1], [undefined, 2]])("takes plain refreshes of the whole model (enhanced: %s)", async (enhanced, requests) => {
    expect(outcomeOf(await place.refresh({ enhanced }))).toBe("refreshed");
    expect([asked(), place.server.asked.length, place.server.asked.at(-1)]).toEqual([1, requests, { notifyOption: "NoNotification" }]);
    expect(outcomeOf(await place.refresh({ enhanced }))).toBe("up-to-date");
  });

  it("tells a failure from its history, and cannot cancel", async () => {
    place.server.model.ends.push({ status: "Failed" });
    expect(problemOf(await place.refresh({ enhanced: false }))).toMatchObject({ outcome: "failed", words: ["ModelRefreshFailed_CredentialsNotSpecified"] });
    place.server.model.looks = 1000;
    const stopping = new AbortController();
    place.meanwhile = () => stopping.abort();
    expect(problemOf(await place.refresh({ enhanced: false, signal: stopping.signal, onStop: async () => "cancel" }))).toMatchObject({ code: "refresh-detached", cancellable: false });
    expect(problemOf(await cancelRefresh(place.model))).toMatchObject({ code: "refresh-not-cancellable" });
  });
});

describe("access", () => {
  it("that is refused is told by the service's own words, and nothing stays open", async () => {
    place.server.fault({ on: "start", answer: { status: 403, body: { error: { code: "PowerBINotAuthorizedException", message: "no" } } } });
    expect(problemOf(await place.refresh())).toEqual({ code: "powerbi-denied", operation: "the refresh", status: 403, message: "PowerBINotAuthorizedException: no" });
    expect(await place.records.last()).toMatchObject({ ended: { outcome: "not-started" } });
    expect(outcomeOf(await place.refresh())).toBe("refreshed");
  });

  it("without a token says why, and never the secret", async () => {
    place.server.fault({ on: "token", answer: { status: 401, body: { error: "invalid_client", error_description: "AADSTS7000215: Invalid client secret 's3cret~of+the/principal'.\r\nTrace ID: 1" } } });
    const problem = problemOf(await place.refresh());
    expect(problem).toMatchObject({ code: "powerbi-login", tenant: "contoso.example", message: "AADSTS7000215: Invalid client secret '…'." });
  });
});
