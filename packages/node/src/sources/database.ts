import { mkdirSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

/** What DuckDB may take of the machine. */
export interface DatabaseOptions {
  /** Memory for sorting and joining, in MiB; beyond it, DuckDB spills to disk. */
  readonly memoryMiB?: number;
  /** Where it spills; it leaves nothing behind. */
  readonly temporaryDirectory?: string;
  readonly threads?: number;
}

export interface Database {
  readonly connection: DuckDBConnection;
  readonly close: () => void;
}

/** A private in-memory database that never loads an extension, so never reaches for a network. */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const {
    memoryMiB = 1536,
    temporaryDirectory = join(tmpdir(), `atoll-spill-${process.pid}`),
    threads = availableParallelism(),
  } = options;
  mkdirSync(join(temporaryDirectory, ".."), { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", {
    autoload_known_extensions: "false",
    autoinstall_known_extensions: "false",
    preserve_insertion_order: "true",
    memory_limit: `${memoryMiB}MiB`,
    temp_directory: temporaryDirectory,
    threads: String(threads),
  });
  const connection = await instance.connect();
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/**
 * From here on the database reads these files and no others, loads nothing, and cannot be talked out of it.
 * Statements that write files fail for the same reason; only the given files could be overwritten, which is
 * why nothing but a SELECT is ever run (see query.ts).
 */
export async function lockDown(
  connection: DuckDBConnection,
  files: readonly string[],
): Promise<void> {
  const spellings = new Set(files.flatMap((file) => [file, asPattern(file)]));
  await connection.run(`SET allowed_paths = [${[...spellings].map(literal).join(", ")}]`);
  await connection.run("SET streaming_buffer_size = '256MiB'");
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}

/** DuckDB takes a path for a pattern: this pattern matches the path and nothing else. */
export function asPattern(path: string): string {
  return path.replaceAll(/[*?[]/g, (character) => `[${character}]`);
}

/** A string as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The rows of a statement, as JSON has them. */
export async function rowsOf(connection: DuckDBConnection, sql: string) {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowsJson();
}
