// Readers that never pause while publications follow each other: what they saw, and how long they waited. In: how many
// publications. Out: figures and text. On a private MySQL; no Spark. Latency is a ratio: the same readers before and within.

import type { Connection } from "mysql2/promise";
import { rollback, type PublishEvent } from "../../driver/publish.js";
import { makeDatabase, valueOf } from "../driver/publish-database.js";
import { startReaders, type Read, type Seen } from "../driver/publish-readers.js";
import { pairOf } from "../driver/publish-segments.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";

export interface HammerRequest {
  readonly times: number;
  readonly say: (line: string) => void;
}

const READERS = 16;
const QUIET_MS = 15_000;
const ROLLBACKS = 11;
const GOAL = 3;

export async function hammer({ times, say }: HammerRequest) {
  const server = await startTestMySql();
  const database = await makeDatabase(server, "hammer");
  const generations = Array.from({ length: times + 1 }, (_, generation) => pairOf(database.folder, { generation, rows: 200 + generation }));
  const connect = async (): Promise<Connection> => {
    const connection = await connectAsRoot(server);
    await connection.query("use hammer");
    return connection;
  };
  const swaps: Read[] = [];
  let begun = 0;
  const events = (event: PublishEvent): void => {
    if (event.event === "publish-step" && event.step === "swap") begun = performance.now();
    if (event.event === "publish-swapped") swaps.push({ from: begun, to: performance.now() });
  };
  const publish = async (generation: number): Promise<void> => void valueOf(await database.publish({ tables: generations[generation] ?? [], publication: `g${String(generation)}`, events }));
  try {
    await publish(0);
    const quiet = startReaders({ connect, count: READERS, generations });
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const before = await quiet.stop();
    swaps.length = 0;
    const readers = startReaders({ connect, count: READERS, generations });
    for (let generation = 1; generation <= times; generation++) {
      await publish(generation);
      if (generation % 10 === 0) say(`${String(generation)} publications, ${String(readers.reads())} reads`);
    }
    const seen = await readers.stop();
    const rollbacks: number[] = [];
    for (let time = 0; time < ROLLBACKS; time++) {
      const from = performance.now();
      const to = `g${String(times - ((time + 1) % 2))}`;
      valueOf(await rollback({ connect: database.settings, set: "pair", to, version: "0.0.1", now: () => new Date() }));
      rollbacks.push(performance.now() - from);
    }
    return figures({ before, seen, swaps, rollbacks, times });
  } finally {
    await database.end();
    await server.stop();
  }
}

interface Measured {
  readonly before: Seen;
  readonly seen: Seen;
  readonly swaps: readonly Read[];
  readonly rollbacks: readonly number[];
  readonly times: number;
}

function figures({ before, seen, swaps, rollbacks, times }: Measured) {
  const within = seen.reads.filter(({ from, to }) => swaps.some((swap) => from < swap.to && to > swap.from));
  const quiet = quantile(before.reads, 0.99);
  const swapping = quantile(within, 0.99);
  const whole = quantile(seen.reads, 0.99);
  const [errors, wrong] = [seen.errors.length + seen.lost, seen.wrong.length];
  const lengths = swaps.map(({ from, to }) => to - from);
  const text = [
    `${String(READERS)} readers, ${String(times)} publications, ${String(seen.reads.length)} reads of ${String(seen.generations)} generations: ${String(errors)} errors, ${String(wrong)} mixed or empty (goals 0 and 0)`,
    `p99 of a read, quiet            ${quiet.toFixed(1)} ms (${String(before.reads.length)} reads)`,
    `p99 of a read during a swap     ${swapping.toFixed(1)} ms (${String(within.length)} reads) = ${(swapping / quiet).toFixed(2)} times (goal ${String(GOAL)})`,
    `p99 of a read, all of the time  ${whole.toFixed(1)} ms = ${(whole / quiet).toFixed(2)} times`,
    `a swap with its record          median ${at(lengths, 0.5).toFixed(1)} ms, longest ${at(lengths, 1).toFixed(1)} ms`,
    `a rollback, connection included median ${at(rollbacks, 0.5).toFixed(1)} ms, longest ${at(rollbacks, 1).toFixed(1)} ms (goal 1000)`,
  ].join("\n");
  return { readers: READERS, times, reads: seen.reads.length, generations: seen.generations, errors, wrong, quiet, swapping, whole, swapMs: lengths, rollbackMs: rollbacks, text };
}

const quantile = (reads: readonly Read[], share: number): number => at(reads.map(({ from, to }) => to - from), share);

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
