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

/** The table function that reads a file, every text column as text: ids keep their leading zeros. */
export function scanOf(source: LocatedSource, options: { readonly typed: boolean }): string {
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
      const names =
        columnNames && !header ? `, names = [${columnNames.map(literal).join(", ")}]` : "";
      const types = options.typed ? "sample_size = -1" : "all_varchar = true";
      return (
        `read_csv(${file}, delim = ${literal(delimiter)}, header = ${header}, quote = '"', escape = '"', ` +
        `strict_mode = true, null_padding = false, ignore_errors = false, nullstr = '', ${types}${names})`
      );
    }
  }
}

/** A failure of DuckDB in our words: the client, the file, and its first line. */
export function readFailure(error: unknown, source: LocatedSource, who: string): AtollError {
  const text = error instanceof Error ? error.message : String(error);
  const line = /Line:\s*(\d+)/i.exec(text)?.[1];
  const first = text.split("\n").find((part) => part.trim() !== "") ?? text;
  return new AtollError(
    "DATA_MALFORMED",
    `${who}: ${source.path}${line ? `, line ${line}` : ""} cannot be read as ${source.format}: ${first.trim()}; mend the line or set format, delimiter or header`,
    { cause: error },
  );
}
