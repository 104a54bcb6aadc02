import type { DuckDBConnection } from "@duckdb/node-api";
import { AtollError } from "@atoll/core/errors";
import { asPattern, literal, rowsOf } from "./database.ts";
import type { LocatedFiles } from "./locate.ts";

/** How strictly text is read, and whether DuckDB finds out types. */
export interface ScanOptions {
  /** Typed values, as DuckDB detects them; otherwise all text, so that ids keep their leading zeros. */
  readonly typed: boolean;
  /** Skips malformed lines: to learn a broken file's columns, never to read rows. */
  readonly lenient?: boolean;
  /** The columns, where they are known: nothing is detected then. */
  readonly columns?: readonly string[];
  /** Only these of the files. */
  readonly files?: readonly string[];
}

/** The table function that reads the files, one after another. */
export function scanOf(source: LocatedFiles, options: ScanOptions): string {
  const { format, delimiter, header, columnNames } = source;
  const files = (options.files ?? source.files).map((path) => literal(asPattern(path)));
  const list = `[${files.join(", ")}]`;
  switch (format) {
    case "parquet":
      return `read_parquet(${list})`;
    case "jsonl":
      return `read_json(${list}, format = 'newline_delimited', sample_size = -1, union_by_name = true)`;
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
        `read_csv(${list}, delim = ${literal(delimiter)}, header = ${header}, quote = '"', escape = '"', ` +
        `strict_mode = ${!lenient}, null_padding = false, ignore_errors = ${lenient}, nullstr = '', ${detection})`
      );
    }
  }
}

/** A failure of DuckDB in our words: the client, the file, and its first line. */
export function readFailure(error: unknown, source: LocatedFiles, who: string): AtollError {
  const text = error instanceof Error ? error.message : String(error);
  const line = /Line:\s*(\d+)/i.exec(text)?.[1];
  const lines = text.split("\n").map((part) => part.trim());
  const first =
    lines.find((part) => /^Expected Number|^Value with|unterminated/i.test(part)) ??
    lines.find((part) => part !== "") ??
    text;
  const file = source.files.find((path) => text.includes(path)) ?? source.path;
  return new AtollError(
    "DATA_MALFORMED",
    `${who}: ${file}${line ? `, line ${line}` : ""} cannot be read as ${source.format}: ${first.replace(/\.$/, "")}; mend the line or set format, delimiter or header`,
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
  source: LocatedFiles,
  who: string,
): Promise<AtollError> {
  if (source.format === "parquet" || source.format === "jsonl")
    return readFailure(error, source, who);
  try {
    const lenient = scanOf(source, { typed: false, lenient: true });
    const described = await rowsOf(connection, `DESCRIBE SELECT * FROM ${lenient}`);
    const columns = described.map(([name]) => String(name));
    await rowsOf(connection, `SELECT count(*) FROM ${scanOf(source, { typed: false, columns })}`);
    return readFailure(error, source, who);
  } catch (named) {
    return readFailure(named, source, who);
  }
}

/** Names and SQL types of the files' columns; files that differ from the first are refused. */
export async function columnsOf(
  connection: DuckDBConnection,
  source: LocatedFiles,
  who: string,
): Promise<ReadonlyMap<string, string>> {
  const describe = async (files: readonly string[]) => {
    const rows = await rowsOf(
      connection,
      `DESCRIBE SELECT * FROM ${scanOf(source, { typed: false, files })}`,
    );
    return new Map(rows.map(([name, type]) => [String(name), String(type)]));
  };
  try {
    // Lines of JSON may leave keys out: their columns are those of all files together.
    if (source.format === "jsonl") return await describe(source.files);
    const first = await describe(source.files.slice(0, 1));
    for (const file of source.files.slice(1)) checkSame(first, await describe([file]), file);
    return first;
  } catch (error) {
    if (error instanceof AtollError) throw error;
    throw await diagnose(connection, error, source, who);
  }

  function checkSame(
    first: ReadonlyMap<string, string>,
    other: ReadonlyMap<string, string>,
    file: string,
  ): void {
    const shown = (columns: ReadonlyMap<string, string>) =>
      [...columns].map(([name, type]) => (source.format === "parquet" ? `${name} ${type}` : name));
    const [expected, found] = [shown(first), shown(other)];
    if (expected.length === found.length && expected.every((name, i) => name === found[i])) return;
    throw new AtollError(
      "DATA_COLUMNS_DIFFER",
      `${who}: ${file} has the columns ${found.join(", ")}, but ${source.files[0]} has ${expected.join(", ")}; files of one pattern must have the same columns in the same order`,
    );
  }
}
