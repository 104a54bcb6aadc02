import { resolve } from "node:path";
import { inspectSource, type Inspection, type SourceConfig } from "@atoll/node/sources";
import type { AtollContext } from "../context.ts";
import { table as textTable } from "../terminal/table.ts";
import { UsageError } from "./usage-error.ts";
import type { InspectFlags } from "./inspect.ts";

export async function action(context: AtollContext, flags: InspectFlags, file?: string) {
  const inspection = await inspectSource(sourceOf(context, flags, file));
  context.process.stdout.write(
    flags.json ? `${JSON.stringify(inspection, null, 2)}\n` : `${describe(inspection)}\n`,
  );
}

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
