// The workspace and the model of a profile as Power BI describes them. In: calls below the workspace. Out: what decides
// whether refreshes go, and of which kind. Nothing here asks for one.

import { z } from "zod";
import type { Calls } from "./calls.js";
import { parsed } from "./service.js";

export interface Workspace {
  readonly name: string;
  /** False: a shared capacity, which takes no enhanced refresh. Undefined: not told. */
  readonly isDedicated: boolean | undefined;
}

export interface Described {
  readonly name: string;
  /** Of the service's own words: "Abf", "PremiumFiles". Undefined: not told. */
  readonly storage: string | undefined;
  /** True for a model in import mode that was refreshed lately, or by a schedule; false says no more than that it is not so. */
  readonly isRefreshable: boolean | undefined;
  /** Row-level security or single sign-on: it answers a service principal no query. */
  readonly needsIdentity: boolean;
}

/** Both throw a ProblemError: powerbi-login, powerbi-denied, powerbi-refused, powerbi-unreachable. */
export interface Surroundings {
  workspace(): Promise<Workspace>;
  model(): Promise<Described>;
}

const group = z.object({ name: z.string().optional(), isOnDedicatedCapacity: z.boolean().optional() });
const dataset = z.object({
  name: z.string().optional(),
  targetStorageMode: z.string().optional(),
  isRefreshable: z.boolean().optional(),
  isEffectiveIdentityRequired: z.boolean().default(false),
  isEffectiveIdentityRolesRequired: z.boolean().default(false),
});

export function surroundingsOf(calls: Calls, { workspace, model }: { readonly workspace: string; readonly model: string }): Surroundings {
  return {
    workspace: async () => {
      const operation = "to look at the workspace";
      const { name = workspace, isOnDedicatedCapacity: isDedicated } = parsed(await calls.ask({ operation, method: "GET", path: "" }), { operation, shape: group });
      return { name, isDedicated };
    },
    model: async () => {
      const operation = "to look at the model";
      const found = parsed(await calls.ask({ operation, method: "GET", path: `/datasets/${model}` }), { operation, shape: dataset });
      const needsIdentity = found.isEffectiveIdentityRequired || found.isEffectiveIdentityRolesRequired;
      return { name: found.name ?? model, storage: found.targetStorageMode, isRefreshable: found.isRefreshable, needsIdentity };
    },
  };
}
