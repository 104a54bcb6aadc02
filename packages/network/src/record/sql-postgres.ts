import { setTimeout as pause } from "node:timers/promises";
import { AtollError } from "@atoll/core/errors";
import {
  isConnectionError,
  openPostgresSession,
  type PostgresSession,
} from "./postgres-session.ts";
import { createTurns } from "./turns.ts";
import type { Sql } from "./types.ts";

export interface PostgresOptions {
  /** How long a server that cannot be reached is waited for, each time; a minute otherwise. */
  readonly patienceMs?: number;
  /** Ends all waiting. */
  readonly signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2000;
/** A server that was killed keeps its lock until PostgreSQL has noticed. */
const LOCK_PATIENCE_MS = 2000;

/**
 * A record in PostgreSQL. One connection does everything, and holds the lock that keeps other servers out. Where it is
 * lost, what was under way is done again as a whole on a new one, whether or not it had been committed: all that the
 * record does may be done twice. RECORD_UNREACHABLE when patience ends, RECORD_LOCKED.
 */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Sql> {
  const { patienceMs = 60_000, signal } = options;
  const inTurn = createTurns();
  let session: PostgresSession | undefined;
  let isClosed = false;

  const connected = async (): Promise<PostgresSession> => {
    if (session !== undefined && !session.isLost()) return session;
    await session?.end();
    session = undefined;
    return (session = await openPostgresSession(url));
  };

  /** Tries until it works, with growing pauses. */
  const persist = async <T>(work: (open: PostgresSession) => Promise<T>): Promise<T> => {
    let waitedMs = 0;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      signal?.throwIfAborted();
      if (isClosed) throw new Error("the record is closed");
      try {
        return await work(await connected());
      } catch (error) {
        const isLocked = error instanceof AtollError && error.code === "RECORD_LOCKED";
        if (isLocked ? waitedMs >= Math.min(LOCK_PATIENCE_MS, patienceMs) : !wasLost(error))
          throw error;
        if (waitedMs >= patienceMs) throw unreachable(url, error, waitedMs);
      }
      await pause(pauseMs, undefined, { signal });
      waitedMs += pauseMs;
    }
  };
  const wasLost = (error: unknown) => isConnectionError(error) || session?.isLost() === true;

  const sql: Sql = {
    dialect: "postgresql",
    query: (text, params) => inTurn(() => persist((open) => open.query(text, params))),
    transaction: (work) =>
      inTurn(() =>
        persist(async (open) => {
          await open.query("BEGIN");
          try {
            const result = await work({ query: open.query });
            await open.query("COMMIT");
            return result;
          } catch (error) {
            if (!open.isLost()) await open.query("ROLLBACK").catch(() => open.end());
            throw error;
          }
        }),
      ),
    close: () =>
      inTurn(async () => {
        isClosed = true;
        await session?.end();
      }),
  };
  await inTurn(() => persist(async () => {}));
  return sql;
}

/** The address without what might be a password. */
function unreachable(url: string, error: unknown, waitedMs: number): AtollError {
  const { host, pathname } = new URL(url);
  const { message } =
    error instanceof AggregateError ? (error.errors[0] as Error) : (error as Error);
  return new AtollError(
    "RECORD_UNREACHABLE",
    `PostgreSQL at ${host}${pathname} cannot be reached (${message}), after waiting ${waitedMs / 1000} s; see that it runs and accepts connections`,
    { cause: error },
  );
}
