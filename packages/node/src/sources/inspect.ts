import { AtollError } from "@atoll/core/errors";
import type { SourceConfig } from "./config.ts";
import { identifier, readFailure, scanOf, withDatabase } from "./duckdb.ts";
import { locate } from "./locate.ts";

export interface InspectedColumn {
  readonly name: string;
  readonly type: "text" | "number" | "time" | "other";
  readonly missing: number;
  readonly distinct: number;
  readonly min: string | null;
  readonly max: string | null;
  /** Numbers only. */
  readonly mean: number | null;
  /** Share of ones, for columns that hold only 0 and 1. */
  readonly rateOfOnes: number | null;
  readonly top: readonly { readonly value: string; readonly count: number }[];
}

/** What a file holds, column by column. */
export interface Inspection {
  readonly path: string;
  readonly format: string;
  readonly rows: number;
  readonly columns: readonly InspectedColumn[];
}

const TOP = 5;

function kindOf(type: string): InspectedColumn["type"] {
  if (/^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U|FLOAT|DOUBLE|DECIMAL|BOOLEAN)/.test(type))
    return "number";
  if (/^(DATE|TIME)/.test(type)) return "time";
  if (type.startsWith("VARCHAR")) return "text";
  return "other";
}

/** Counts and summarises a file's columns, with types as DuckDB detects them. */
export async function inspectFile(config: SourceConfig): Promise<Inspection> {
  const source = await locate(config, config.path);
  const who = `file "${config.path}"`;
  return withDatabase(async (connection) => {
    try {
      const scan = scanOf(source, { typed: true });
      const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`);
      const total = await connection.runAndReadAll(`SELECT count(*) FROM ${scan}`);
      const rows = Number(total.getRowsJson()[0]![0]);
      const columns: InspectedColumn[] = [];
      for (const [rawName, rawType] of described.getRowsJson()) {
        const name = String(rawName);
        const type = kindOf(String(rawType));
        const column = identifier(name);
        const number = type === "number" ? `CAST(${column} AS DOUBLE)` : "NULL";
        const summary = await connection.runAndReadAll(
          `SELECT count(*) - count(${column}), count(DISTINCT ${column}), CAST(min(${column}) AS VARCHAR), ` +
            `CAST(max(${column}) AS VARCHAR), avg(${number}), ` +
            `CASE WHEN count(${number}) > 0 AND bool_and(${number} IN (0, 1)) THEN avg(${number}) END FROM ${scan}`,
        );
        const [missing, distinct, min, max, mean, rate] = summary.getRowsJson()[0]!;
        const top = await connection.runAndReadAll(
          `SELECT CAST(${column} AS VARCHAR) AS value, count(*) AS rows FROM ${scan} WHERE ${column} IS NOT NULL ` +
            `GROUP BY value ORDER BY rows DESC, value LIMIT ${TOP}`,
        );
        columns.push({
          name,
          type,
          missing: Number(missing),
          distinct: Number(distinct),
          min: min === null ? null : String(min),
          max: max === null ? null : String(max),
          mean: mean === null ? null : Number(mean),
          rateOfOnes: rate === null ? null : Number(rate),
          top: top
            .getRowsJson()
            .map(([value, count]) => ({ value: String(value), count: Number(count) })),
        });
      }
      return { path: config.path, format: source.format, rows, columns };
    } catch (error) {
      throw error instanceof AtollError ? error : readFailure(error, source, who);
    }
  });
}
