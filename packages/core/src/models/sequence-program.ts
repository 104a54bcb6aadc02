import { numpy as np } from "@jax-js/jax";
import {
  arrayOf,
  crossEntropies,
  logSumExp,
  softplus,
  weightedMean,
  type Arrays,
} from "../nn/index.ts";
import {
  compile,
  compileWithGradient,
  type ParameterLayout,
  type Program,
  type TensorSpec,
} from "../tensor/index.ts";
import type { LossConfig } from "./loss.ts";
import type { Model, SequenceObjective } from "./types.ts";

/** How every position's item is compared with others. */
export interface SequenceLoss {
  readonly kind: LossConfig["kind"];
  /**
   * Items that it is compared with: of the full softmax all, of the sampled one those that a batch shares,
   * of the others one for every position.
   */
  readonly numOthers: number;
  /** Of the focal loss; default: 2. */
  readonly gamma?: number;
}

export interface SequenceSizes {
  /** Sequences of a batch. */
  readonly batch: number;
  readonly length: number;
  readonly width: number;
}

/** Whether each position has its own items to compare with, rather than all the same. */
export function hasOwnOthers({ kind }: Pick<SequenceLoss, "kind">): boolean {
  return kind !== "sampled-softmax" && kind !== "full-softmax";
}

/**
 * The training step on whole sequences: states of all positions, and the loss of each position's item z_t
 * against others z_k, z being the product of state and item vector (and the item's bias, if there is one).
 *
 *   bce               log(1 + exp(-z_t)) + log(1 + exp(z_k)), one k for each position
 *   focal             the same, each with the factor (1 - p)^gamma
 *   bpr               log(1 + exp(z_k - z_t)), one k for each position
 *   sampled-softmax   log(exp(z_t) + sum_k exp(z_k)) - z_t, the same k, drawn uniformly, for all positions;
 *                     a k that is t itself does not count
 *   full-softmax      log sum_k exp(z_k) - z_t over all items
 *
 * Inputs: `parameter:<name>`, `state:<name>`, `dropout:<name>` [B, size], `weight` [B]; `items` and
 * `targets` [B, L, width]; `present`, `masked`, `counts` [B, L]: where there is an item, where cloze hides
 * it, which positions are learned from; `others` [B, L, width] or [K, width]; for the sampled softmax
 * `targetRow` [B, L] and `otherRow` [K]; `targetBias` [B, L, 1] and `otherBias` where the model has a bias.
 * Outputs: `loss`, the mean over positions that count; `next:state:<name>`; gradients by the inputs' names.
 */
export function sequenceProgram(
  model: Model & { readonly sequence: SequenceObjective },
  layout: ParameterLayout,
  stateLayout: ParameterLayout,
  sizes: SequenceSizes,
  loss: SequenceLoss,
): Program {
  const { batch, length, width } = sizes;
  const own = hasOwnOthers(loss);
  const masks = model.dropout ?? [];
  const others = own ? [batch, length] : [loss.numOthers];
  const learned = [
    ...layout.views.map(({ name, shape }) => tensor(`parameter:${name}`, shape)),
    tensor("items", [batch, length, width]),
    tensor("targets", [batch, length, width]),
    tensor("others", [...others, width]),
    ...(model.sequence.bias === undefined
      ? []
      : [tensor("targetBias", [batch, length, 1]), tensor("otherBias", [...others, 1])]),
  ];
  const given = [
    ...stateLayout.views.map(({ name, shape }) => tensor(`state:${name}`, shape)),
    ...masks.map(({ name, size }) => tensor(`dropout:${name}`, [batch, size])),
    tensor("weight", [batch]),
    ...["present", "masked", "counts"].map((name) => tensor(name, [batch, length])),
    ...(loss.kind === "sampled-softmax"
      ? [tensor("targetRow", [batch, length]), tensor("otherRow", [loss.numOthers])]
      : []),
  ];
  return compileWithGradient({
    name: `sequences:${model.kind}`,
    inputs: [...learned, ...given],
    fn: (arrays) => {
      const named = (prefix: string, names: readonly { readonly name: string }[]) =>
        Object.fromEntries(names.map(({ name }) => [name, arrayOf(arrays, `${prefix}:${name}`)]));
      const { states, state } = model.sequence.states({
        parameters: named("parameter", layout.views),
        state: named("state", stateLayout.views),
        dropout: named("dropout", masks),
        weight: arrayOf(arrays, "weight"),
        mode: "train",
        items: arrayOf(arrays, "items"),
        present: arrayOf(arrays, "present"),
        masked: arrayOf(arrays, "masked"),
      });
      const counts = arrayOf(arrays, "counts").reshape([-1]);
      const losses = lossesOf(loss, states.reshape([batch * length, width]), arrays);
      const next = stateLayout.views.map(({ name }) => [
        `next:state:${name}`,
        arrayOf(state, name),
      ]);
      return { loss: weightedMean(losses, counts), ...Object.fromEntries(next) };
    },
    loss: "loss",
    wrt: learned.map(({ name }) => name),
  });
}

/**
 * What a history leads to. Inputs: `parameter:<name>`, `state:<name>`, `items` [B, L, width] and `present`
 * [B, L]. Output: `last` [B, width], whose product with an item's row is the item's logit.
 */
export function lastStateProgram(
  model: Model & { readonly sequence: SequenceObjective },
  layout: ParameterLayout,
  stateLayout: ParameterLayout,
  { batch, length, width }: SequenceSizes,
): Program {
  return compile({
    name: `last:${model.kind}`,
    inputs: [
      ...layout.views.map(({ name, shape }) => tensor(`parameter:${name}`, shape)),
      ...stateLayout.views.map(({ name, shape }) => tensor(`state:${name}`, shape)),
      tensor("items", [batch, length, width]),
      tensor("present", [batch, length]),
    ],
    fn: (arrays) => {
      const named = (prefix: string, names: readonly { readonly name: string }[]) =>
        Object.fromEntries(names.map(({ name }) => [name, arrayOf(arrays, `${prefix}:${name}`)]));
      const last = model.sequence.last({
        parameters: named("parameter", layout.views),
        state: named("state", stateLayout.views),
        dropout: {},
        weight: np.ones([batch]),
        mode: "predict",
        items: arrayOf(arrays, "items"),
        present: arrayOf(arrays, "present"),
      });
      return { last };
    },
  });
}

/** [positions] */
function lossesOf({ kind, gamma = 2 }: SequenceLoss, states: np.Array, arrays: Arrays): np.Array {
  const [positions, width] = states.shape as [number, number];
  const flat = (name: string) => arrayOf(arrays, name).reshape([positions, width]);
  const bias = (name: string) => arrays[name]?.reshape([-1]);
  const plus = (z: np.Array, b: np.Array | undefined) => (b === undefined ? z : z.add(b));
  const target = plus(np.sum(states.mul(flat("targets")), -1), bias("targetBias"));
  if (kind === "full-softmax" || kind === "sampled-softmax") {
    const products = np.matmul(states, arrayOf(arrays, "others").transpose());
    const all = plus(products, bias("otherBias"));
    if (kind === "full-softmax") return logSumExp(all).sub(target);
    const same = np.equal(
      arrayOf(arrays, "targetRow").reshape([positions, 1]),
      arrayOf(arrays, "otherRow").reshape([1, -1]),
    );
    const others = all.sub(same.astype(np.float32).mul(1e9));
    const logits = np.concatenate([target.reshape([positions, 1]), others], 1);
    return logSumExp(logits).sub(target);
  }
  const other = plus(np.sum(states.mul(flat("others")), -1), bias("otherBias"));
  switch (kind) {
    case "bpr":
      return softplus(other.sub(target));
    case "bce":
      return crossEntropies(target, np.ones([positions])).add(softplus(other));
    case "focal":
      return focal(target.neg(), gamma).add(focal(other, gamma));
  }
}

/** sigmoid(z)^gamma log(1 + exp(z)): the focal loss of log-odds z against label 0. */
function focal(z: np.Array, gamma: number): np.Array {
  return np.exp(softplus(z.neg()).mul(-gamma)).mul(softplus(z));
}

const tensor = (name: string, shape: readonly number[]): TensorSpec => ({
  name,
  shape,
  dtype: "float32",
});
