import { buildCommand } from "@stricli/core";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";

export interface InitFlags {
  readonly out: string;
  readonly force: boolean;
}

export const initCommand = buildCommand<InitFlags, string[], AtollContext>({
  docs: { brief: "Write a commented starter experiment for your own files, one per client" },
  parameters: {
    positional: {
      kind: "array",
      parameter: {
        brief: "CSV, TSV, JSONL or Parquet files, one per client; none: a template",
        parse: String,
        placeholder: "FILE",
      },
    },
    flags: {
      out: {
        kind: "parsed",
        parse: String,
        default: "experiment.yaml",
        brief: "the file to write",
        placeholder: "FILE",
      },
      force: { kind: "boolean", default: false, brief: "overwrite it" },
    },
  },
  loader: lazily(() => import("./init.action.ts")),
});
