import type { EvaluationExamples } from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import type { Scorer } from "../../federation/client-context.ts";
import type { CrossDomainLoss } from "../../models/cross-domain/index.ts";
import type { PopulationScorer } from "../../training/population/index.ts";

/**
 * Probabilities of a model's logits, in their order within each list, as its loss understands them:
 *
 *   sampled-softmax   exp(z_i) / sum_j exp(z_j) over the list: to be the one that was chosen
 *   bce               1 / (1 + exp(-z_i))
 *
 * In doubles, so that those near 1 stay apart.
 */
export function scoresOf({ score }: PopulationScorer, loss: CrossDomainLoss): Scorer["score"] {
  return async (examples, part) => {
    const logits = await score(examples, part);
    if (logits.some((logit) => !Number.isFinite(logit)))
      throw new AtollError(
        "TRAINING_DIVERGED",
        `client "${part}": the model scores what is not finite; lower the learning rate of training.optimiser, or of the method's server`,
      );
    return loss === "bce" ? sigmoids(logits) : chances(logits, examples);
  };
}

function sigmoids(logits: Float64Array): Float64Array {
  for (let i = 0; i < logits.length; i++) logits[i] = 1 / (1 + Math.exp(-logits[i]!));
  return logits;
}

/** In place; rows of a list are adjacent. */
function chances(logits: Float64Array, { list }: EvaluationExamples): Float64Array {
  if (list === undefined) throw new RangeError("a softmax is taken within lists");
  for (let from = 0; from < logits.length;) {
    let to = from;
    let largest = -Infinity;
    for (; to < logits.length && list[to] === list[from]; to++)
      largest = Math.max(largest, logits[to]!);
    let total = 0;
    for (let i = from; i < to; i++) total += logits[i] = Math.exp(logits[i]! - largest);
    for (let i = from; i < to; i++) logits[i]! /= total;
    from = to;
  }
  return logits;
}
