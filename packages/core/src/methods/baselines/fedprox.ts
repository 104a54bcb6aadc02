import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import { federatedStages } from "../stages/federated.ts";
import { plainPasses } from "../stages/local-rule.ts";
import { method } from "../types.ts";

/** FedAvg with a proximal term in the local objective: Li et al. 2020, arXiv 1812.06127. */
export const fedprox = method({
  config: z.strictObject({
    kind: z.literal("fedprox"),
    mu: z
      .number()
      .positive()
      .default(0.01)
      .describe("weight of mu/2 ||w - w_global||^2 on the federated dense parameters"),
  }),
  summary:
    "FedAvg whose clients are held near the global parameters by a proximal term (Li et al. 2020).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  privacy: ["dp-sgd", "central", "local", "distributed"],
  stages: (config, settings) =>
    federatedStages(settings, {
      kind: "federated",
      server: { kind: "one-for-all", strategy: strategies.fedavg() },
      normalisation: "federated",
      local: plainPasses(config.mu),
    }),
});
