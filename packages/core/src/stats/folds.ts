import { mean, standardDeviation } from "./descriptive.ts";

/** Seeds that each tested one fold of one partition. */
export interface Folds {
  /** By seed: the fold that it tested. */
  readonly of: readonly number[];
  /** Test rows for one training row: 1/4 for five folds without validation rows, 1/3 with a validation fold. */
  readonly testToTrain: number;
}

/** Where the standard error of a mean over folds comes from. */
export interface FoldSpread {
  readonly standardError: number;
  readonly degrees: number;
}

/**
 * The corrected resampled t: any two of F folds share most of their training rows, so their values are no
 * independent draws. With m_f the mean over the seeds that tested fold f, and w_f their share of all seeds,
 *
 *   se^2 = s^2 (sum_f w_f^2 + n_test / n_train),   s = standard deviation of the m_f,   v = F - 1,
 *
 * which is Nadeau and Bengio's s^2 (1 / F + n_test / n_train) (2003) where all folds have equally many
 * seeds. Seeds of one fold are averaged first: they have the same training and test rows, so counting them
 * as draws (as Bouckaert and Frank do, 2004, with a partition anew for each repetition) would take three
 * trainings on five folds for fifteen folds. Undefined for less than two folds: then seeds say something
 * about training alone.
 */
export function foldSpread(
  values: readonly number[],
  { of, testToTrain }: Folds,
): FoldSpread | undefined {
  if (of.length !== values.length)
    throw new RangeError(`${values.length} seeds, but the folds of ${of.length}`);
  const byFold = Map.groupBy(values.keys(), (seed) => of[seed]!);
  if (byFold.size < 2) return undefined;
  const means: number[] = [];
  let squares = 0;
  for (const seeds of byFold.values()) {
    means.push(mean(seeds.map((seed) => values[seed]!)));
    squares += (seeds.length / values.length) ** 2;
  }
  return {
    standardError: standardDeviation(means) * Math.sqrt(squares + testToTrain),
    degrees: byFold.size - 1,
  };
}
