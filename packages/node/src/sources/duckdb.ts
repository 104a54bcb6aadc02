import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { AtollError } from "@atoll/core/errors";
import type { LocatedSource } from "./locate.ts";

/** A private in-memory database that never loads an extension, so never reaches for a network. */
export async function withDatabase<T>(
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", {
    autoload_known_extensions: "false",
    autoinstall_known_extensions: "false",
    preserve_insertion_order: "true",
  });
  const connection = await instance.connect();
  try {
    return await use(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A string as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** How strictly text is read, and whether DuckDB finds out types. */
export interface ScanOptions {
  /** Typed values, as DuckDB detects them; otherwise all text, so that ids keep their leading zeros. */
  readonly typed: boolean;
  /** Skips malformed lines: to learn a broken file's columns, never to read rows. */
  readonly lenient?: boolean;
  /** The columns, where they are known: nothing is detected then. */
  readonly columns?: readonly string[];
}

/** The table function that reads a file. */
export function scanOf(source: LocatedSource, options: ScanOptions): string {
  const { path, format, delimiter, header, columnNames } = source;
  // DuckDB takes a path for a pattern: its special characters stand for themselves here.
  const file = literal(path.replaceAll(/[*?[]/g, (character) => `[${character}]`));
  switch (format) {
    case "parquet":
      return `read_parquet(${file})`;
    case "jsonl":
      return `read_json(${file}, format = 'newline_delimited', sample_size = -1)`;
    case "csv":
    case "tsv":
    case "delimited": {
      const { typed, lenient = false, columns } = options;
      const names =
        columnNames && !header ? `, names = [${columnNames.map(literal).join(", ")}]` : "";
      const known = columns?.map((name) => `${literal(name)}: 'VARCHAR'`).join(", ");
      const detection =
        known !== undefined
          ? `auto_detect = false, columns = {${known}}`
          : (typed ? "sample_size = -1" : "all_varchar = true") + names;
      return (
        `read_csv(${file}, delim = ${literal(delimiter)}, header = ${header}, quote = '"', escape = '"', ` +
        `strict_mode = ${!lenient}, null_padding = false, ignore_errors = ${lenient}, nullstr = '', ${detection})`
      );
    }
  }
}

/** A failure of DuckDB in our words: the client, the file, and its first line. */
export function readFailure(error: unknown, source: LocatedSource, who: string): AtollError {
  const text = error instanceof Error ? error.message : String(error);
  const line = /Line:\s*(\d+)/i.exec(text)?.[1];
  const lines = text.split("\n").map((part) => part.trim());
  const first =
    lines.find((part) => /^Expected Number|^Value with|unterminated/i.test(part)) ??
    lines.find((part) => part !== "") ??
    text;
  return new AtollError(
    "DATA_MALFORMED",
    `${who}: ${source.path}${line ? `, line ${line}` : ""} cannot be read as ${source.format}: ${first.replace(/\.$/, "")}; mend the line or set format, delimiter or header`,
    { cause: error },
  );
}

/**
 * What is wrong with a text file that DuckDB could not make sense of: its columns are learned with
 * malformed lines left out, then it is read strictly, which names the line.
 */
export async function diagnose(
  connection: DuckDBConnection,
  error: unknown,
  source: LocatedSource,
  who: string,
): Promise<AtollError> {
  if (source.format === "parquet" || source.format === "jsonl")
    return readFailure(error, source, who);
  try {
    const lenient = scanOf(source, { typed: false, lenient: true });
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${lenient}`);
    const columns = described.getRowsJson().map(([name]) => String(name));
    await connection.runAndReadAll(
      `SELECT count(*) FROM ${scanOf(source, { typed: false, columns })}`,
    );
    return readFailure(error, source, who);
  } catch (named) {
    return readFailure(named, source, who);
  }
}
