import { closeSync, existsSync, linkSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AtollError } from "@atoll/core/errors";
import { numberOf } from "../ledger/database.ts";

/** Marks a file as a store of answers: "ATLA". */
const APPLICATION = 0x41544c41;
const VERSION = 1;
/** How long one waits for another process to finish its answer. */
const PATIENCE_MS = 60_000;

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
    return opened(path, { readOnly: false });
  });
}

/** The same for reading only; undefined where nothing was ever stored. */
export function readAnswersDatabase(path: string): DatabaseSync | undefined {
  return withStoreErrors(path, () =>
    existsSync(path) ? opened(path, { readOnly: true }) : undefined,
  );
}

/** Puts a store without answers in place as a whole, so that nobody finds half of one. */
function makeStore(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}-${crypto.randomUUID()}.tmp`;
  closeSync(openSync(temporary, "wx", 0o600));
  try {
    const database = new DatabaseSync(temporary);
    try {
      database.exec(`PRAGMA journal_mode = WAL; ${TABLES}`);
    } finally {
      database.close();
    }
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function opened(path: string, { readOnly }: { readonly readOnly: boolean }): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: PATIENCE_MS, readOnly });
  try {
    check(database, path);
    if (!readOnly) database.exec("PRAGMA synchronous = NORMAL");
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
  try {
    return work();
  } catch (error) {
    const way = wayOut(error);
    if (way === undefined) throw error;
    throw unusable(path, `cannot be used (${(error as Error).message}); ${way}`, error);
  }
}

/** SQLite's primary result codes. */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

function wayOut(error: unknown): string | undefined {
  const { code, errcode } = error as { readonly code?: string; readonly errcode?: number };
  if (code === "ERR_SQLITE_ERROR") {
    switch ((errcode ?? 0) & 255) {
      case BUSY:
        return `another process has held it for ${PATIENCE_MS / 1000} seconds`;
      case CORRUPT:
      case NOT_A_DATABASE:
        return "put a good copy in its place, or move it away and have its prompts asked again";
      default:
        return "see that the file and its folder can be written to and have room";
    }
  }
  return code !== undefined && /^E[A-Z]+$/.test(code) && !code.startsWith("ERR")
    ? "see that its folder exists and can be written to"
    : undefined;
}

function unusable(path: string, problem: string, cause?: unknown): AtollError {
  return new AtollError("AUGMENTATION_STORE", `augmentation.cache: ${path} ${problem}`, { cause });
}
