import type { DuckDBConnection } from "@duckdb/node-api";
import type { RawColumn, RawTable } from "@atoll/core/data";
import { AtollError, AtollErrors, nearest } from "@atoll/core/errors";
import type { SourceConfig } from "./config.ts";
import { diagnose, identifier, readFailure, scanOf, withDatabase } from "./duckdb.ts";
import { locate, type LocatedSource } from "./locate.ts";

/** A column to read, and as what. */
export interface WantedColumn {
  readonly name: string;
  readonly as: "text" | "number" | "time";
}

export interface ReadOptions {
  readonly client: string;
  readonly columns: readonly WantedColumn[];
  readonly signal?: AbortSignal;
}

/**
 * Reads the wanted columns of a client's file, rows in file order. Text is kept as it stands and
 * dictionary-encoded in order of first appearance; times become seconds since 1970 (dates in UTC,
 * numbers as they are). What is no number or no time is an error with its first row.
 */
export async function readTable(config: SourceConfig, options: ReadOptions): Promise<RawTable> {
  const { client, signal } = options;
  const source = await locate(config, client, signal);
  const who = `client "${client}"`;
  return withDatabase(async (connection) => {
    const types = await columnTypes(connection, source, who);
    const wanted = [
      ...new Map(options.columns.map((column) => [`${column.name} ${column.as}`, column])).values(),
    ];
    checkColumns(wanted, types, source, who);
    const columns: Record<string, RawColumn> = {};
    let numRows = 0;
    const errors: AtollError[] = [];
    try {
      const select = wanted.map(
        (column, i) => `${expressionOf(column, types.get(column.name)!)} AS c${i}`,
      );
      const raw = wanted.map((column, i) =>
        column.as === "text" ? undefined : `CAST(${identifier(column.name)} AS VARCHAR) AS r${i}`,
      );
      const fields = [...select, ...raw.filter((field) => field !== undefined)];
      const reader = await connection.stream(
        `SELECT ${fields.join(", ")} FROM ${scanOf(source, { typed: false })}`,
      );
      const readers = wanted.map((column) =>
        column.as === "text" ? textReader() : numberReader(),
      );
      const rawIndex = new Map<number, number>();
      raw.forEach((field, i) => field && rawIndex.set(i, wanted.length + rawIndex.size));
      const bad = new Map<number, { row: number; value: string; count: number }>();
      for (;;) {
        signal?.throwIfAborted();
        const chunk = await reader.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) break;
        wanted.forEach((_, i) => {
          const values = chunk.getColumnValues(i) as readonly (string | number | null)[];
          readers[i]!.take(values);
          const original = rawIndex.get(i);
          if (original === undefined) return;
          const texts = chunk.getColumnValues(original) as readonly (string | null)[];
          for (let row = 0; row < values.length; row++) {
            if (
              values[row] !== null ||
              texts[row] === null ||
              texts[row]!.trim() === "" ||
              /^nan$/i.test(texts[row]!)
            )
              continue;
            const known = bad.get(i);
            if (known) known.count += 1;
            else bad.set(i, { row: numRows + row, value: texts[row]!, count: 1 });
          }
        });
        numRows += chunk.rowCount;
      }
      wanted.forEach((column, i) => {
        columns[column.name] = readers[i]!.done();
        const problem = bad.get(i);
        if (problem)
          errors.push(
            new AtollError(
              "DATA_NOT_A_NUMBER",
              `${who}: column "${column.name}" of ${source.path} holds ${problem.count} value(s) that are no ${column.as}, first ${JSON.stringify(problem.value)} in row ${problem.row + 1}; mend them or give the column another role`,
            ),
          );
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof AtollError ? error : readFailure(error, source, who);
    }
    if (errors.length > 0) throw new AtollErrors(errors);
    if (numRows === 0)
      throw new AtollError(
        "DATA_EMPTY_FILE",
        `${who}: ${source.path} has a header but no rows; give a file with rows or remove the client`,
      );
    return { numRows, columns };
  });
}

/** Names and SQL types of the file's columns. */
export async function columnTypes(
  connection: DuckDBConnection,
  source: LocatedSource,
  who: string,
): Promise<ReadonlyMap<string, string>> {
  try {
    const described = await connection.runAndReadAll(
      `DESCRIBE SELECT * FROM ${scanOf(source, { typed: false })}`,
    );
    return new Map(described.getRowsJson().map(([name, type]) => [String(name), String(type)]));
  } catch (error) {
    throw await diagnose(connection, error, source, who);
  }
}

function checkColumns(
  wanted: readonly WantedColumn[],
  types: ReadonlyMap<string, string>,
  source: LocatedSource,
  who: string,
): void {
  const existing = [...types.keys()];
  const errors = wanted
    .filter(({ name }) => !types.has(name))
    .map(({ name }) => {
      const meant = nearest(name, existing);
      return new AtollError(
        "DATA_MISSING_COLUMN",
        `${who}: ${source.path} has no column "${name}"${meant ? `; did you mean "${meant}"?` : ""}; it has: ${existing.join(", ")}`,
      );
    });
  if (errors.length > 0) throw new AtollErrors(errors);
}

function expressionOf({ name, as }: WantedColumn, type: string): string {
  const column = identifier(name);
  switch (as) {
    case "text":
      return `CAST(${column} AS VARCHAR)`;
    case "number":
      return `TRY_CAST(${column} AS DOUBLE)`;
    case "time":
      return /^(DATE|TIMESTAMP)/.test(type)
        ? `epoch(CAST(${column} AS TIMESTAMP))`
        : `COALESCE(TRY_CAST(${column} AS DOUBLE), epoch(TRY_CAST(${column} AS TIMESTAMP)))`;
  }
}

interface ColumnReader {
  readonly take: (values: readonly (string | number | null)[]) => void;
  readonly done: () => RawColumn;
}

function textReader(): ColumnReader {
  const codeOf = new Map<string, number>();
  const parts: Int32Array[] = [];
  return {
    take: (values) => {
      const codes = new Int32Array(values.length);
      for (let i = 0; i < values.length; i++) {
        const value = values[i] as string | null;
        if (value === null) {
          codes[i] = -1;
          continue;
        }
        let code = codeOf.get(value);
        if (code === undefined) codeOf.set(value, (code = codeOf.size));
        codes[i] = code;
      }
      parts.push(codes);
    },
    done: () => ({ kind: "text", codes: joined(parts, Int32Array), values: [...codeOf.keys()] }),
  };
}

function numberReader(): ColumnReader {
  const parts: Float64Array[] = [];
  return {
    take: (values) => {
      parts.push(Float64Array.from(values, (value) => (value === null ? NaN : Number(value))));
    },
    done: () => ({ kind: "number", values: joined(parts, Float64Array) }),
  };
}

function joined<T extends Int32Array | Float64Array>(
  parts: readonly T[],
  make: new (length: number) => T,
): T {
  const whole = new make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
