import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import { federatedStages } from "../stages/federated.ts";
import { method } from "../types.ts";

/** Federated averaging: McMahan et al. 2017, arXiv 1602.05629. */
export const fedavg = method({
  config: z.strictObject({ kind: z.literal("fedavg") }),
  summary:
    "Sample-weighted mean of the clients' dense parameters and shared tables (McMahan et al. 2017).",
  role: "federated",
  parties: "clients",
  privacy: ["dp-sgd", "central", "local", "distributed"],
  stages: (_config, settings) =>
    federatedStages(settings, {
      kind: "federated",
      server: { kind: "one-for-all", strategy: strategies.fedavg() },
      normalisation: "federated",
    }),
});
