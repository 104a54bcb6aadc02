import { z } from "zod";
import { federatedStages } from "../stages/federated.ts";
import { unpackBlock } from "../stages/blocks.ts";
import type { LocalRule } from "../stages/local-rule.ts";
import { method } from "../types.ts";
import { fedampCoordinator } from "./fedamp-server.ts";

/**
 * FedAMP: Huang et al. 2021, arXiv 2007.03797, algorithm 1. The server makes a model u_k for every client, in
 * which clients with models near w_k count most; the client trains its own w_k, which the server never
 * overwrites, on its loss + lambda/2 ||w - u_k||^2. The paper writes lambda / alpha for this lambda.
 * Normalisation layers stay out of it: their running statistics are of w_k, not of u_k.
 */
export const fedamp = method({
  config: z.strictObject({
    kind: z.literal("fedamp"),
    lambda: z
      .number()
      .positive()
      .default(0.1)
      .describe(
        "weight of lambda/2 ||w - u_k||^2 that pulls a client's model to the one made for it",
      ),
    sigma: z
      .number()
      .positive()
      .default(1)
      .describe(
        "how fast others' weight falls with the squared distance of models, in mean squared distances between clients; small: only the nearest count",
      ),
    mixing: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .describe("what models as near as can be have of u_k together; the rest is the client's own"),
  }),
  summary:
    "Each client keeps its own model and is pulled to an average of those models that are near it (Huang et al. 2021).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  stages: (config, settings) =>
    federatedStages(settings, {
      kind: "federated",
      server: {
        kind: "one-for-each",
        coordinator: (blocks) => fedampCoordinator(blocks, config),
      },
      normalisation: "local",
      replaces: false,
      local: pulled(config.lambda),
    }),
});

/** The experiment's passes, pulled to what was received, which need not be where they start. */
export function pulled(mu: number): LocalRule {
  return {
    start: ({ trainer, blocks, settings: { federation } }) => ({
      numPasses: federation.localEpochs,
      train: async (passes, received) => {
        const anchor = trainer.parameters.slice();
        for (const block of blocks)
          unpackBlock(block, anchor, received[block.name]!.data as Float32Array);
        const ranges = blocks.flatMap((block) => block.ranges);
        return { loss: await passes(federation.localEpochs, { proximal: { mu, anchor, ranges } }) };
      },
    }),
  };
}
