// The serving database, reached directly or through somebody who opens its sessions: one way to open, name and blame it.

import { addressOf, openSession, type MySqlSettings } from "../mysql.js";
import type { Session, SessionSource } from "../session.js";

export type Database = MySqlSettings | SessionSource;

export const sessionWith = (database: Database): Promise<Session> => ("open" in database ? database.open() : openSession(database));

/** For people. */
export const placeOf = (database: Database): string => ("open" in database ? database.address : addressOf(database));
