import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import {
  crossEntropies,
  firstOfSoftmax,
  focalLosses,
  pairwiseLosses,
  weightedMean,
} from "../nn/index.ts";

/** What training makes small. */
export const lossConfig = z
  .discriminatedUnion("kind", [
    z
      .strictObject({ kind: z.literal("bce") })
      .describe("binary cross-entropy of every row: probabilities come out calibrated"),
    z
      .strictObject({
        kind: z.literal("focal"),
        gamma: z.number().nonnegative().default(2).describe("0: cross-entropy"),
      })
      .describe(
        "cross-entropy times (1 - p)^gamma, so that easy rows count less (Lin et al. 2017)",
      ),
    z
      .strictObject({ kind: z.literal("bpr") })
      .describe(
        "a positive's log-odds against those of its own sampled negatives (Rendle et al. 2009); scores are no probabilities",
      ),
    z
      .strictObject({
        kind: z.literal("sampled-softmax"),
        samples: z
          .number()
          .int()
          .positive()
          .default(256)
          .describe(
            "items that all positions of a batch are compared with, in models of sequences; in others it is the sampled negatives of each positive",
          ),
      })
      .describe(
        "cross-entropy of a positive among sampled negatives (Jean et al. 2015); scores are no probabilities",
      ),
    z
      .strictObject({ kind: z.literal("full-softmax") })
      .describe(
        "cross-entropy of a position's item among all items, for models of sequences; scores are no probabilities",
      ),
  ])
  .describe("the loss of every row, or of every positive with its sampled negatives");

export type LossConfig = z.infer<typeof lossConfig>;

/** Whether the loss compares a positive with its own negatives, which must then share a batch. */
export function isGrouped({ kind }: LossConfig): boolean {
  return kind === "bpr" || kind === "sampled-softmax";
}

export interface LossOptions {
  readonly loss: LossConfig;
  /** One for each task; the losses of tasks are added. */
  readonly taskWeights: readonly number[];
  /** Rows of a positive with its negatives, for losses that compare them. */
  readonly group: number;
}

/** What a model learns from where nothing else is said. */
export const PLAIN_LOSS: LossOptions = { loss: { kind: "bce" }, taskWeights: [1], group: 1 };

/**
 * The loss of a batch, a scalar: for every task the weighted mean over the rows whose label is known
 * (a label of -1 is not), summed over tasks with their weights.
 *
 * Logits and labels are [batch] or [batch, tasks], weights [batch].
 */
export function lossOf(
  { loss, taskWeights, group }: LossOptions,
  logits: np.Array,
  labels: np.Array,
  weights: np.Array,
): np.Array {
  if (loss.kind === "bpr" || loss.kind === "sampled-softmax") {
    const groups = logits.reshape([-1, group]);
    const losses = loss.kind === "bpr" ? pairwiseLosses(groups) : firstOfSoftmax(groups);
    return weightedMean(losses, weights.reshape([-1, group]).slice([], 0));
  }
  if (loss.kind === "full-softmax")
    throw new RangeError("the full softmax is a loss of sequences, not of rows");
  const rowLosses = (z: np.Array, y: np.Array) => lossesOf(loss, z, y);
  if (logits.shape.length === 1)
    return taskWeights[0] === 1
      ? weightedMean(rowLosses(logits, labels), weights)
      : weightedMean(rowLosses(logits, labels), weights).mul(taskWeights[0]!);
  const known = np
    .greater(labels, -0.5)
    .astype(np.float32)
    .mul(weights.reshape([-1, 1]));
  // A batch may hold no row of a task: its sum of weights is then 0, and so is its loss.
  const totals = np.maximum(1e-12, np.sum(known, 0));
  const means = np
    .sum(rowLosses(logits, np.maximum(0, labels)).mul(known), 0)
    .mul(np.reciprocal(totals));
  return np.sum(means.mul(np.array(Float32Array.from(taskWeights))));
}

/**
 * The same without any division, sum_b w_b sum_t v_t l(z_bt, y_bt) over known labels: every row adds a
 * term of its own, whatever the others are. Losses that compare rows have none: RangeError.
 */
export function summedLoss(
  { loss, taskWeights }: Pick<LossOptions, "loss" | "taskWeights">,
  logits: np.Array,
  labels: np.Array,
  weights: np.Array,
): np.Array {
  if (logits.shape.length === 1) {
    const sum = np.sum(lossesOf(loss, logits, labels).mul(weights));
    return taskWeights[0] === 1 ? sum : sum.mul(taskWeights[0]!);
  }
  const known = np.greater(labels, -0.5).astype(np.float32);
  const losses = lossesOf(loss, logits, np.maximum(0, labels)).mul(known);
  const byTask = np.sum(losses.mul(weights.reshape([-1, 1])), 0);
  return np.sum(byTask.mul(np.array(Float32Array.from(taskWeights))));
}

/** One loss for every log-odds and its label, in their common shape. */
function lossesOf(loss: LossConfig, logits: np.Array, labels: np.Array): np.Array {
  if (loss.kind === "focal") return focalLosses(logits, labels, loss.gamma);
  if (loss.kind === "bce") return crossEntropies(logits, labels);
  throw new RangeError(`the loss ${loss.kind} compares rows: no row has one of its own`);
}
