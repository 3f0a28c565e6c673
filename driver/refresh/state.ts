// How far a refresh is, in one word, whatever part of the API told it. In: the service's words. Out: ours.

import { z } from "zod";

export interface RefreshState {
  readonly state: "running" | "completed" | "failed" | "cancelled" | "timed-out" | "disabled";
  /** What the service says of its end: errors with their codes, tables that failed. */
  readonly words: readonly string[];
}

/** The service's word for it, where it is an end. "Unknown" means that it goes on. */
const ENDS: Readonly<Record<string, RefreshState["state"]>> = { Completed: "completed", Failed: "failed", Cancelled: "cancelled", TimedOut: "timed-out", Disabled: "disabled" };

interface Told {
  readonly status: string;
  readonly extendedStatus?: string | undefined;
  readonly words: readonly string[];
}

/** The extended status tells a time-out and a cancellation from other failures. */
export const stateOf = ({ status, extendedStatus, words }: Told): RefreshState => ({ state: ENDS[extendedStatus ?? ""] ?? ENDS[status] ?? "running", words });

const exception = z.object({ errorCode: z.string().optional(), errorDescription: z.string().optional() });

/** A history entry carries its error as JSON in a text. */
export function wordsOf(json: string | null | undefined): readonly string[] {
  if (json === null || json === undefined || json === "") return [];
  try {
    const { errorCode, errorDescription } = exception.parse(JSON.parse(json));
    return [[errorCode, errorDescription].filter((word) => word !== undefined).join(": ")];
  } catch {
    return [json];
  }
}
