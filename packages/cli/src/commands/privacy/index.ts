import { buildRouteMap } from "@stricli/core";
import type { AtollContext } from "../../context.ts";
import { calibrateCommand } from "./calibrate.ts";
import { epsilonCommand } from "./epsilon.ts";
import { explainCommand } from "./explain.ts";
import { scheduleCommand } from "./schedule.ts";

export const privacyRoutes = buildRouteMap<string, AtollContext>({
  routes: {
    epsilon: epsilonCommand,
    calibrate: calibrateCommand,
    schedule: scheduleCommand,
    explain: explainCommand,
  },
  docs: { brief: "Say what noise costs, how much a budget needs, and what a run released" },
});
