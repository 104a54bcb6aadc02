import type { SplitClient } from "@atoll/core/data";
import { parseMetric } from "@atoll/core/metrics";
import type { Folds } from "@atoll/core/stats";
import type { Experiment } from "../experiment/index.ts";

type Splits = ReadonlyMap<number, readonly SplitClient[]>;

/** Where every seed tests a fold of its own choosing: which one, and how many test rows a training row has. */
export function foldsOf(
  { split, seeds }: Pick<Experiment, "split" | "seeds">,
  splits: Splits,
): Folds | undefined {
  if (split.kind !== "k-fold" || split.fold !== "seed") return undefined;
  let test = 0;
  let train = 0;
  for (const { counts } of [...splits.values()].flat()) {
    test += counts.test;
    train += counts.train;
  }
  return { of: seeds.map((seed) => seed % split.folds), testToTrain: test / train };
}

/**
 * Which row of the client each measured row is, where rows are the units of the bootstrap: labelled data
 * without a user column. Seeds that split anew measure different rows, which must not share draws, and
 * the same row in two seeds must.
 */
export function rowUnits(split: SplitClient, metric: string): Int32Array | undefined {
  if (split.numUsers !== 1 || split.feedback !== "explicit") return undefined;
  const { task } = parseMetric(metric);
  const labels = [split.label, ...split.furtherLabels];
  const own = labels[task === undefined ? 0 : split.tasks.indexOf(task)];
  return own && split.test.filter((row) => own[row]! >= 0);
}
