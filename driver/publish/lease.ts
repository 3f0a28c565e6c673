// The publishers' turn for those without a connection that could hold a lock: a row that ends by itself unless renewed.
// GET_LOCK and the lease exclude each other: each side first takes its own, then looks for the other's.

import { ProblemError } from "../problems.js";
import type { Session } from "../session.js";

const LEASE_SECONDS = 60;
const RENEW_MILLISECONDS = 10_000;
/** In a row. After so many the lease is about to end, and nobody knows whether it was renewed. */
const MOST_UNANSWERED = 4;
const TABLE_MISSING = 1146;

const TABLE =
  "create table if not exists carelake_lease (id tinyint not null, owner varchar(64) not null, taken_until datetime(3) not null, primary key (id)) " +
  "engine=InnoDB character set utf8mb4 collate utf8mb4_0900_as_cs comment='carelake: the publisher at work through the Data API'";

export interface LeaseRequest {
  /** Unlike that of any other. */
  readonly owner: string;
  readonly database: string;
  /** A session of its own, for the time the other one is busy. */
  readonly renewer: Session;
  /** Asked after the lease is taken. */
  readonly alone: () => Promise<boolean>;
}

/** The way to give it back; undefined when somebody else has the turn. */
export async function takeLease(session: Session, { owner, database, renewer, alone }: LeaseRequest): Promise<(() => Promise<void>) | undefined> {
  await session.run(TABLE);
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
  const end = (): void => session.cut(new ProblemError({ code: "publish-in-progress", database, owner: "its own turn ended, because it could not be renewed in time" }));
  let unanswered = 0;
  const renew = async (): Promise<void> => {
    if (unanswered === MOST_UNANSWERED) return end();
    unanswered++;
    // Once it has ended it stays so, though the row is still ours: one with a connection may have the turn by now.
    const held = await renewer.run(`update carelake_lease set taken_until = ${until} where owner = ? and taken_until > utc_timestamp(3)`, [owner]).catch(() => undefined);
    if (held === 0) end();
    if (held !== undefined) unanswered = 0;
  };
  const timer = setInterval(() => void renew(), RENEW_MILLISECONDS);
  return async () => {
    clearInterval(timer);
    await release();
  };
}

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
