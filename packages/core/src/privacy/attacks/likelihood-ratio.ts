/** What shadow models, each trained on its own part of the examples, make of all of them. */
export interface Shadows {
  /** Per model [examples]: `logitOfLoss` of each example. */
  readonly logits: readonly Float64Array[];
  /** Per model [examples]: 1 where it was trained on the example. */
  readonly isIn: readonly Uint8Array[];
}

export interface LikelihoodOptions {
  /** `pooled`: one variance over all examples, for few models; `own`: each example's. */
  readonly variance: "pooled" | "own";
  /** `offline`: by the models alone that were not trained on the example. */
  readonly variant: "online" | "offline";
}

/** Variances below this are those of examples that all models agree on. */
const LEAST_VARIANCE = 1e-12;

/**
 * The likelihood-ratio attack of Carlini et al. 2022 ("Membership inference attacks from first principles",
 * arXiv 2112.03570): per example a normal distribution of logits of the models that were trained on it, another
 * of those that were not, and the logit x under attack scored by
 *
 *   online: ln N(x; mu_in, var_in) - ln N(x; mu_out, var_out)      offline: (x - mu_out) / sd_out
 *
 * Gives [examples], higher for members. Every example needs models on both sides (offline: on one).
 */
export function likelihoodRatio(
  target: Float64Array,
  shadows: Shadows,
  { variance, variant }: LikelihoodOptions,
): Float64Array {
  const inside = momentsOf(shadows, 1);
  const outside = momentsOf(shadows, 0);
  const own = (side: Moments) =>
    variance === "own" ? ownVariances(side) : new Float64Array(target.length).fill(pooled(side));
  const outVariance = own(outside);
  if (variant === "offline")
    return target.map((x, i) => (x - outside.mean[i]!) / Math.sqrt(outVariance[i]!));
  const inVariance = own(inside);
  return target.map(
    (x, i) =>
      logNormal(x, inside.mean[i]!, inVariance[i]!) -
      logNormal(x, outside.mean[i]!, outVariance[i]!),
  );
}

interface Moments {
  /** [examples]: models on this side. */
  readonly count: Int32Array;
  readonly mean: Float64Array;
  /** Sums of squared differences from the mean. */
  readonly squares: Float64Array;
}

function momentsOf({ logits, isIn }: Shadows, side: 0 | 1): Moments {
  const size = logits[0]!.length;
  const count = new Int32Array(size);
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  // Welford's recurrence.
  logits.forEach((values, k) => {
    for (let i = 0; i < size; i++) {
      if (isIn[k]![i] !== side) continue;
      count[i]! += 1;
      const before = values[i]! - mean[i]!;
      mean[i]! += before / count[i]!;
      squares[i]! += before * (values[i]! - mean[i]!);
    }
  });
  return { count, mean, squares };
}

function ownVariances({ count, squares }: Moments): Float64Array {
  return squares.map((sum, i) => {
    if (count[i]! < 2)
      throw new RangeError(
        `example ${i} has ${count[i]!} models on a side; its own variance needs 2`,
      );
    return Math.max(LEAST_VARIANCE, sum / (count[i]! - 1));
  });
}

function pooled({ count, squares }: Moments): number {
  let [sum, degrees] = [0, 0];
  squares.forEach((own, i) => {
    if (count[i] === 0) throw new RangeError(`example ${i} has no model on a side`);
    sum += own;
    degrees += count[i]! - 1;
  });
  if (degrees === 0) throw new RangeError("a pooled variance needs two models on a side");
  return Math.max(LEAST_VARIANCE, sum / degrees);
}

function logNormal(x: number, mean: number, variance: number): number {
  return -0.5 * (Math.log(2 * Math.PI * variance) + (x - mean) ** 2 / variance);
}
