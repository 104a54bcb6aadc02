import { z } from "zod";
import { AtollError } from "@atoll/core/errors";

export const formats = ["csv", "tsv", "delimited", "jsonl", "parquet"] as const;

export type Format = (typeof formats)[number];

const settings = {
  format: z
    .enum(formats)
    .optional()
    .describe("default: by the file's ending; delimited needs `delimiter`"),
  delimiter: z
    .string()
    .length(1)
    .optional()
    .describe("the character between columns, for format delimited"),
  header: z.boolean().default(true).describe("whether the first line names the columns"),
  columnNames: z
    .array(z.string().min(1))
    .optional()
    .describe("names of the columns, where header is false"),
};

const path = z
  .string()
  .min(1)
  .describe(
    "the file, relative to data.directory, or a pattern such as part-*.parquet for several of the same columns, read in order of their names; text may be compressed (.gz, .zst)",
  );

/** One file, or several with the same columns. */
export const fileConfig = z.strictObject({ path, ...settings });

export type FileConfig = z.infer<typeof fileConfig>;

/** Where one client's rows lie: in files (`path`), or in what a query makes of tables. */
export const sourceConfig = z.strictObject({
  path: path.optional(),
  query: z
    .string()
    .min(1)
    .optional()
    .describe(
      "instead of path: one SELECT in DuckDB's SQL over `tables`. Columns of text files are text: cast where you calculate. Rows are sorted by all columns wherever SQL promises no order (joins, groups), and ties of an ORDER BY are broken the same way, so that two runs give equal tables",
    ),
  tables: z
    .record(z.string().min(1), fileConfig)
    .optional()
    .describe("the files that query reads, by their names in SQL"),
  ...settings,
});

export type SourceConfig = z.infer<typeof sourceConfig>;

/** The same with every path passed through `change`, such as one that makes it absolute. */
export function withPaths(source: SourceConfig, change: (path: string) => string): SourceConfig {
  return {
    ...source,
    ...(source.path !== undefined && { path: change(source.path) }),
    ...(source.tables && {
      tables: Object.fromEntries(
        Object.entries(source.tables).map(([name, table]) => [
          name,
          { ...table, path: change(table.path) },
        ]),
      ),
    }),
  };
}

/** What is wrong with how `path`, `query` and `tables` are put together; undefined where nothing is. */
export function sourceProblem(source: SourceConfig): string | undefined {
  const { path: file, query, tables } = source;
  if (file === undefined && query === undefined)
    return "names no rows; give path, or query with tables";
  if (file !== undefined && (query !== undefined || tables !== undefined))
    return "has both path and query; keep path, or move it into tables";
  if (query !== undefined && Object.keys(tables ?? {}).length === 0)
    return "has a query but no tables; name the files it reads, such as tables: { rows: { path: rows.csv } }";
  if (
    query !== undefined &&
    (source.format ?? source.delimiter ?? source.columnNames) !== undefined
  )
    return "has a query, so format, delimiter and columnNames belong to each of its tables";
  return undefined;
}

/** Refuses a source that `sourceProblem` finds fault with. */
export function checkSource(source: SourceConfig, client: string): void {
  const problem = sourceProblem(source);
  if (problem !== undefined)
    throw new AtollError("DATA_SOURCE", `client "${client}": its source ${problem}`);
}
