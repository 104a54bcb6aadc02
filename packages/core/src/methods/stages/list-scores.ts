import type { EvaluationExamples } from "../../data/index.ts";

/** Which rows stand in a list together. */
export type Lists = Pick<EvaluationExamples, "list">;

/** A softmax over logits that span more leaves zeros in doubles, which tie. */
export const MOST_SPAN = 700;
/** Sigmoids of more are 1 in doubles, or nearly. */
export const MOST_LOGIT = 30;

/**
 * exp(z_i) / sum_j exp(z_j) over each list, in place. Logits that span more than 700 are scaled down to that:
 * noise on a model leaves thousands, whose order is all there is to keep.
 */
export function softmaxOfLists(logits: Float64Array, lists: Lists): Float64Array {
  return byList(logits, lists, (list) => {
    let [least, most] = [Infinity, -Infinity];
    for (const logit of list) {
      least = Math.min(least, logit);
      most = Math.max(most, logit);
    }
    const scale = Math.min(1, MOST_SPAN / (most - least));
    let total = 0;
    for (let i = 0; i < list.length; i++) total += list[i] = Math.exp((list[i]! - most) * scale);
    for (let i = 0; i < list.length; i++) list[i]! /= total;
  });
}

/**
 * 1 / (1 + exp(-z_i)), in place. Logits of a list that reach beyond 30, on either side of 0, are scaled down to
 * that: all above 37 would be 1 alike.
 */
export function sigmoidsOfLists(logits: Float64Array, lists: Lists): Float64Array {
  return byList(logits, lists, (list) => {
    let most = 0;
    for (const logit of list) most = Math.max(most, Math.abs(logit));
    const scale = Math.min(1, MOST_LOGIT / most);
    for (let i = 0; i < list.length; i++) list[i] = 1 / (1 + Math.exp(-list[i]! * scale));
  });
}

/** Rows of a list are adjacent. */
function byList(
  logits: Float64Array,
  { list }: Lists,
  transform: (list: Float64Array) => void,
): Float64Array {
  if (list === undefined) throw new RangeError("candidates are scored within lists");
  for (let from = 0, to = 0; from < logits.length; from = to) {
    while (to < logits.length && list[to] === list[from]) to += 1;
    transform(logits.subarray(from, to));
  }
  return logits;
}
