// Calls to Power BI below one address, under the service principal of a profile.

import { pause } from "../pause.js";
import type { PowerBiProfile } from "../profile.js";
import { callsTo, type Calls } from "../refresh/calls.js";
import type { Clock } from "../refresh/http.js";
import type { Patience } from "../refresh/patience.js";
import { tokensOf, type Tokens } from "../refresh/token.js";
import type { Context } from "./context.js";
import { send } from "./http.js";

export const workspaceUrl = ({ api, workspace }: PowerBiProfile): string => `${api}/v1.0/myorg/groups/${workspace}`;
export const modelUrl = (powerbi: PowerBiProfile): string => `${workspaceUrl(powerbi)}/datasets/${powerbi.model}`;

export const clockOf = ({ now, random }: Context): Clock => ({ now, random, pause });

export interface Principal {
  readonly powerbi: PowerBiProfile;
  readonly secret: string;
}

export const principalTokens = ({ powerbi: { login, tenant, client, audience }, secret }: Principal, patience: Patience): Tokens => tokensOf({ login, tenant, client, secret, audience }, send, patience);

export const callsBelow = (url: string, tokens: Tokens, patience: Patience): Calls => callsTo({ url, tokens, send, patience });
