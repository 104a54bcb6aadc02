import type { DuckDBConnection } from "@duckdb/node-api";
import { AtollError } from "@atoll/core/errors";
import {
  identifier,
  lockDown,
  openDatabase,
  rowsOf,
  type Database,
  type DatabaseOptions,
} from "./database.ts";
import { allFiles, type LocatedFiles, type LocatedSource } from "./locate.ts";
import { steadyQuery } from "./query.ts";
import { columnsOf, readFailure, scanOf } from "./scan.ts";

/** A source that is open for reading. */
export interface Relation {
  readonly connection: DuckDBConnection;
  /** What stands after FROM. Its rows have a fixed order. */
  readonly from: string;
  /** Names and SQL types of the columns. */
  readonly types: ReadonlyMap<string, string>;
  /** The path, pattern or query, for messages. */
  readonly shown: string;
  readonly failure: (error: unknown) => AtollError;
  readonly close: () => void;
}

/** Opens a source in a database of its own, which can read the source's files and nothing else. */
export async function openRelation(
  source: LocatedSource,
  who: string,
  options: DatabaseOptions & { readonly typed?: boolean } = {},
): Promise<Relation> {
  const { typed = false, ...limits } = options;
  return source.kind === "files"
    ? openFiles(source, who, typed, limits)
    : openQuery(source, who, limits);
}

async function openLocked(source: LocatedSource, limits: DatabaseOptions): Promise<Database> {
  const database = await openDatabase(limits);
  await lockDown(database.connection, allFiles(source));
  return database;
}

async function openFiles(
  source: LocatedFiles,
  who: string,
  typed: boolean,
  limits: DatabaseOptions,
): Promise<Relation> {
  const { connection, close } = await openLocked(source, limits);
  const from = scanOf(source, { typed });
  const failure = (error: unknown) => readFailure(error, source, who);
  try {
    let types = await columnsOf(connection, source, who);
    if (typed)
      types = await describe(connection, from).catch((error: unknown) => {
        throw failure(error);
      });
    return { connection, from, types, shown: source.path, failure, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function describe(connection: DuckDBConnection, from: string) {
  const rows = await rowsOf(connection, `DESCRIBE SELECT * FROM ${from}`);
  return new Map(rows.map(([name, type]) => [String(name), String(type)]));
}

async function openQuery(
  source: Extract<LocatedSource, { kind: "query" }>,
  who: string,
  limits: DatabaseOptions,
): Promise<Relation> {
  let { connection, close } = await openLocked(source, limits);
  const tables = new Map<string, ReadonlyMap<string, string>>();
  const addViews = async () => {
    for (const [name, table] of Object.entries(source.tables)) {
      tables.set(name, await columnsOf(connection, table, who));
      await connection.run(
        `CREATE VIEW ${identifier(name)} AS SELECT * FROM ${scanOf(table, { typed: false })}`,
      );
    }
  };
  const failure = (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    const first = text.split("\n").find((line) => line.trim() !== "") ?? text;
    const known = [...tables].map(
      ([name, columns]) => `${name} (${[...columns.keys()].join(", ")})`,
    );
    return new AtollError(
      "DATA_QUERY",
      `${who}: query fails: ${first.trim().replace(/\.$/, "")}; it reads only the tables that it is given: ${known.join("; ")}`,
      { cause: error },
    );
  };
  try {
    await addViews();
    const { sql, oneThread } = await steadyQuery(connection, source.query, who);
    if (oneThread && (limits.threads ?? 2) > 1) {
      // The number of threads is locked like every setting: a database with one takes over.
      close();
      ({ connection, close } = await openLocked(source, { ...limits, threads: 1 }));
      await addViews();
    }
    const from = `(${sql})`;
    const types = await describe(connection, from);
    return { connection, from, types, shown: "its query", failure, close };
  } catch (error) {
    close();
    throw error instanceof AtollError ? error : failure(error);
  }
}
