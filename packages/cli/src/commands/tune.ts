import { buildCommand } from "@stricli/core";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";
import { wholeNumber } from "./whole-number.ts";

export interface TuneFlags {
  readonly out?: string;
  readonly threads?: number;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly final: boolean;
  readonly resume?: string;
}

export const tuneCommand = buildCommand<TuneFlags, [string?], AtollContext>({
  docs: {
    brief: "Search settings of an experiment by a validation metric; test rows stay unread",
    customUsage: ["TUNE.yaml [--out DIR] [--final]", "--resume DIR [--final]"],
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "the tune, a YAML file: which experiment, which settings, how to search",
          parse: String,
          placeholder: "FILE",
          optional: true,
        },
      ],
    },
    flags: {
      out: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "folder of the tune; default runs/NAME-TIME",
        placeholder: "DIR",
      },
      threads: {
        kind: "parsed",
        parse: wholeNumber(1),
        optional: true,
        brief: "threads of each trial; never changes a number",
        placeholder: "N",
      },
      quiet: { kind: "boolean", default: false, brief: "print the final table only" },
      json: { kind: "boolean", default: false, brief: "one JSON event per line, the result last" },
      final: {
        kind: "boolean",
        default: false,
        brief: "in the end, run the best settings once on the test rows",
      },
      resume: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "continue the tune in this folder; no finished trial runs again",
        placeholder: "DIR",
      },
    },
  },
  loader: lazily(() => import("./tune.action.ts")),
});
