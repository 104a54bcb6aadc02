import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { StatementSync } from "node:sqlite";
import { setImmediate as othersFirst } from "node:timers/promises";
import { AtollError } from "@atoll/core/errors";
import { DatabaseSync } from "@atoll/node/sqlite";
import { takeSqliteLock } from "./sqlite-lock.ts";
import { createTurns } from "./turns.ts";
import type { Row, Sql } from "./types.ts";
import { toParams } from "./values.ts";

/** Marks a file as a record: "ATLR". */
const APPLICATION = 0x41544c52;

/**
 * The embedded record: one SQLite file, made where there is none, with its folder; its owner alone may read it. What
 * was committed is on disk, whether the process is killed or the power is cut: a write-ahead log, written through at
 * each commit. One process works with it at a time: RECORD_LOCKED. RECORD_UNUSABLE.
 */
export function openSqlite(file: string): Promise<Sql> {
  return withSqliteErrors(file, () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    for (const path of [`${file}.lock`, file])
      if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
    const lock = takeSqliteLock(file);
    try {
      return sqlOn(file, { database: opened(file), release: lock.release });
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

function opened(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 10_000 });
  try {
    const numberOf = (query: string) => Object.values(database.prepare(query).get()!)[0];
    if (numberOf("PRAGMA application_id") !== APPLICATION) {
      if (numberOf("SELECT count(*) FROM sqlite_schema") !== 0)
        throw unusable(file, "is a database of something else; give another path");
      database.exec(`PRAGMA application_id = ${APPLICATION}`);
    }
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

type Work = (sql: Pick<Sql, "query">) => Promise<unknown>;

function sqlOn(
  file: string,
  { database, release }: { readonly database: DatabaseSync; readonly release: () => void },
): Sql {
  const inTurn = createTurns();
  const statements = new Map<string, StatementSync>();
  const run = async (text: string, params: readonly unknown[] = []): Promise<readonly Row[]> => {
    const statement = statements.get(text) ?? database.prepare(text);
    // Texts with as many places as there are rows would fill the memory.
    if (text.length < 1000) statements.set(text, statement);
    const named = Object.fromEntries(toParams(params).map((value, i) => [`$${i + 1}`, value]));
    return statement.all(named);
  };
  /** Each on its own: what one of them undoes is its own alone. */
  const inSavepoint = async (work: Work): Promise<() => unknown> => {
    database.exec("SAVEPOINT one");
    try {
      const result = await work({ query: run });
      database.exec("RELEASE one");
      return () => result;
    } catch (error) {
      // SQLite itself ends everything where the disk is full or fails.
      if (!database.isTransaction) throw error;
      database.exec("ROLLBACK TO one; RELEASE one");
      return () => {
        throw error;
      };
    }
  };
  const commitAll = async (works: readonly Work[]): Promise<readonly (() => unknown)[]> => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const outcomes = [];
      for (const work of works) outcomes.push(await inSavepoint(work));
      database.exec("COMMIT");
      return outcomes;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  };
  /** Transactions that wait for the same turn: to be written through once takes as long as for one of them. */
  let waiting:
    | { readonly works: Work[]; readonly outcomes: ReturnType<typeof commitAll> }
    | undefined;
  const join = (work: Work) => {
    if (waiting === undefined) {
      const works: Work[] = [];
      const outcomes = inTurn(async () => {
        // Those whose calls are being read come along.
        await othersFirst();
        if (waiting?.works === works) waiting = undefined;
        return commitAll(works);
      });
      waiting = { works, outcomes };
    }
    const { works, outcomes } = waiting;
    const at = works.push(work) - 1;
    return outcomes.then((all) => all[at]!());
  };
  return {
    dialect: "sqlite",
    query: (text, params) => {
      // Whoever asks now is answered before what is begun later.
      waiting = undefined;
      return inTurn(() => withSqliteErrors(file, () => run(text, params)));
    },
    transaction: <T>(work: (sql: Pick<Sql, "query">) => Promise<T>) =>
      withSqliteErrors(file, () => join(work) as Promise<T>),
    close: () =>
      inTurn(async () => {
        if (!database.isOpen) return;
        statements.clear();
        database.close();
        release();
      }),
  };
}

/** SQLite's primary result codes of a file that is damaged, or no database at all. */
const DAMAGED = new Set([11, 26]);
const FULL = 13;
const CONSTRAINT = 19;
/** A statement that is wrong, or a trigger that refused. */
const ERROR = 1;

/** Says of SQLite's and the file system's errors which record they are about, and what helps. */
async function withSqliteErrors<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, errcode, message } = error as Error & { code?: string; errcode?: number };
    const isOfFiles = code !== undefined && /^E[A-Z]+$/.test(code) && !code.startsWith("ERR");
    if (!isOfFiles && code !== "ERR_SQLITE_ERROR") throw error;
    const result = (errcode ?? 0) & 255;
    if (result === CONSTRAINT || result === ERROR) throw error;
    if (result === FULL || code === "ENOSPC")
      throw new AtollError("DISK_FULL", `${file} cannot be written to (${message}); make room`, {
        cause: error,
      });
    const way = DAMAGED.has(result)
      ? "put a good copy in its place"
      : "see that the file and its folder can be written to and have room";
    throw unusable(file, `cannot be used (${message}); ${way}`, error);
  }
}

function unusable(file: string, problem: string, cause?: unknown): AtollError {
  return new AtollError("RECORD_UNUSABLE", `${file} ${problem}`, { cause });
}
