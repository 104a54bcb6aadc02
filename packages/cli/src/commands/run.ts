import { buildCommand } from "@stricli/core";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";
import { setFlag } from "./set-flag.ts";
import { wholeNumber } from "./whole-number.ts";

export interface RunFlags {
  readonly set?: readonly string[];
  readonly seed?: readonly number[];
  readonly out?: string;
  readonly threads?: number;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly resume?: string;
}

export const runCommand = buildCommand<RunFlags, [string?], AtollContext>({
  docs: {
    brief: "Run an experiment: train every method for every seed, compare, write a report",
    customUsage: ["FILE [--set a.b=c]... [--seed N]... [--out DIR]", "--resume DIR"],
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "the experiment, a YAML file",
          parse: String,
          placeholder: "FILE",
          optional: true,
        },
      ],
    },
    flags: {
      set: setFlag,
      seed: {
        kind: "parsed",
        parse: wholeNumber(0),
        variadic: ",",
        optional: true,
        brief: "seeds instead of the experiment's, such as 1,2,3",
        placeholder: "N",
      },
      out: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "folder of the run; default runs/NAME-TIME",
        placeholder: "DIR",
      },
      threads: {
        kind: "parsed",
        parse: wholeNumber(1),
        optional: true,
        brief: "threads in all, shared by clients; never changes a number",
        placeholder: "N",
      },
      quiet: { kind: "boolean", default: false, brief: "print the final table only" },
      json: { kind: "boolean", default: false, brief: "one JSON event per line, the result last" },
      resume: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "continue the run in this folder",
        placeholder: "DIR",
      },
    },
  },
  loader: lazily(() => import("./run.action.ts")),
});
