import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { positive, share, word } from "../deployment-flags.ts";
import { setFlag } from "../set-flag.ts";

export interface SubmitFlags {
  readonly server: string;
  readonly set?: readonly string[];
  readonly clients?: readonly string[];
  readonly deadline?: number;
  readonly minimum?: number;
  readonly target?: number;
  readonly follow: boolean;
}

export const submitCommand = buildCommand<SubmitFlags, [string], AtollContext>({
  docs: {
    brief: "Submit an experiment to a running server; its clients train it, each on its rows",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "the experiment, a YAML file", parse: String, placeholder: "EXPERIMENT" },
      ],
    },
    flags: {
      server: {
        kind: "parsed",
        parse: String,
        brief: "the server's folder on this machine",
        placeholder: "DIR",
      },
      set: setFlag,
      clients: {
        kind: "parsed",
        parse: word,
        variadic: ",",
        optional: true,
        brief: "who takes part, where the methods' parties share users; else the data's clients do",
        placeholder: "NAME",
      },
      deadline: {
        kind: "parsed",
        parse: positive,
        optional: true,
        brief: "after so long a round goes on without those that have not answered; default: never",
        placeholder: "SECONDS",
      },
      minimum: {
        kind: "parsed",
        parse: share,
        optional: true,
        brief: "share of those asked that a round waits for, deadline or not; default 1",
        placeholder: "SHARE",
      },
      target: {
        kind: "parsed",
        parse: share,
        optional: true,
        brief: "share of those asked whose answers are enough; the others are left out; default 1",
        placeholder: "SHARE",
      },
      follow: { kind: "boolean", default: false, brief: "watch it until it ends" },
    },
  },
  loader: lazily(() => import("./submit.action.ts")),
});
