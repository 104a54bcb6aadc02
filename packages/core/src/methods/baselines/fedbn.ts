import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import { federatedStages } from "../stages/federated.ts";
import { method } from "../types.ts";

/** FedAvg that leaves normalisation layers at home: Li et al. 2021, arXiv 2102.07623. */
export const fedbn = method({
  config: z.strictObject({ kind: z.literal("fedbn") }),
  summary:
    "FedAvg, but scale, shift and running statistics of normalisation layers stay local (Li et al. 2021).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  stages: (_config, settings) =>
    federatedStages(settings, {
      kind: "federated",
      server: { kind: "one-for-all", strategy: strategies.fedavg() },
      normalisation: "local",
    }),
});
