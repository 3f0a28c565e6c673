// Requests over the network, with Node's own client: each within a time, no redirect followed with a token in its hands.

import type { Send } from "../refresh/http.js";

const REQUEST_MILLISECONDS = 30_000;

export const send: Send = async ({ method, url, headers, body }) => {
  try {
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }), redirect: "error", signal: AbortSignal.timeout(REQUEST_MILLISECONDS) });
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name) ?? undefined, body: text };
  } catch (error) {
    // What went wrong is in the cause: "fetch failed" is all that the error itself says.
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
  }
};
