import { buildCommand } from "@stricli/core";
import type { AtollContext } from "../context.ts";
import { lazily } from "./lazily.ts";
import { servedFlags } from "./served-flags.ts";

export interface ExportFlags {
  readonly method?: string;
  readonly seed?: number;
  readonly client?: readonly string[];
  readonly out: string;
  readonly json: boolean;
}

export const exportCommand = buildCommand<ExportFlags, [string], AtollContext>({
  docs: {
    brief: "Write a run's models as ONNX files that take raw rows, each with a model card",
    fullDescription:
      "Write one ONNX model for each client, with its encoders inside, a model card, and the SHA-256 of every file. Each model is first run in ONNX Runtime and compared with atoll predict; what differs is not written.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "the folder of a finished run", parse: String, placeholder: "RUN" }],
    },
    flags: {
      ...servedFlags,
      client: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        brief: "a client whose model is written; default: all",
        placeholder: "NAME",
      },
      out: { kind: "parsed", parse: String, brief: "folder of the models", placeholder: "DIR" },
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  loader: lazily(() => import("./export.action.ts")),
});
