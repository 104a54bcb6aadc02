import type { SplitClient } from "@atoll/core/data";
import type { Folds } from "@atoll/core/stats";
import type { Experiment } from "../experiment/index.ts";

type Splits = ReadonlyMap<number, readonly SplitClient[]>;

/** Where every seed tests a fold of its own choosing: which one, and how many test rows a training row has. */
export function foldsOf(
  { split, seeds }: Pick<Experiment, "split" | "seeds">,
  splits: Splits,
): Folds | undefined {
  if (split.kind !== "k-fold" || split.fold !== "seed") return undefined;
  let numTest = 0;
  let numTrain = 0;
  // Rows, not counts: under `evaluation.on: validation` other rows stand in the place of test rows.
  for (const { test, train } of [...splits.values()].flat()) {
    numTest += test.length;
    numTrain += train.length;
  }
  return { of: seeds.map((seed) => seed % split.folds), testToTrain: numTest / numTrain };
}

/**
 * By seed, which row of the client each measured row is, where rows are the units of the bootstrap:
 * labelled data without a user column. Seeds that split anew measure different rows, which must not share
 * draws, and the same row in two seeds must. Undefined where there are users, and where all seeds measure
 * the same rows: then each row has its place already.
 *
 * perSeed: the client's split under each seed. task: the label that is measured; undefined: the first.
 */
export function rowUnits(
  perSeed: readonly SplitClient[],
  task: string | undefined,
): readonly Int32Array[] | undefined {
  if (perSeed.some(({ numUsers, feedback }) => numUsers !== 1 || feedback !== "explicit"))
    return undefined;
  const units = perSeed.map(({ label, furtherLabels, tasks, test }) => {
    const own = [label, ...furtherLabels][task === undefined ? 0 : tasks.indexOf(task)];
    return own === undefined ? test : test.filter((row) => own[row]! >= 0);
  });
  const [first] = units;
  return units.every(
    (own) => own.length === first!.length && own.every((row, i) => row === first![i]),
  )
    ? undefined
    : units;
}
