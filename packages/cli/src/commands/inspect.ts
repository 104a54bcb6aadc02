import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import {
  formats,
  inspectSource,
  type Format,
  type Inspection,
  type SourceConfig,
} from "@atoll/node/sources";
import type { AtollContext } from "../context.ts";
import { table as textTable } from "../terminal/table.ts";
import { UsageError } from "./run.ts";

interface InspectFlags {
  readonly query?: string;
  readonly table?: readonly string[];
  readonly format?: Format;
  readonly delimiter?: string;
  readonly json: boolean;
}

export const inspectCommand = buildCommand<InspectFlags, [string?], AtollContext>({
  docs: {
    brief: "Show a file's columns: types, counts, missing values, label rate, most frequent values",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief:
            "a CSV, TSV, JSONL or Parquet file, or a quoted pattern of several; text may be compressed (.gz, .zst)",
          parse: String,
          placeholder: "FILE",
          optional: true,
        },
      ],
    },
    flags: {
      format: {
        kind: "enum",
        values: formats,
        optional: true,
        brief: "where the file's ending does not say it",
      },
      delimiter: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "the character between columns",
        placeholder: "C",
      },
      query: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "instead of a file: a SELECT over tables",
        placeholder: "SQL",
      },
      table: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        brief: "a file that the query reads, and its name there",
        placeholder: "NAME=FILE",
      },
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  func: async function (this: AtollContext, flags: InspectFlags, file?: string) {
    const inspection = await inspectSource(sourceOf(this, flags, file));
    this.process.stdout.write(
      flags.json ? `${JSON.stringify(inspection, null, 2)}\n` : `${describe(inspection)}\n`,
    );
  },
});

function sourceOf(
  { cwd }: AtollContext,
  { format, delimiter, query, table }: InspectFlags,
  file: string | undefined,
): SourceConfig {
  const settings = { header: true, ...(format && { format }), ...(delimiter && { delimiter }) };
  if (file !== undefined && query === undefined) return { path: resolve(cwd, file), ...settings };
  if (file !== undefined || query === undefined)
    throw new UsageError("give either a file, or --query with --table NAME=FILE");
  const tables = (table ?? []).map((entry) => {
    const equals = entry.indexOf("=");
    if (equals <= 0) throw new UsageError(`--table ${entry} is not of the form NAME=FILE`);
    return [
      entry.slice(0, equals),
      { path: resolve(cwd, entry.slice(equals + 1)), ...settings },
    ] as const;
  });
  return { query, tables: Object.fromEntries(tables), header: true };
}

function describe({ path, format, rows, columns }: Inspection): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const short = (value: string | null) =>
    value === null ? "" : [...value].length > 24 ? `${[...value].slice(0, 23).join("")}…` : value;
  const lines = columns.map(
    ({ name, type, missing, distinct, min, max, mean, rateOfOnes, top }) => [
      name,
      type,
      number(missing),
      number(distinct),
      short(min),
      short(max),
      mean === null ? "" : mean.toPrecision(4),
      rateOfOnes === null ? "" : `${(100 * rateOfOnes).toFixed(2)}%`,
      top
        .slice(0, 3)
        .map(({ value, count }) => `${short(value)} (${number(count)})`)
        .join(", "),
    ],
  );
  const header = [
    "column",
    "type",
    "missing",
    "distinct",
    "min",
    "max",
    "mean",
    "ones",
    "most frequent",
  ];
  return `${path}\n${format}, ${number(rows)} rows, ${columns.length} columns\n\n${textTable([header, ...lines], { left: [0, 1, 8] })}`;
}
