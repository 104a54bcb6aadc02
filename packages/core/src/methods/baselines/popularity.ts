import { z } from "zod";
import { evaluateStage } from "../stages/evaluate.ts";
import { popularityStage } from "../stages/popularity.ts";
import { method } from "../types.ts";

/** Item popularity, without training: the row every table must hold. */
export const popularity = method({
  config: z.strictObject({ kind: z.literal("popularity") }),
  summary:
    "Counts of the client's own training rows: how often an item was chosen, or its smoothed click rate.",
  role: "baseline",
  parties: "clients",
  trainsModel: false,
  stages: (_config, settings) => [popularityStage(settings), evaluateStage(settings)],
});
