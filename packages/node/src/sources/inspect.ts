import { AtollError } from "@atoll/core/errors";
import type { SourceConfig } from "./config.ts";
import { checkWhole } from "./compression.ts";
import { identifier, rowsOf } from "./database.ts";
import { allFiles, locate } from "./locate.ts";
import { openRelation } from "./relation.ts";

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
  // Lists, structures and maps of numbers are no numbers.
  if (/[\])]$/.test(type) && !/^DECIMAL\([^()]*\)$/.test(type)) return "other";
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL|BOOLEAN)/.test(type))
    return "number";
  if (/^(DATE|TIME)/.test(type)) return "time";
  if (type.startsWith("VARCHAR")) return "text";
  return "other";
}

/** Counts and summarises a source's columns: those of files with types as DuckDB detects them. */
export async function inspectSource(config: SourceConfig): Promise<Inspection> {
  const shown = config.path ?? "query";
  const source = await locate(config, shown);
  const who = config.path === undefined ? "query" : `file "${config.path}"`;
  for (const file of allFiles(source)) await checkWhole(file, who);
  const { connection, from, types, failure, close } = await openRelation(source, who, {
    typed: true,
  });
  try {
    const [total] = await rowsOf(connection, `SELECT count(*) FROM ${from}`);
    const rows = Number(total![0]);
    const columns: InspectedColumn[] = [];
    for (const [name, sqlType] of types) {
      const type = kindOf(sqlType);
      const column = identifier(name);
      const number = type === "number" ? `CAST(${column} AS DOUBLE)` : "NULL";
      const [summary] = await rowsOf(
        connection,
        `SELECT count(*) - count(${column}), count(DISTINCT ${column}), CAST(min(${column}) AS VARCHAR), ` +
          `CAST(max(${column}) AS VARCHAR), avg(${number}), ` +
          `CASE WHEN count(${number}) > 0 AND bool_and(${number} IN (0, 1)) THEN avg(${number}) END FROM ${from}`,
      );
      const [missing, distinct, min, max, mean, rate] = summary!;
      const top = await rowsOf(
        connection,
        `SELECT CAST(${column} AS VARCHAR) AS value, count(*) AS rows FROM ${from} WHERE ${column} IS NOT NULL ` +
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
        top: top.map(([value, count]) => ({ value: String(value), count: Number(count) })),
      });
    }
    const format = source.kind === "files" ? source.format : "query";
    return { path: shown, format, rows, columns };
  } catch (error) {
    throw error instanceof AtollError ? error : failure(error);
  } finally {
    close();
  }
}
