/** A metric of one method on one client: values by seed, and their bootstrap deltas by seed. */
export interface Estimate {
  readonly values: readonly number[];
  /** deltas[seed][sample]: what the sample's users change. */
  readonly deltas: readonly Float64Array[];
}

/**
 * Bootstrap replicates of the mean over seeds: each sample draws users and seeds with replacement,
 *
 *   replicate = mean over drawn seeds of (value_s + delta_s).
 */
export function replicatesOf({ values, deltas }: Estimate, seeds: Int32Array): Float64Array {
  const numSeeds = values.length;
  const replicates = new Float64Array(seeds.length / numSeeds);
  for (let sample = 0; sample < replicates.length; sample++) {
    let sum = 0;
    for (let draw = 0; draw < numSeeds; draw++) {
      const seed = seeds[sample * numSeeds + draw]!;
      sum += values[seed]! + deltas[seed]![sample]!;
    }
    replicates[sample] = sum / numSeeds;
  }
  return replicates;
}

/** The unweighted mean over clients of estimates with the same seeds. */
export function macroOf(estimates: readonly Estimate[]): Estimate {
  const numSeeds = estimates[0]!.values.length;
  const seeds = Array.from({ length: numSeeds }, (_, s) => s);
  return {
    values: seeds.map((s) => estimates.reduce((sum, e) => sum + e.values[s]!, 0) / estimates.length),
    deltas: seeds.map((s) => {
      const sum = new Float64Array(estimates[0]!.deltas[s]!.length);
      for (const { deltas } of estimates)
        for (let i = 0; i < sum.length; i++) sum[i]! += deltas[s]![i]! / estimates.length;
      return sum;
    }),
  };
}

/** `a - b`, seed by seed: both saw the same users and seeds. */
export function differenceOf(a: Estimate, b: Estimate): Estimate {
  return {
    values: a.values.map((value, s) => value - b.values[s]!),
    deltas: a.deltas.map((delta, s) => delta.map((value, i) => value - b.deltas[s]![i]!)),
  };
}
