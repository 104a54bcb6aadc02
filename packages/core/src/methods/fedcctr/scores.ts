import { AtollError } from "../../errors/index.ts";
import type { Scorer } from "../../federation/client-context.ts";
import type { CrossDomainLoss } from "../../models/cross-domain/index.ts";
import type { PopulationScorer } from "../../training/population/index.ts";
import { sigmoidsOfLists, softmaxOfLists } from "../stages/list-scores.ts";

/**
 * Probabilities of a model's logits, in their order within each list, as its loss understands them:
 *
 *   sampled-softmax   exp(z_i) / sum_j exp(z_j) over the list: to be the one that was chosen
 *   bce               1 / (1 + exp(-z_i))
 *
 * with logits as large as their order needs (`softmaxOfLists`, `sigmoidsOfLists`).
 */
export function scoresOf({ score }: PopulationScorer, loss: CrossDomainLoss): Scorer["score"] {
  return async (examples, part) => {
    const logits = await score(examples, part);
    if (logits.some((logit) => !Number.isFinite(logit)))
      throw new AtollError(
        "TRAINING_DIVERGED",
        `client "${part}": the model scores what is not finite; lower the learning rate of training.optimiser, or of the method's server`,
      );
    return loss === "bce" ? sigmoidsOfLists(logits, examples) : softmaxOfLists(logits, examples);
  };
}
