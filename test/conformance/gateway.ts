// Stands between a process and a service, passes everything on as it came, and stops at the request that a test names:
// before the service has it, or when the service has answered and nobody has heard it. In: an endpoint. Out: a URL for it.

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** "PUT /lake/fills/ledger/…" of S3 and EMR Serverless, "RunJobFlow" of EMR. */
export type Said = string;

export interface Stop {
  /** Counted from when the stop is set: the n-th request, or the first that fits. */
  readonly at: number | RegExp;
  readonly when: "before" | "after";
  /** The request waits for it; then its connection breaks. */
  readonly then: () => Promise<void>;
}

export interface Gateway {
  readonly url: string;
  /** At the next request that fits, once. Replaces a stop that was not met. */
  stopAt(stop: Stop): void;
  /** Requests since the last stop was set. */
  readonly requests: readonly Said[];
  close(): Promise<void>;
}

/** Several may stand side by side before different services and count together: hand the same `watch` to each. */
export interface Watch {
  stop: Stop | undefined;
  requests: Said[];
}

export const newWatch = (): Watch => ({ stop: undefined, requests: [] });

export async function startGateway(target: string, watch: Watch = newWatch()): Promise<Gateway> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    try {
      const body = await bodyOf(incoming);
      const said = nameOf(incoming);
      watch.requests.push(said);
      const stop = meets(watch, said) ? watch.stop : undefined;
      if (stop !== undefined) watch.stop = undefined;
      if (stop?.when !== "before") await pass({ incoming, body, hostname, port }, stop === undefined ? outgoing : undefined);
      if (stop === undefined) return;
      await stop.then();
      incoming.socket.destroy();
    } catch {
      // One of the two sides is gone: the other one learns it as it would without us.
      incoming.socket.destroy();
    }
  };
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // listen() on a port gives an AddressInfo, never a pipe's name.
  const own = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(own.port)}`,
    stopAt: (stop) => {
      watch.stop = stop;
      watch.requests = [];
    },
    get requests() {
      return watch.requests;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const meets = ({ stop, requests }: Watch, said: Said): boolean => stop !== undefined && (typeof stop.at === "number" ? requests.length === stop.at : stop.at.test(said));

const nameOf = ({ method = "", url = "", headers }: IncomingMessage): Said => {
  const target = headers["x-amz-target"];
  return typeof target === "string" ? target.replace(/^.*\./, "") : `${method} ${decodeURIComponent(url)}`;
};

interface Passing {
  readonly incoming: IncomingMessage;
  readonly body: Buffer;
  readonly hostname: string;
  readonly port: string;
}

/** Headers go on as they came, the host among them: it is part of what was signed. Without `outgoing` the answer is heard by nobody. */
function pass({ incoming, body, hostname, port }: Passing, outgoing: ServerResponse | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onward = httpRequest({ hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
      answer.on("error", reject);
      answer.on("end", resolve);
      if (outgoing === undefined) return void answer.resume();
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", reject);
    onward.end(body);
  });
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
