// What Microsoft's description of the Power BI REST API says of the calls that carelake makes, in our own words: names,
// kinds and words of fields. Source: Swagger 2.0 "Power BI Client" v1.0, sdk/swaggers/swagger.json of
// github.com/microsoft/PowerBI-CSharp (MIT), state of 15 October 2024; description.test.ts holds this text against it.
// Where the pages of learn.microsoft.com say more or otherwise, DEVIATIONS names it.

export interface Field {
  readonly type: "string" | "integer" | "boolean" | "array" | "object";
  readonly words?: readonly string[];
  /** Name of another description: the value's, or of each entry. */
  readonly of?: string;
}

export interface Description {
  readonly fields: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
}

export interface Operation {
  readonly method: "get" | "post" | "delete";
  readonly path: string;
  readonly query?: readonly string[];
  readonly body?: string;
  /** By status: the description of the answer's body, null for none. */
  readonly answers: Readonly<Record<number, string | null>>;
  readonly headers?: readonly string[];
}

const WORKSPACE = "/v1.0/myorg/groups/{groupId}";
const MODEL = `${WORKSPACE}/datasets/{datasetId}`;
const REFRESHES = `${MODEL}/refreshes`;

export const OPERATIONS = {
  workspace: { method: "get", path: WORKSPACE, answers: { 200: "Group" } },
  model: { method: "get", path: MODEL, answers: { 200: "Dataset" } },
  history: { method: "get", path: REFRESHES, query: ["$top"], answers: { 200: "Refreshes" } },
  start: { method: "post", path: REFRESHES, body: "DatasetRefreshRequest", answers: { 202: null }, headers: ["x-ms-request-id", "Location"] },
  look: { method: "get", path: `${REFRESHES}/{refreshId}`, answers: { 200: "DatasetRefreshDetail", 202: "DatasetRefreshDetail" } },
  cancel: { method: "delete", path: `${REFRESHES}/{refreshId}`, answers: { 200: null } },
  query: { method: "post", path: `${MODEL}/executeQueries`, body: "DatasetExecuteQueriesRequest", answers: { 200: "DatasetExecuteQueriesResponse" } },
} as const satisfies Readonly<Record<string, Operation>>;
export type OperationName = keyof typeof OPERATIONS;

const text: Field = { type: "string" };
const number: Field = { type: "integer" };
const one = (...words: readonly string[]): Field => ({ type: "string", words });
const list = (of: string): Field => ({ type: "array", of });
const TYPES = one("Full", "ClearValues", "Calculate", "DataOnly", "Automatic", "Defragment");
const flag: Field = { type: "boolean" };
const other: Field = { type: "object" };
const COMMITS = one("Transactional", "PartialBatch");

export const DESCRIPTIONS: Readonly<Record<string, Description>> = {
  Group: { fields: { id: text, name: text, isReadOnly: flag, isOnDedicatedCapacity: flag, capacityId: text, dataflowStorageId: text, defaultDatasetStorageFormat: one("Small", "Large"), logAnalyticsWorkspace: other }, required: ["id"] },
  // The text writes some of these names with a capital; the service's answers do not.
  Dataset: {
    fields: {
      id: text, name: text, configuredBy: text, createdDate: text, contentProviderType: text, description: text, upstreamDataflows: { type: "array" },
      createReportEmbedURL: text, qnaEmbedURL: text, webUrl: text,
      isEffectiveIdentityRequired: flag, isEffectiveIdentityRolesRequired: flag, isOnPremGatewayRequired: flag, encryption: other,
      users: { type: "array" }, addRowsAPIEnabled: flag, isRefreshable: flag, isInPlaceSharingEnabled: flag, targetStorageMode: text, queryScaleOutSettings: other,
    },
    required: ["id"],
  },
  DatasetRefreshRequest: {
    fields: {
      notifyOption: one("NoNotification", "MailOnFailure", "MailOnCompletion"),
      type: TYPES,
      commitMode: COMMITS,
      maxParallelism: number,
      retryCount: number,
      objects: list("DatasetRefreshObjects"),
      applyRefreshPolicy: { type: "boolean" },
      effectiveDate: text,
      timeout: text,
    },
  },
  DatasetRefreshObjects: { fields: { table: text, partition: text, status: text } },
  Refreshes: { fields: { "odata.context": text, value: list("Refresh") } },
  Refresh: {
    fields: {
      refreshType: one("Scheduled", "OnDemand", "ViaApi", "ViaXmlaEndpoint", "ViaEnhancedApi", "OnDemandTraining"),
      startTime: text,
      endTime: text,
      serviceExceptionJson: text,
      status: text,
      extendedStatus: text,
      requestId: text,
      refreshAttempts: list("RefreshAttempt"),
    },
  },
  RefreshAttempt: { fields: { attemptId: number, startTime: text, endTime: text, serviceExceptionJson: text, type: one("Data", "Query") } },
  DatasetRefreshDetail: {
    fields: {
      startTime: text,
      endTime: text,
      type: TYPES,
      commitMode: COMMITS,
      status: one("Unknown", "Completed", "Failed", "Disabled"),
      extendedStatus: one("Unknown", "NotStarted", "InProgress", "Completed", "TimedOut", "Failed", "Disabled", "Cancelled"),
      currentRefreshType: TYPES,
      numberOfAttempts: number,
      objects: list("DatasetRefreshObjects"),
      messages: list("EngineMessage"),
      refreshAttempts: list("RefreshAttempt"),
    },
  },
  EngineMessage: { fields: { code: text, message: text, type: one("Error", "Warning") } },
  DatasetExecuteQueriesRequest: { fields: { queries: list("DatasetExecuteQueriesQuery"), serializerSettings: { type: "object", of: "DatasetExecuteQueriesSerializationSettings" }, impersonatedUserName: text }, required: ["queries"] },
  DatasetExecuteQueriesQuery: { fields: { query: text }, required: ["query"] },
  DatasetExecuteQueriesSerializationSettings: { fields: { includeNulls: { type: "boolean" } } },
  DatasetExecuteQueriesResponse: { fields: { informationProtectionLabel: { type: "object" }, results: list("DatasetExecuteQueriesQueryResult"), error: { type: "object", of: "DatasetExecuteQueriesError" } } },
  DatasetExecuteQueriesQueryResult: { fields: { tables: list("DatasetExecuteQueriesTableResult"), error: { type: "object", of: "DatasetExecuteQueriesError" } } },
  DatasetExecuteQueriesTableResult: { fields: { rows: { type: "array" }, error: { type: "object", of: "DatasetExecuteQueriesError" } } },
  DatasetExecuteQueriesError: { fields: { code: text, message: text } },
};

/** "<description>.<field>": why ours differs from the Swagger text. */
export const DEVIATIONS: Readonly<Record<string, string>> = {
  "DatasetRefreshRequest.required": "it requires notifyOption, and says in the operation's words that an enhanced refresh must leave it out",
  "DatasetRefreshRequest.timeout": "only on the page about enhanced refresh: hh:mm:ss of one try, 05:00:00 by default",
  "DatasetRefreshObjects.status": "its own example of an answer has it",
  "Refresh.extendedStatus": "only in the examples of the page about enhanced refresh",
};
