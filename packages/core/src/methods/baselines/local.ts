import { z } from "zod";
import { evaluateStage } from "../stages/evaluate.ts";
import { trainStage } from "../stages/train.ts";
import { method } from "../types.ts";

/** Every client trains alone. Nothing is shared: what each market has today. */
export const local = method({
  config: z.strictObject({ kind: z.literal("local") }),
  summary: "Each client trains on its own rows only; no parameter leaves it.",
  role: "baseline",
  parties: "clients",
  trainsModel: true,
  privacy: ["dp-sgd"],
  stages: (_config, settings) => [trainStage(settings, { kind: "alone" }), evaluateStage(settings)],
});
