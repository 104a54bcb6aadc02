import { buildRouteMap } from "@stricli/core";
import type { AtollContext } from "../../context.ts";
import { inspectCommand } from "./inspect.ts";
import { planCommand } from "./plan.ts";
import { runCommand } from "./run.ts";

export const augmentRoutes = buildRouteMap<string, AtollContext>({
  routes: { plan: planCommand, run: runCommand, inspect: inspectCommand },
  docs: {
    brief: "Say what augmentation would ask a language model, ask it, look at what it said",
  },
});
