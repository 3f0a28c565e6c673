// The ledger of a plan that asks nobody: as if nothing had ever run in the lake.

import { ledgerIn } from "../ledger.js";
import type { Ledger } from "../ledger.js";

const never = (): Promise<never> => Promise.reject(new TypeError("a plan writes nothing"));

export const unknownLedger: Ledger = ledgerIn({ read: () => Promise.resolve(undefined), list: () => Promise.resolve([]), write: never, create: never, sweep: never });

export const OFFLINE = "planned offline: what stands in the lake is not known, so every step is planned and sizes follow the rules alone";
