import { Client, types, type QueryResult } from "pg";
import { AtollError } from "@atoll/core/errors";
import type { Row } from "./types.ts";
import { toParams } from "./values.ts";

/** One connection that holds the record's lock. */
export interface PostgresSession {
  readonly query: (text: string, params?: readonly unknown[]) => Promise<readonly Row[]>;
  /** Whether the connection has been lost. */
  readonly isLost: () => boolean;
  readonly end: () => Promise<void>;
}

/** Marks the lock of a record: "ATLR". */
const LOCK = 0x41544c52;
const BIGINT = 20;
/** How long an address that does not answer is waited for. */
const CONNECT_MS = 5000;

/**
 * Connects and takes the lock, which is the connection's: whoever lost the one has lost the other, and a transaction
 * that was begun without it cannot exist. RECORD_LOCKED where another server has it.
 */
export async function openPostgresSession(url: string): Promise<PostgresSession> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: `atoll ${process.pid}`,
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === BIGINT ? Number : types.getTypeParser(oid, format),
    },
  });
  let isLost = false;
  const lose = () => (isLost = true);
  client.on("error", lose);
  client.on("end", lose);
  const query = async (text: string, params: readonly unknown[] = []) => {
    try {
      const result: QueryResult<Row> = await client.query(text, toParams(params));
      return result.rows;
    } catch (error) {
      if (isConnectionError(error)) isLost = true;
      throw withWayOut(error);
    }
  };
  const end = async () => {
    isLost = true;
    await client.end().catch(() => {});
  };
  try {
    await client.connect();
    // A server whose machine has vanished would hold the lock for hours otherwise.
    await query(
      "SELECT set_config(name, value, false) FROM (VALUES ('tcp_keepalives_idle', '20'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'), ('synchronous_commit', 'on')) AS s (name, value)",
    );
    const [row] = await query("SELECT pg_try_advisory_lock($1) AS taken", [LOCK]);
    if (row!["taken"] !== true) throw await lockedError(query);
  } catch (error) {
    await end();
    throw withWayOut(error);
  }
  return { query, isLost: () => isLost, end };
}

async function lockedError(query: PostgresSession["query"]): Promise<AtollError> {
  const [row] = await query(
    `SELECT a.pid, a.application_name, a.client_addr::text AS address, a.datname FROM pg_locks l
     JOIN pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'advisory' AND l.objid = $1 AND a.datname = current_database() AND l.granted`,
    [LOCK],
  );
  const holder = `"${String(row?.["application_name"])}" at ${String(row?.["address"] ?? "this machine")}`;
  return new AtollError(
    "RECORD_LOCKED",
    `the database is in use by ${holder}, PostgreSQL process ${String(row?.["pid"])}; stop that server, or give this one another database`,
  );
}

/** Classes of SQLSTATE, and codes of the network, that speak of the connection and not of the statement. */
const LOST = /^(08...|57P0[1235]|E[A-Z]+)$/;

/** Whether an error says that the server went away, is starting, or cannot be reached. */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionError);
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code !== undefined) return LOST.test(code);
  return /^(Connection terminated|timeout expired|Client (has encountered|was closed))/.test(
    message ?? "",
  );
}

/** Classes of SQLSTATE that whoever runs the database can do something about. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  "25": "the database is read-only; give the address of the primary server",
  "28": "see that the address names a user who may log in, with the password",
  "3D": "create the database first, with `createdb`",
  "42": "see that the user may create tables and functions, and that the database is Atoll's alone",
  "53": "give PostgreSQL more disk, memory or connections",
};

function withWayOut(error: unknown): unknown {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code === "53100")
    return new AtollError("DISK_FULL", `PostgreSQL: ${message}; make room`, { cause: error });
  const way = /^[0-9A-Z]{5}$/.test(code ?? "") ? WAYS_OUT[code!.slice(0, 2)] : undefined;
  if (way === undefined || isConnectionError(error)) return error;
  return new AtollError("RECORD_UNUSABLE", `PostgreSQL: ${message} (${code}); ${way}`, {
    cause: error,
  });
}
