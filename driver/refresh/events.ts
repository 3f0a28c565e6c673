// What a refresh tells while it goes on.

export type RefreshEvent =
  | { readonly event: "refresh-asked"; readonly tables: readonly string[]; readonly enhanced: boolean }
  /** One that an earlier command asked for goes on still. */
  | { readonly event: "refresh-attached"; readonly id: string }
  | { readonly event: "refresh-started"; readonly id: string }
  /** Somebody else's goes on; ours can begin when it is over. */
  | { readonly event: "refresh-queues"; readonly id: string | undefined }
  | { readonly event: "refresh-running"; readonly seconds: number }
  /** The service asks for patience, or does not answer at the moment. */
  | { readonly event: "refresh-waits"; readonly operation: string; readonly because: string; readonly milliseconds: number }
  /** The answer to the request was lost: the history tells whether it was taken. */
  | { readonly event: "refresh-unclear" }
  /** The capacity takes no enhanced refresh: the whole model is refreshed. */
  | { readonly event: "refresh-plain"; readonly message: string }
  /** Other tables became live while it went on, so the model may hold some of either. */
  | { readonly event: "refresh-again"; readonly tables: readonly string[] };
