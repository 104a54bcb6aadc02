import { drawNegatives, type PairNumbers, type TrainingData } from "../../../data/index.ts";
import type { CollaborativeVectors } from "../../../federation/client-memory.ts";
import { factorScore, type Factors } from "../../../models/collaborative/index.ts";
import type { RandomStream } from "../../../random/index.ts";
import type { AddedScore } from "../../stages/added.ts";

/** The numeric feature of a user and an item that collaborative vectors give. */
export const SCORE_FEATURE = "collaborative-score";

type Score = (row: number, item: number) => number;

/**
 * The standardised collaborative score of a row's user and an item. A training row is scored by the model
 * that its own pair had no part in, and so are its negatives: what tells a positive from its negatives must
 * not be that one model has seen it. Held-out rows, which no model has seen, get the score of the one that
 * learned from all training positives, or the mean of the others: the first knows more, the second is as
 * spread as what training showed. Without fold models one scores everything, training rows by what it saw.
 *
 *   x(row, i) = (s(row, i) - m) / d,   s = <users_u, items_i> + bias_i
 *
 * m and d are the mean and deviation of s over the training rows and one draw of their negatives, as the
 * click model meets them; d is 1 where all are equal.
 */
export function scorePairs(
  vectors: CollaborativeVectors,
  data: TrainingData,
  { heldOut, random }: { readonly heldOut: "full" | "mean"; readonly random: RandomStream },
): PairNumbers {
  const { itemOfRow, itemOfPool } = vectors;
  const score = scoreOf(vectors, heldOut);
  const { centre, scale } = standardOf(score, vectors, data, random);
  return {
    itemOfRow,
    itemOfPool,
    write: (row, item, out, at) => {
      out[at] = (score(row, item) - centre) * scale;
    },
  };
}

/** The models that score held-out rows, and how their mean is standardised: for rows that come later. */
export function scoreOfNewRows(
  vectors: CollaborativeVectors,
  data: TrainingData,
  { heldOut, random }: { readonly heldOut: "full" | "mean"; readonly random: RandomStream },
): Pick<AddedScore, "models" | "centre" | "scale"> {
  const standard = standardOf(scoreOf(vectors, heldOut), vectors, data, random);
  return { models: heldOutModels(vectors, heldOut), ...standard };
}

function heldOutModels(
  { factors, folds }: Pick<CollaborativeVectors, "factors" | "folds">,
  heldOut: "full" | "mean",
): readonly Factors[] {
  return heldOut === "full" || folds.length === 0 ? [factors] : folds;
}

function scoreOf(
  { factors, folds, foldOfRow, userOfRow }: CollaborativeVectors,
  heldOut: "full" | "mean",
): Score {
  const models = heldOutModels({ factors, folds }, heldOut);
  return (row, item) => {
    const user = userOfRow[row]!;
    const fold = foldOfRow[row]!;
    if (fold >= 0) return factorScore(folds[fold] ?? factors, user, item);
    let sum = 0;
    for (let m = 0; m < models.length; m++) sum += factorScore(models[m]!, user, item);
    return sum / models.length;
  };
}

function standardOf(
  score: Score,
  { itemOfRow, itemOfPool }: CollaborativeVectors,
  data: TrainingData,
  random: RandomStream,
): { readonly centre: number; readonly scale: number } {
  const { train, negatives } = data;
  const scores: number[] = [];
  for (const row of train.at) scores.push(score(row, itemOfRow[row]!));
  if (negatives !== undefined) {
    const drawn = drawNegatives(data, negatives, random);
    const { ratio, poolOfRow } = negatives;
    for (let i = 0; i < drawn.length; i++) {
      const row = Math.trunc(i / ratio);
      const item = drawn[i]!;
      if (item >= 0) scores.push(score(train.at[row]!, itemOfPool[poolOfRow[row]!]![item]!));
    }
  }
  const centre = scores.reduce((sum, s) => sum + s, 0) / scores.length;
  const variance = scores.reduce((sum, s) => sum + (s - centre) ** 2, 0) / scores.length;
  return { centre, scale: variance > 0 ? 1 / Math.sqrt(variance) : 1 };
}
