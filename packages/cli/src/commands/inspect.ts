import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { formats, inspectSource, type Format, type Inspection } from "@atoll/node/sources";
import type { AtollContext } from "../context.ts";
import { table } from "../terminal/table.ts";

interface InspectFlags {
  readonly format?: Format;
  readonly delimiter?: string;
  readonly json: boolean;
}

export const inspectCommand = buildCommand<InspectFlags, [string], AtollContext>({
  docs: {
    brief: "Show a file's columns: types, counts, missing values, label rate, most frequent values",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "a CSV, TSV, JSONL or Parquet file, text may be gzipped",
          parse: String,
          placeholder: "FILE",
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
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  func: async function (
    this: AtollContext,
    { json, format, delimiter }: InspectFlags,
    file: string,
  ) {
    const inspection = await inspectSource({
      path: resolve(this.cwd, file),
      header: true,
      ...(format && { format }),
      ...(delimiter && { delimiter }),
    });
    this.process.stdout.write(
      json ? `${JSON.stringify(inspection, null, 2)}\n` : `${describe(inspection)}\n`,
    );
  },
});

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
  return `${path}\n${format}, ${number(rows)} rows, ${columns.length} columns\n\n${table([header, ...lines], { left: [0, 1, 8] })}`;
}
