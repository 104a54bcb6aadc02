import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import { federatedStages } from "../stages/federated.ts";
import { method } from "../types.ts";

/**
 * Ditto: Li et al. 2021, arXiv 2012.04221, algorithm 1. The global model w is that of FedAvg. Beside it a
 * client trains its own v, by as many passes a round, on its loss + lambda/2 ||v - w||^2 with w as
 * received, and is scored by v. The pull is on dense parameters, as that of `fedprox` is. Rows of federated
 * tables are everybody's: v takes them over each round, as w does, and trains on from there; all other
 * tables of v start as those of w and go on by themselves.
 */
export const ditto = method({
  config: z.strictObject({
    kind: z.literal("ditto"),
    lambda: z
      .number()
      .positive()
      .default(0.1)
      .describe("weight of lambda/2 ||v - w_global||^2 on the personal dense parameters"),
  }),
  summary:
    "FedAvg beside a personal model per client that is held near the global one and scores (Li et al. 2021).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  stages: (config, settings) =>
    federatedStages(settings, {
      kind: "federated",
      server: { kind: "one-for-all", strategy: strategies.fedavg() },
      normalisation: "federated",
      personal: config.lambda,
    }),
});
