import { buildCommand } from "@stricli/core";
import type { AccountantName } from "@atoll/core/privacy";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { accountant, delta, json, number, samplingRate } from "./flags.ts";

export interface CalibrateFlags {
  readonly epsilon: string;
  readonly delta: string;
  readonly samplingRate: string;
  readonly steps?: string;
  readonly noiseMultiplier?: string;
  readonly accountant?: AccountantName;
  readonly json: boolean;
}

export const calibrateCommand = buildCommand<CalibrateFlags, [], AtollContext>({
  docs: {
    brief: "The noise, or the number of steps, that a budget allows",
    customUsage: [
      "--epsilon E --steps T [--sampling-rate Q] [--delta D]",
      "--epsilon E --noise-multiplier Z [--sampling-rate Q] [--delta D]",
    ],
  },
  parameters: {
    flags: {
      epsilon: number("the budget", "E"),
      steps: { ...number("how often: gives the least noise", "T"), optional: true },
      noiseMultiplier: { ...number("gives the most steps", "Z"), optional: true },
      samplingRate,
      delta,
      accountant,
      json,
    },
  },
  loader: lazily(() => import("./calibrate.action.ts")),
});
