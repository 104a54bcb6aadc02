import { z } from "zod";
import { tableOptimiserOf, type TrainingConfig } from "../../training/index.ts";
import { federatedStages } from "../stages/federated.ts";
import { method } from "../types.ts";
import { controlVariates } from "./scaffold-client.ts";
import { scaffoldCoordinator } from "./scaffold-server.ts";

/** The step size of descent where the experiment's is that of another optimiser, which says nothing of it. */
const LEARNING_RATE = 0.5;

/**
 * SCAFFOLD: Karimireddy et al. 2020, arXiv 1910.06378, algorithm 1 with option II and a server step of 1.
 * Every local step is corrected by c - c_k, the direction of all less the client's own, so that clients
 * with different rows do not drift towards their own optima however many steps they take.
 *
 * Option II takes (x - y_k) / (K eta) for the mean gradient of K steps. That is one under plain descent
 * alone: under Adam it is a mean of steps without the unit of a gradient, and would be added to one. So
 * dense parameters descend plainly here, whatever the experiment's optimiser; tables, whose rows have no
 * control variates, train as they do in every method.
 */
export const scaffold = method({
  config: z.strictObject({
    kind: z.literal("scaffold"),
    learningRate: z
      .number()
      .positive()
      .optional()
      .describe(
        "step size of plain descent on dense parameters, which control variates need; default: that of training.optimiser where it is sgd, else 0.5; worth tuning, as descent is slow where it is small",
      ),
    weights: z
      .enum(["rows", "clients"])
      .default("rows")
      .describe(
        "what clients count in means: their training rows, as in FedAvg, or all the same, as published",
      ),
  }),
  summary:
    "FedAvg whose clients correct every step by how their gradient differs from everybody's (Karimireddy et al. 2020); plain descent on dense parameters.",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  stages: (config, settings) => {
    const training = descending(settings.training, config.learningRate);
    return federatedStages(
      { ...settings, training },
      {
        kind: "federated",
        server: {
          kind: "one-for-each",
          coordinator: (blocks) => scaffoldCoordinator(blocks, config.weights),
        },
        normalisation: "federated",
        local: controlVariates(),
      },
    );
  },
});

/** Plain descent on dense parameters; tables as they were set, by themselves or by the dense optimiser. */
export function descending(training: TrainingConfig, learningRate?: number): TrainingConfig {
  const { kind, weightDecay, learningRate: given } = training.optimiser;
  return {
    ...training,
    optimiser: {
      kind: "sgd",
      learningRate: learningRate ?? (kind === "sgd" ? given : LEARNING_RATE),
      weightDecay,
    },
    tables: tableOptimiserOf(training),
  };
}
