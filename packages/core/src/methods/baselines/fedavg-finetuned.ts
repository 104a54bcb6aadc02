import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import { federatedStages } from "../stages/federated.ts";
import { method } from "../types.ts";

/**
 * FedAvg, then adaptation to each client: Yu et al. 2020, "Salvaging federated learning by local adaptation",
 * arXiv 2002.04758, section 3, fine-tuning; Wang et al. 2019, arXiv 1910.10252. After the last round a
 * client goes on alone from its best global state, validates after every pass, stops after
 * `training.patience` passes that brought nothing, and scores with the best of all states, the global
 * ones among them. So where `training.select` is best, its validation value is never below FedAvg's.
 */
export const fedavgFinetuned = method({
  config: z.strictObject({
    kind: z.literal("fedavg-finetuned"),
    passes: z
      .number()
      .int()
      .positive()
      .default(5)
      .describe("most passes over its own rows that a client makes alone after the last round"),
  }),
  summary:
    "FedAvg, after which each client trains on alone for as long as its validation gets better (Yu et al. 2020).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  stages: (config, settings) =>
    federatedStages(settings, {
      kind: "federated",
      server: { kind: "one-for-all", strategy: strategies.fedavg() },
      normalisation: "federated",
      finalPasses: config.passes,
    }),
});
