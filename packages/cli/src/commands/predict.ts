import { buildCommand } from "@stricli/core";
import type { Format } from "@atoll/node/sources";
import type { AtollContext } from "../context.ts";
import { lazily } from "./lazily.ts";
import { servedFlags } from "./served-flags.ts";
import { wholeNumber } from "./whole-number.ts";

export interface PredictFlags {
  readonly rows: string;
  readonly client: string;
  readonly method?: string;
  readonly seed?: number;
  readonly out: string;
  readonly keep?: readonly string[];
  readonly top?: number;
  readonly format?: Format;
  readonly delimiter?: string;
  readonly threads?: number;
  readonly json: boolean;
}

export const predictCommand = buildCommand<PredictFlags, [string], AtollContext>({
  docs: {
    brief: "Score new rows with a client's model of a finished run",
    fullDescription:
      "Score new rows with a client's model of a finished run. The rows need the columns that the features are made of, and no label; a model that reads histories needs a column history with the items chosen before, oldest first. Each row has its score in the same place. Of methods whose clients are users, rows are requests: a user, and where wanted the time, an item, and what was chosen since.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "the folder of a finished run, or a silo's models of one",
          parse: String,
          placeholder: "RUN",
        },
      ],
    },
    flags: {
      rows: {
        kind: "parsed",
        parse: String,
        brief: "the new rows: CSV, TSV, JSONL or Parquet, or a quoted pattern of several files",
        placeholder: "FILE",
      },
      client: {
        kind: "parsed",
        parse: String,
        brief: "whose model scores them",
        placeholder: "NAME",
      },
      ...servedFlags,
      out: {
        kind: "parsed",
        parse: String,
        default: "scores.csv",
        brief: "file of the scores, CSV or Parquet by its ending",
        placeholder: "FILE",
      },
      keep: {
        kind: "parsed",
        parse: String,
        variadic: ",",
        optional: true,
        brief: "columns of the rows to write before the scores; default: those of user and item",
        placeholder: "NAME",
      },
      top: {
        kind: "parsed",
        parse: wholeNumber(1),
        optional: true,
        brief:
          "write only the best rows of each user or request, best first; but for models of features, the rows may then leave out the items",
        placeholder: "K",
      },
      format: {
        kind: "enum",
        values: ["csv", "tsv", "delimited", "jsonl", "parquet"] as const,
        optional: true,
        brief: "of the rows, where the file's ending does not say it",
      },
      delimiter: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "the character between columns",
        placeholder: "C",
      },
      threads: {
        kind: "parsed",
        parse: wholeNumber(1),
        optional: true,
        brief: "threads of the model; default: 1",
        placeholder: "N",
      },
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  loader: lazily(() => import("./predict.action.ts")),
});
