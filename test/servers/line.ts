// A way to a server on this computer that can be cut, stand still, or be gone: a TCP proxy in the test's own process.

import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { Transform } from "node:stream";

export interface Line {
  readonly port: number;
  /** Breaks every connection there is; new ones are taken. */
  cut(): void;
  /** Lets every connection there is stand still without closing it; new ones go through. */
  freeze(): void;
  /** Cuts, and takes no connection any more. */
  close(): void;
}

/** `worded`: what the client sends, in other words of the same length. */
export async function lineTo(port: number, worded: (sent: string) => string = (sent) => sent): Promise<Line> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const proxy = createServer((client) => {
    const far = connect(port, "127.0.0.1");
    const pair = [client, far] as const;
    pairs.add(pair);
    for (const each of pair) {
      // A side that broke takes the other along: it would wait for ever.
      each.on("error", () => pair.forEach((side) => side.destroy()));
      each.on("close", () => pairs.delete(pair));
    }
    const sent = new Transform({ transform: (bytes: Buffer, _, done) => done(null, Buffer.from(worded(bytes.toString("latin1")), "latin1")) });
    client.pipe(sent).pipe(far).pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const pair of pairs) for (const each of pair) each.destroy();
  };
  return {
    port: (proxy.address() as AddressInfo).port,
    cut,
    freeze: () => {
      for (const [client, far] of pairs) {
        client.unpipe().pause();
        far.unpipe(client).pause();
      }
    },
    close: () => {
      proxy.close();
      cut();
    },
  };
}
