import { z } from "zod";
import { federatedStages } from "../stages/federated.ts";
import { method } from "../types.ts";
import { fedhca2Coordinator } from "./fedhca2-server.ts";
import { checkHead, lacksHead } from "./personal-head.ts";

/**
 * After FedHCA2: Lu et al. 2024, arXiv 2311.13250, algorithm 1 and the code that goes with it. The paper's
 * clients have one encoder and decoders of different tasks; here all have the same tasks, so that each
 * tower meets its own kind alone, and gates, which belong to a task, count as its decoder. Three more
 * choices are not the paper's: attention by cosines, where it takes products (`attentionWeights`); a step of
 * the shares that does not depend on the scale of updates (`mixingStep`); normalisation layers that stay
 * at home, as running statistics that all share would not be those of personal weights.
 */
export const fedhca2 = method({
  config: z.strictObject({
    kind: z.literal("fedhca2"),
    caution: z
      .number()
      .min(0)
      .default(0.4)
      .describe(
        "how far, in lengths of the mean update, the encoders' common direction may leave it; 0: plain mean",
      ),
    initial: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe("share of common directions that a client takes at first"),
    learningRate: z
      .number()
      .min(0)
      .default(0.1)
      .describe("how fast shares follow where clients go; 0: they stay as they are"),
    temperature: z
      .number()
      .positive()
      .default(1)
      .describe("of the decoders' softmax over cosines of updates; small: only the likest"),
  }),
  summary:
    "FedHCA2-like: own updates, and learned shares of a conflict-averse direction of encoders and of what each decoder layer attends to (Lu et al. 2024).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  lacking: lacksHead,
  stages: (config, settings) => {
    checkHead(config.kind, settings);
    return federatedStages(settings, {
      kind: "federated",
      server: {
        kind: "one-for-each",
        coordinator: (blocks) => fedhca2Coordinator(blocks, config),
      },
      normalisation: "local",
    });
  },
});
