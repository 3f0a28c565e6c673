// Problems of Power BI: who may not, what it refused, how a refresh ended.

import { plural, type Texts } from "./problem-words.js";

type PowerBiCode =
  | "powerbi-login" | "powerbi-denied" | "powerbi-refused" | "powerbi-unreachable" | "refresh-failed" | "refresh-detached" | "refresh-in-progress"
  | "refresh-not-cancellable" | "refresh-mismatch";

/** What a reader of the reports has of an end that is no success. */
const ENDS: Readonly<Record<string, string>> = {
  failed: "failed",
  cancelled: "was cancelled",
  "timed-out": "took longer than it may",
  disabled: "was disabled by the service",
  lost: "is not known to the service any more",
};

const ACCESS: Readonly<Record<number, string>> = {
  401: "is the tenant setting on that lets service principals use Power BI APIs, for a group that this one is in? (docs/power-bi.md)",
  403: "the service principal must be member or contributor of the workspace (docs/power-bi.md)",
  404: "mend powerbi.workspace and powerbi.model in the profile, or let the service principal into the workspace (docs/power-bi.md)",
};

export const refreshText: Texts<PowerBiCode> = {
  "powerbi-login": ({ tenant, client, message }) => ({ source: "world", headline: `Microsoft gives application ${client} no token in tenant ${tenant}`, notes: [message], help: "check powerbi.tenant, powerbi.client and the secret; secrets expire" }),
  "powerbi-denied": ({ operation, status, message }) => ({ source: "world", headline: `Power BI does not permit ${operation} (${String(status)})`, notes: [message], ...(ACCESS[status] === undefined ? {} : { help: ACCESS[status] }) }),
  "powerbi-refused": ({ operation, error, message, status }) => ({
    source: "world",
    headline: `Power BI refused ${operation}: ${error}`,
    notes: [message],
    ...(operation === "the refresh" && status === 400 ? { help: "are the tables in the model (powerbi.tables names those of a model of your own)? A shared capacity takes eight refreshes a day" } : {}),
  }),
  "powerbi-unreachable": ({ operation, message, waited }) => ({ source: "world", headline: `Power BI did not answer ${operation} for ${waited}`, notes: [message], help: "the same command finds what was started, and asks only for what was not" }),
  "refresh-failed": ({ model, refresh, outcome, words }) => ({ source: "run", headline: `the refresh of model ${model} ${ENDS[outcome] ?? outcome}`, notes: [...words, `it is refresh ${refresh}`], help: "carelake refresh asks again for what the model does not show" }),
  "refresh-detached": ({ refresh, cancellable }) => ({ source: "run", headline: `${refresh === undefined ? "a refresh" : `refresh ${refresh}`} goes on without anybody waiting for it`, help: `carelake refresh follows it again${cancellable ? ", with --cancel it is stopped" : ""}` }),
  "refresh-in-progress": ({ owner, since }) => ({ source: "run", headline: "somebody asks Power BI for a refresh at this moment", notes: [`${owner}, since ${since}`], help: "the same command follows it once it has begun" }),
  "refresh-not-cancellable": ({ refresh }) => ({ source: "usage", headline: `refresh ${refresh} cannot be cancelled: the capacity has plain refreshes only`, help: "carelake refresh follows it to its end" }),
  "refresh-mismatch": ({ tables }) => ({
    source: "run",
    headline: `Power BI shows other numbers of rows than were published: ${tables.map(({ model }) => model).join(", ")}`,
    notes: tables.map(({ table, model, published, shown }) => `${table} has ${plural(published, "row")}, ${model} in the model has ${plural(shown, "row")}`),
    help: "does a step of the model's queries leave rows out? carelake refresh --force loads all tables again",
  }),
};
