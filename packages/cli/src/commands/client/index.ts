import { buildRouteMap } from "@stricli/core";
import type { AtollContext } from "../../context.ts";
import { joinCommand } from "./join.ts";
import { reviewCommand } from "./review.ts";
import { runCommand } from "./run.ts";

export const clientRoutes = buildRouteMap<string, AtollContext>({
  routes: { join: joinCommand, run: runCommand, review: reviewCommand },
  docs: {
    brief: "Join a server and work for it beside a silo's data, as the silo's policy allows",
  },
});
