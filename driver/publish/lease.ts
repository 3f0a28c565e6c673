// The publishers' turn for those without a connection that could hold a lock: a row that ends by itself unless renewed.
// GET_LOCK and the lease exclude each other: each side first takes its own, then looks for the other's.

import type { Session } from "../session.js";
import { TurnEnded } from "./faults.js";

const LEASE_SECONDS = 60;
const RENEW_MILLISECONDS = 10_000;
/** Since the last renewal that was answered had been asked for. Before the next look at it the lease may have ended. */
const OLDEST_MILLISECONDS = LEASE_SECONDS * 1000 - RENEW_MILLISECONDS;
const TABLE_MISSING = 1146;

const TABLE =
  "create table if not exists carelake_lease (id tinyint not null, owner varchar(64) not null, taken_until datetime(3) not null, primary key (id)) " +
  "engine=InnoDB character set utf8mb4 collate utf8mb4_0900_as_cs comment='carelake: the publisher at work through the Data API'";

export interface LeaseRequest {
  /** Unlike that of any other. */
  readonly owner: string;
  readonly now: () => Date;
  /** A session of its own, for the time the other one is busy. */
  readonly renewer: Session;
  /** Asked after the lease is taken. */
  readonly alone: () => Promise<boolean>;
}

export interface Lease {
  readonly release: () => Promise<void>;
  /** Throws when it may end within so many seconds. By the server's clock, so whoever asks may have slept. */
  readonly confirm: (seconds: number) => Promise<void>;
}

/** Undefined when somebody else has the turn. */
export async function takeLease(session: Session, { owner, now, renewer, alone }: LeaseRequest): Promise<Lease | undefined> {
  await session.run(TABLE);
  // The server's lease begins later than what asked for it: as old as the question it ends here before it ends there.
  let confirmed = now().getTime();
  const until = `utc_timestamp(3) + interval ${String(LEASE_SECONDS)} second`;
  // Assigned from left to right: the time moves when the owner is us by then.
  await session.run(`insert into carelake_lease values (1, ?, ${until}) as wanted on duplicate key update owner = if(carelake_lease.taken_until < utc_timestamp(3), wanted.owner, carelake_lease.owner), taken_until = if(carelake_lease.owner = wanted.owner, wanted.taken_until, carelake_lease.taken_until)`, [owner]);
  const release = async (): Promise<void> => void (await session.run("delete from carelake_lease where owner = ?", [owner]));
  const [row] = await session.query("select owner from carelake_lease");
  if (row?.["owner"] !== owner) return undefined;
  if (!(await alone())) {
    await release();
    return undefined;
  }
  const end = (): void => session.cut(new TurnEnded(NOT_RENEWED));
  const renew = async (): Promise<void> => {
    const asked = now().getTime();
    if (asked - confirmed >= OLDEST_MILLISECONDS) return end();
    // Once it has ended it stays so, though the row is still ours: one with a connection may have the turn by now.
    const held = await renewer.run(`update carelake_lease set taken_until = ${until} where owner = ? and taken_until > utc_timestamp(3)`, [owner]).catch(() => undefined);
    if (held === 0) end();
    // Answers may come in another order than they were asked for.
    if (held !== undefined) confirmed = Math.max(confirmed, asked);
  };
  const timer = setInterval(() => void renew(), RENEW_MILLISECONDS);
  return {
    release: async () => {
      clearInterval(timer);
      await release();
    },
    confirm: async (seconds) => {
      // More than a lease that was just renewed has left can be asked of none.
      const needed = Math.min(seconds, LEASE_SECONDS - 2 * (RENEW_MILLISECONDS / 1000));
      const held = await session.query("select 1 as held from carelake_lease where owner = ? and taken_until > utc_timestamp(3) + interval ? second", [owner, needed]);
      if (held.length === 0) throw new TurnEnded(NOT_RENEWED);
    },
  };
}

const NOT_RENEWED = "its own turn ended, because it could not be renewed in time";

/** Whether a publisher without a connection is at work. */
export async function isLeased(session: Session): Promise<boolean> {
  try {
    return (await session.query("select 1 as taken from carelake_lease where taken_until > utc_timestamp(3)")).length > 0;
  } catch (error) {
    // Nobody has ever published through the Data API here.
    if (error instanceof Error && "errno" in error && error.errno === TABLE_MISSING) return false;
    throw error;
  }
}
