import { buildCommand } from "@stricli/core";
import type { AccountantName } from "@atoll/core/privacy";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { accountant, delta, htmlFile, json, number, samplingRate } from "./flags.ts";

export interface EpsilonFlags {
  readonly samplingRate: string;
  readonly noiseMultiplier?: string;
  readonly steps: string;
  readonly step?: readonly string[];
  readonly delta: string;
  readonly accountant?: AccountantName;
  readonly json: boolean;
  readonly html?: string;
}

export const epsilonCommand = buildCommand<EpsilonFlags, [], AtollContext>({
  docs: {
    brief: "What steps of Gaussian noise cost",
    customUsage: [
      "--noise-multiplier Z [--sampling-rate Q] [--steps T] [--delta D]",
      "--step q=Q,z=Z,steps=T [--step ...] [--delta D]",
    ],
  },
  parameters: {
    flags: {
      noiseMultiplier: {
        ...number("deviation of the noise over what one unit can change", "Z"),
        optional: true,
      },
      samplingRate,
      steps: { ...number("how often", "T"), default: "1" },
      step: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        brief: "steps that differ: q=0.01,z=1.1,steps=1000",
        placeholder: "q=Q,z=Z,steps=T",
      },
      delta,
      accountant,
      json,
      html: htmlFile("epsilon by steps"),
    },
  },
  loader: lazily(() => import("./epsilon.action.ts")),
});
