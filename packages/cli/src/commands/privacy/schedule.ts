import { buildCommand } from "@stricli/core";
import { lazily } from "../lazily.ts";
import type { AtollContext } from "../../context.ts";
import { delta, htmlFile, json, number, samplingRate } from "./flags.ts";
import type { ScheduleSettings } from "./schedule-epsilons.ts";

export interface ScheduleFlags {
  readonly noiseMultiplier: string;
  readonly rounds: string;
  readonly decay: string;
  readonly leastNoise?: string;
  readonly samplingRate: string;
  readonly delta: string;
  readonly cap?: string;
  readonly accountant: ScheduleSettings["accountant"];
  readonly json: boolean;
  readonly html?: string;
}

export const scheduleCommand = buildCommand<ScheduleFlags, [], AtollContext>({
  docs: {
    brief: "Epsilon round by round, of noise that decays",
    fullDescription:
      "Round t, from 0, has noise multiplier max(Z R^t, least). The schedule has to be fixed before the first round.",
  },
  parameters: {
    flags: {
      noiseMultiplier: number("of the first round", "Z"),
      rounds: number("how many", "T"),
      decay: {
        ...number("factor from round to round; 1: the noise stays", "R"),
        default: "1",
      },
      leastNoise: {
        ...number("noise multiplier below which it does not decay", "Z"),
        optional: true,
      },
      samplingRate,
      delta,
      cap: {
        ...number("most that may be spent: says after which round it stops", "E"),
        optional: true,
      },
      accountant: {
        kind: "enum",
        values: ["rdp", "zcdp"],
        default: "rdp",
        brief: "how losses are added up; zcdp: without sampling only",
      },
      json,
      html: htmlFile("the curve"),
    },
  },
  loader: lazily(() => import("./schedule.action.ts")),
});
