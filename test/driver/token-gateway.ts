// The login of a server that takes tokens, as RDS with IAM does: it asks for the token as it is, over TLS only. Whoever
// got in hears OK to every statement: nothing is kept here.

import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";

export interface TokenGatewayOptions {
  /** PEM texts. Without them it offers no TLS. */
  readonly identity?: { readonly key: string; readonly cert: string };
  readonly accepts: (token: string) => boolean;
}

export interface TokenGateway {
  readonly port: number;
  /** Every token it was given, in order. */
  readonly tokens: readonly string[];
  end(): Promise<void>;
}

const SSL = 0x800;
const QUIT = 1;
const OK = Buffer.from([0, 0, 0, 2, 0, 0, 0]);
const SCRAMBLE = Buffer.alloc(20, 0x41);

export async function startTokenGateway({ identity, accepts }: TokenGatewayOptions): Promise<TokenGateway> {
  const tokens: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.on("error", () => undefined);
    void serve(client).catch(() => client.destroy());
  });
  const serve = async (client: Socket): Promise<void> => {
    client.write(packet(0, greeting(identity !== undefined)));
    const first = await nextPacket(client);
    if ((first.body.readUInt32LE(0) & SSL) === 0 || identity === undefined) return void client.end(packet(first.sequence + 1, refusal("a token goes over TLS only")));
    const secure = new TLSSocket(client, { isServer: true, secureContext: createSecureContext(identity) });
    secure.on("error", () => client.destroy());
    const login = await nextPacket(secure);
    secure.write(packet(login.sequence + 1, Buffer.concat([Buffer.from([0xfe]), Buffer.from("mysql_clear_password\0"), Buffer.from("\0")])));
    const answer = await nextPacket(secure);
    const token = answer.body.toString("utf8").replace(/\0$/, "");
    tokens.push(token);
    if (!accepts(token)) return void secure.end(packet(answer.sequence + 1, refusal("Access denied")));
    secure.write(packet(answer.sequence + 1, OK));
    for (;;) {
      const command = await nextPacket(secure);
      if (command.body[0] === QUIT) return void secure.end();
      secure.write(packet(1, OK));
    }
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const end = async (): Promise<void> => {
    for (const each of open) each.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, tokens, end };
}

function packet(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
}

/** Protocol 10, with everything mysql2 asks for, but TLS only where it is there. */
function greeting(hasTls: boolean): Buffer {
  const flags = (0xffffffff & ~0x20 & ~(1 << 24) & ~(1 << 26) & ~(1 << 29)) >>> 0;
  const capabilities = hasTls ? flags : (flags & ~SSL) >>> 0;
  const lower = Buffer.alloc(2);
  lower.writeUInt16LE(capabilities & 0xffff);
  const upper = Buffer.alloc(2);
  upper.writeUInt16LE(capabilities >>> 16);
  return Buffer.concat([Buffer.from([10]), Buffer.from("8.0.39\0"), Buffer.from([1, 0, 0, 0]), SCRAMBLE.subarray(0, 8), Buffer.from([0]), lower, Buffer.from([45, 2, 0]), upper, Buffer.from([21]), Buffer.alloc(10), SCRAMBLE.subarray(8), Buffer.from("\0mysql_native_password\0")]);
}

function refusal(message: string): Buffer {
  const number = Buffer.alloc(2);
  number.writeUInt16LE(1045);
  return Buffer.concat([Buffer.from([0xff]), number, Buffer.from(`#28000${message}`)]);
}

/** Handshake packets come one at a time. */
function nextPacket(from: Socket): Promise<{ readonly sequence: number; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const take = (chunk: Buffer): void => {
      held = Buffer.concat([held, chunk]);
      if (held.length < 4 || held.length < 4 + held.readUIntLE(0, 3)) return;
      from.off("data", take);
      from.pause();
      const end = 4 + held.readUIntLE(0, 3);
      if (held.length > end) from.unshift(held.subarray(end));
      resolve({ sequence: held[3] ?? 0, body: held.subarray(4, end) });
    };
    from.on("data", take);
    from.once("close", () => reject(new Error("the client went away")));
    from.resume();
  });
}
