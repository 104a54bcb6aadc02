import { buildCommand } from "@stricli/core";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";
import { wholeNumber } from "./whole-number.ts";
import { setFlag } from "./set-flag.ts";

export interface SplitFlags {
  readonly out: string;
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly json: boolean;
}

export const splitCommand = buildCommand<SplitFlags, [string], AtollContext>({
  docs: {
    brief:
      "Write every client's training, validation and test rows as files, split as a run splits",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "the experiment, a YAML file", parse: String, placeholder: "FILE" }],
    },
    flags: {
      out: { kind: "parsed", parse: String, brief: "folder of the files", placeholder: "DIR" },
      seed: {
        kind: "parsed",
        parse: wholeNumber(0),
        optional: true,
        brief: "whose split; default: the experiment's first",
        placeholder: "N",
      },
      set: setFlag,
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  loader: lazily(() => import("./split.action.ts")),
});
