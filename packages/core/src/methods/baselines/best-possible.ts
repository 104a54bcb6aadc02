import { z } from "zod";
import { evaluateStage } from "../stages/evaluate.ts";
import { oracleStage } from "../stages/oracle.ts";
import { method } from "../types.ts";

/** Scores by the true probabilities of labels, or of being chosen, which only a synthetic world knows. */
export const bestPossible = method({
  config: z.strictObject({ kind: z.literal("best-possible") }),
  summary:
    "What is true in a synthetic world, the probability of a label or of being the one item that was chosen: no model can do better in expectation.",
  role: "reference",
  parties: "clients",
  trainsModel: false,
  stages: (_config, settings) => [oracleStage(), evaluateStage(settings)],
});
