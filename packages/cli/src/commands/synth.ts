import { buildCommand } from "@stricli/core";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";
import { wholeNumber } from "./whole-number.ts";
import { setFlag } from "./set-flag.ts";

/** Rows that a market has at least. */
export const SMALLEST = 50;

export interface SynthFlags {
  readonly out: string;
  readonly rows: number;
  readonly markets: number;
  readonly seed: number;
  readonly set?: readonly string[];
  readonly json: boolean;
}

export const synthCommand = buildCommand<SynthFlags, [string?], AtollContext>({
  docs: {
    brief: "Write a synthetic world to files, with the true probabilities of every row",
    fullDescription:
      "Without FILE the world has as many markets as --markets says, each half as large as the one before; with FILE it is that of an experiment. An experiment.yaml that reads the files is written beside them.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "an experiment with synthetic data, such as examples/synthetic.yaml",
          parse: String,
          placeholder: "FILE",
          optional: true,
        },
      ],
    },
    flags: {
      out: { kind: "parsed", parse: String, brief: "folder of the files", placeholder: "DIR" },
      rows: {
        kind: "parsed",
        parse: wholeNumber(SMALLEST),
        default: "40000",
        brief: "rows of the largest market",
        placeholder: "N",
      },
      markets: {
        kind: "parsed",
        parse: wholeNumber(1),
        default: "4",
        brief: "number of markets",
        placeholder: "N",
      },
      seed: {
        kind: "parsed",
        parse: wholeNumber(0),
        default: "1",
        brief: "draws the world",
        placeholder: "N",
      },
      set: { ...setFlag, brief: "override a setting of FILE: path.to.setting=value" },
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  loader: lazily(() => import("./synth.action.ts")),
});
