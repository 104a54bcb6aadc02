import { closeSync, existsSync, linkSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { AtollError } from "@atoll/core/errors";
import { PATIENCE_MS, RESULT, resultOf, withDatabaseErrors } from "../ledger/database-errors.ts";
import { numberOf } from "../ledger/database.ts";
import { DatabaseSync } from "../sqlite/index.ts";

/** Marks a file as a store of answers: "ATLA". */
const APPLICATION = 0x41544c41;
const VERSION = 1;

const TABLES = `
  CREATE TABLE answers (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    content TEXT NOT NULL
  ) STRICT;
  PRAGMA application_id = ${APPLICATION};
  PRAGMA user_version = ${VERSION};
`;

/**
 * The SQLite database of a store, made where there is none, with its folders; its owner alone may read it.
 * A write-ahead log that does not wait for the disk: what was stored survives a killed process, and answers are
 * no slower for it; a power cut may take the latest ones, and leaves the others whole. Closing brings all into
 * the one file.
 */
export function openAnswersDatabase(path: string): DatabaseSync {
  return withStoreErrors(path, () => {
    if (!existsSync(path)) makeStore(path);
    return opened(
      path,
      new DatabaseSync(path, { timeout: PATIENCE_MS }),
      "PRAGMA synchronous = NORMAL",
    );
  });
}

/** The same for reading only; undefined where nothing was ever stored. */
export function readAnswersDatabase(path: string): DatabaseSync | undefined {
  return withStoreErrors(path, () => {
    if (!existsSync(path)) return undefined;
    const options = { timeout: PATIENCE_MS, readOnly: true };
    try {
      return opened(path, new DatabaseSync(path, options));
    } catch (error) {
      if (!isFixed(path, error)) throw error;
      return opened(path, new DatabaseSync(asItIs(path), options));
    }
  });
}

/** Whether nothing can be written beside the file, where readers of a write-ahead log keep their marks, and no log is there. */
function isFixed(path: string, error: unknown): boolean {
  const result = resultOf(error);
  return (result === RESULT.readOnly || result === RESULT.cannotOpen) && !existsSync(`${path}-wal`);
}

/** As a file that nobody changes: SQLite then makes no other beside it. */
function asItIs(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  return url;
}

/** Puts a store without answers in place as a whole, so that nobody finds half of one. */
function makeStore(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}-${crypto.randomUUID()}.tmp`;
  closeSync(openSync(temporary, "wx", 0o600));
  try {
    const database = new DatabaseSync(temporary);
    try {
      // A log would be brought into the file as it is closed, of which nobody says that it failed.
      database.exec(`${TABLES} PRAGMA journal_mode = WAL;`);
    } finally {
      database.close();
    }
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    for (const end of ["", "-journal", "-wal", "-shm"])
      rmSync(`${temporary}${end}`, { force: true });
  }
}

/** The database, checked and set up; closed again where it is no store. */
function opened(path: string, database: DatabaseSync, setUp = ""): DatabaseSync {
  try {
    check(database, path);
    database.exec(setUp);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function check(database: DatabaseSync, path: string): void {
  if (numberOf(database, "PRAGMA application_id") !== APPLICATION)
    throw unusable(path, "is a database of something else; set augmentation.cache to another path");
  const version = numberOf(database, "PRAGMA user_version");
  if (version !== VERSION)
    throw unusable(
      path,
      `is a store of version ${version}, and this Atoll knows version ${VERSION}; take the Atoll that wrote it, or another path`,
    );
}

/** Says of SQLite's and the file system's errors which store they are about, and what helps. */
export function withStoreErrors<T>(path: string, work: () => T): T {
  return withDatabaseErrors(work, {
    damaged: "put a good copy in its place, or move it away and have its prompts asked again",
    unusable: (problem, cause) => unusable(path, problem, cause),
  });
}

function unusable(path: string, problem: string, cause?: unknown): AtollError {
  return new AtollError("AUGMENTATION_STORE", `augmentation.cache: ${path} ${problem}`, { cause });
}
