import { closeSync, existsSync, linkSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { DatabaseSync } from "../sqlite/index.ts";
import { PATIENCE_MS, withDatabaseErrors } from "./database-errors.ts";

/** Marks a file as a ledger: "ATLP". */
const APPLICATION = 0x41544c50;
const VERSION = 1;

const TABLES = `
  CREATE TABLE accounts (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    budget TEXT NOT NULL,
    totals TEXT NOT NULL,
    epsilon REAL NOT NULL,
    unamplified REAL,
    amplified REAL
  ) STRICT;
  CREATE TABLE charges (
    number INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (number),
    id TEXT NOT NULL,
    charge TEXT NOT NULL,
    epsilon REAL NOT NULL,
    unamplified REAL,
    amplified REAL,
    UNIQUE (account, id)
  ) STRICT;
  PRAGMA application_id = ${APPLICATION};
  PRAGMA user_version = ${VERSION};
`;

/**
 * The SQLite database of a ledger, made where there is none, with its folders; its owner alone may read it.
 * What was committed survives a killed process and a power cut: a rollback journal, its removal written to
 * disk as well. Unlike a write-ahead log it leaves everything in the one file, so that a copy of it forgets no
 * charge.
 */
export function openDatabase(path: string): DatabaseSync {
  return withLedgerErrors(path, () => {
    createEmpty(path);
    const database = new DatabaseSync(path, { timeout: PATIENCE_MS });
    try {
      database.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;");
      prepare(database, path);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Puts an empty file in place as a whole. SQLite's locks are the process's: were the file itself opened and
 * closed here, a lock that another thread holds on it would be gone.
 */
function createEmpty(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}-${crypto.randomUUID()}.tmp`;
  closeSync(openSync(temporary, "wx", 0o600));
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function prepare(database: DatabaseSync, path: string): void {
  if (numberOf(database, "PRAGMA application_id") !== APPLICATION)
    inTransaction(database, () => {
      // Another process may have been quicker.
      if (numberOf(database, "PRAGMA application_id") === APPLICATION) return;
      if (numberOf(database, "SELECT count(*) FROM sqlite_schema") > 0)
        throw unusable(path, "is a database of something else; give another path");
      database.exec(TABLES);
    });
  const version = numberOf(database, "PRAGMA user_version");
  if (version !== VERSION)
    throw unusable(
      path,
      `is a ledger of version ${version}, and this Atoll knows version ${VERSION}; take the Atoll that wrote it`,
    );
}

export function numberOf(database: DatabaseSync, query: string): number {
  return Number(Object.values(database.prepare(query).get()!)[0]);
}

/** Runs the work as one transaction that no other writer comes between; what it throws undoes it. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Says of SQLite's and the file system's errors which ledger they are about, and what helps. */
export function withLedgerErrors<T>(path: string, work: () => T): T {
  return withDatabaseErrors(work, {
    damaged:
      "put a good copy in its place: without its charges, what was released is not accounted for",
    unusable: (problem, cause) => unusable(path, problem, cause),
  });
}

export function unusable(path: string, problem: string, cause?: unknown): AtollError {
  return new AtollError("PRIVACY_LEDGER", `${path} ${problem}`, { cause });
}
