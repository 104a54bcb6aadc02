import type { CrossDomainLoss } from "../../../models/cross-domain/index.ts";
import { MOST_LOGIT, MOST_SPAN } from "../../../methods/index.ts";
import type { GraphBuilder, Value } from "../../../tensor/index.ts";
import { arithmetic } from "./arithmetic.ts";

/** Larger than any logit, and finite. */
const FAR = 1e300;

/**
 * Probabilities of logits within each list, [batch, candidates] in doubles, as `softmaxOfLists` and
 * `sigmoidsOfLists` have them; of scores of no model, as `knowledgeScores` has them. What is in no list is 0.
 */
export function probabilitiesOfLists(
  graph: GraphBuilder,
  {
    logits,
    isKnown,
    loss,
  }: {
    readonly logits: Value;
    readonly isKnown: Value;
    readonly loss: CrossDomainLoss | undefined;
  },
): Value {
  const { add, subtract, multiply, divide, most, least, each, where, reduce, double } =
    arithmetic(graph);
  const known = (value: Value, otherwise: number) => where(isKnown, value, double(otherwise));
  switch (loss) {
    case undefined: {
      const size = add(double(1), each("Abs", logits));
      const half = divide(add(double(1), divide(logits, size)), double(2));
      return known(half, 0);
    }
    case "sampled-softmax": {
      const top = reduce("ReduceMax", known(logits, -FAR), 1, true);
      const bottom = reduce("ReduceMin", known(logits, FAR), 1, true);
      const scale = least(double(1), divide(double(MOST_SPAN), subtract(top, bottom)));
      const powers = known(each("Exp", multiply(subtract(logits, top), scale)), 0);
      // The best of a list is 1, and a list without items has nothing to divide.
      return divide(powers, most(reduce("ReduceSum", powers, 1, true), double(1)));
    }
    case "bce": {
      const top = reduce("ReduceMax", known(each("Abs", logits), 0), 1, true);
      const scale = least(double(1), divide(double(MOST_LOGIT), top));
      const powers = each("Exp", multiply(each("Neg", logits), scale));
      return known(divide(double(1), add(double(1), powers)), 0);
    }
  }
}
