// What of a run goes on, and its dollars an hour, read from the lake. In: a run and its events. Out: nothing where no stage
// of it works, or where the lake or the prices do not tell.

import type { LedgerEvent } from "../ledger.js";
import type { Opened } from "./open-ledger.js";
import { pricesFor } from "./prices.js";
import type { StillRunning } from "./still-running.js";

export async function costsOn(run: string, { events, profile, project, lake }: Opened & { readonly events: readonly LedgerEvent[] }): Promise<StillRunning | undefined> {
  const [{ stillRunning }, plan, prices] = await Promise.all([import("./still-running.js"), lake.ledger.plan(run), pricesFor(profile, project.folder)]);
  return plan === undefined || !prices.ok ? undefined : stillRunning({ plan, events, profile, prices: prices.value });
}
