import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import { federatedStages } from "../stages/federated.ts";
import { method } from "../types.ts";

/** Adam on the server over the mean update: Reddi et al. 2021, arXiv 2003.00295. */
export const fedadam = method({
  config: z.strictObject({
    kind: z.literal("fedadam"),
    learningRate: z
      .number()
      .positive()
      .default(0.05)
      .describe("the server's step size: about what a parameter moves per round"),
  }),
  summary: "The server takes an Adam step along the clients' mean update (Reddi et al. 2021).",
  role: "federated",
  parties: "clients",
  privacy: ["dp-sgd", "central", "local", "distributed"],
  stages: (config, settings) =>
    federatedStages(settings, {
      kind: "federated",
      server: {
        kind: "one-for-all",
        strategy: strategies.fedadam({ learningRate: config.learningRate }),
      },
      normalisation: "federated",
    }),
});
