import { buildCommand } from "@stricli/core";
import type { AtollContext } from "../context.ts";
import { lazily } from "./lazily.ts";
import { setFlag } from "./set-flag.ts";
import { wholeNumber } from "./whole-number.ts";

export interface CompareFlags {
  readonly set?: readonly string[];
  readonly seed?: readonly number[];
  readonly methods?: readonly string[];
  readonly out?: string;
  readonly add?: string;
  readonly resume?: string;
  readonly threads?: number;
  readonly quiet: boolean;
  readonly json: boolean;
}

export const compareCommand = buildCommand<CompareFlags, string[], AtollContext>({
  docs: {
    brief: "Compare methods over experiments, seeds and settings: one answer, one page",
    customUsage: [
      "FILE... [--set a.b=c,d]... [--seed N]... [--methods M]... [--out DIR]",
      "--add DIR [FILE...] [--set a.b=c,d]... [--seed N]... [--methods M]...",
      "--resume DIR",
    ],
  },
  parameters: {
    positional: {
      kind: "array",
      parameter: { brief: "experiments, YAML files", parse: String, placeholder: "FILE" },
    },
    flags: {
      set: {
        ...setFlag,
        brief: "override a setting, or try several values of it: path.to.setting=value,value",
        placeholder: "a.b=c,d",
      },
      seed: {
        kind: "parsed",
        parse: wholeNumber(0),
        variadic: ",",
        optional: true,
        brief: "seeds instead of the experiments'; with --add, beside those that are there",
        placeholder: "N",
      },
      methods: {
        kind: "parsed",
        parse: String,
        variadic: ",",
        optional: true,
        brief: "methods by name or kind instead of the experiments'; with --add, beside them",
        placeholder: "M",
      },
      out: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "folder of the comparison; default runs/compare-TIME",
        placeholder: "DIR",
      },
      add: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "add to the comparison in this folder; what it has stays",
        placeholder: "DIR",
      },
      resume: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "continue the comparison in this folder; no finished training runs again",
        placeholder: "DIR",
      },
      threads: {
        kind: "parsed",
        parse: wholeNumber(1),
        optional: true,
        brief: "threads in all, shared by runs; never changes a number",
        placeholder: "N",
      },
      quiet: { kind: "boolean", default: false, brief: "print the final tables only" },
      json: { kind: "boolean", default: false, brief: "one JSON event per line, the result last" },
    },
  },
  loader: lazily(() => import("./compare.action.ts")),
});
