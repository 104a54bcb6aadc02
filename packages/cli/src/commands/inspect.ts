import { buildCommand } from "@stricli/core";
import type { Format } from "@atoll/node/sources";
import type { formats } from "@atoll/node/sources";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";

export interface InspectFlags {
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
        values: ["csv", "tsv", "delimited", "jsonl", "parquet"] as const satisfies typeof formats,
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
  loader: lazily(() => import("./inspect.action.ts")),
});
