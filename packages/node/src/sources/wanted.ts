import { AtollError, AtollErrors, nearest } from "@atoll/core/errors";
import { identifier } from "./database.ts";

/** A column to read, and as what. */
export interface WantedColumn {
  readonly name: string;
  readonly as: "text" | "number" | "time";
  /** Whether the file may do without it; it is left out then. */
  readonly optional?: true;
}

/** The same columns, each once. */
export function distinctColumns(columns: readonly WantedColumn[]): readonly WantedColumn[] {
  return [...new Map(columns.map((column) => [`${column.name} ${column.as}`, column])).values()];
}

/** Refuses columns that are not there, all of them at once. */
export function checkColumns(
  wanted: readonly WantedColumn[],
  types: ReadonlyMap<string, string>,
  shown: string,
  who: string,
): void {
  const existing = [...types.keys()];
  const errors = wanted
    .filter(({ name }) => !types.has(name))
    .map(({ name }) => {
      const meant = nearest(name, existing);
      return new AtollError(
        "DATA_MISSING_COLUMN",
        `${who}: ${shown} has no column "${name}"${meant ? `; did you mean "${meant}"?` : ""}; it has: ${existing.join(", ")}`,
      );
    });
  if (errors.length > 0) throw new AtollErrors(errors);
}

const NUMBERS =
  /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|FLOAT|DOUBLE|DECIMAL|BOOLEAN)/;
const TIMES = /^(DATE|TIMESTAMP)/;

/** A column's value as SQL: text, or a number that is NULL where there is none. */
function valueOf({ name, as }: WantedColumn, type: string): string {
  const column = identifier(name);
  switch (as) {
    case "text":
      return `CAST(${column} AS VARCHAR)`;
    case "number":
      return `TRY_CAST(${column} AS DOUBLE)`;
    case "time":
      return TIMES.test(type)
        ? `epoch(CAST(${column} AS TIMESTAMP))`
        : `COALESCE(TRY_CAST(${column} AS DOUBLE), epoch(TRY_CAST(${column} AS TIMESTAMP)))`;
  }
}

/** The same with NaN for a number that is missing, so that no mask travels with it. */
export function selectOf(column: WantedColumn, type: string): string {
  const value = valueOf(column, type);
  return column.as === "text" ? value : `COALESCE(CAST(${value} AS DOUBLE), 'NaN'::DOUBLE)`;
}

/**
 * Whether a row holds something that should be a number or a time and is none, as SQL; undefined for
 * columns that cannot. Blank texts and "nan" are missing values.
 */
export function badOf(column: WantedColumn, type: string): string | undefined {
  if (column.as === "text" || NUMBERS.test(type)) return undefined;
  if (column.as === "time" && TIMES.test(type)) return undefined;
  const text = `CAST(${identifier(column.name)} AS VARCHAR)`;
  return (
    `CASE WHEN ${valueOf(column, type)} IS NULL AND ${identifier(column.name)} IS NOT NULL ` +
    `THEN NOT regexp_full_match(${text}, '\\s*|(?i:nan)') ELSE false END`
  );
}
