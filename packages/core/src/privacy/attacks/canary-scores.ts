export interface CanaryLogits {
  /** [canaries]: `logitOfLoss` under a model that saw no canary. */
  readonly before: Float64Array;
  /** [canaries]: under the model that is attacked. */
  readonly after: Float64Array;
  /** [canaries], 0 or 1. */
  readonly labels: Float32Array;
}

/**
 * How much surer a model is of each canary than the other canaries would let expect, [canaries]: the rest of
 *
 *   after - before ~ 1 + label + before + label before
 *
 * by least squares. Canaries change a model for all rows alike, such as its rate of ones; that tells nothing of
 * one of them. Scores look at the model and the canaries alone, never at which of them are in.
 */
export function canaryScores({ before, after, labels }: CanaryLogits): Float64Array {
  const design = Array.from(before, (x, i) => [1, labels[i]!, x, labels[i]! * x]);
  const moved = after.map((x, i) => x - before[i]!);
  const weights = leastSquares(design, moved);
  return moved.map((value, i) => value - dot(design[i]!, weights));
}

/** Too little to matter, and enough for columns that are all alike. */
const RIDGE = 1e-9;

/** Weights by the normal equations, solved by elimination with pivots. */
function leastSquares(design: readonly (readonly number[])[], values: Float64Array): number[] {
  const size = design[0]?.length ?? 0;
  const system = Array.from({ length: size }, (_, a) => [
    ...Array.from({ length: size }, (_, b) =>
      design.reduce((sum, row) => sum + row[a]! * row[b]!, a === b ? RIDGE : 0),
    ),
    design.reduce((sum, row, i) => sum + row[a]! * values[i]!, 0),
  ]);
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let r = k + 1; r < size; r++)
      if (Math.abs(system[r]![k]!) > Math.abs(system[pivot]![k]!)) pivot = r;
    [system[k], system[pivot]] = [system[pivot]!, system[k]!];
    for (let r = 0; r < size; r++) {
      if (r === k) continue;
      const factor = system[r]![k]! / system[k]![k]!;
      for (let c = k; c <= size; c++) system[r]![c]! -= factor * system[k]![c]!;
    }
  }
  return system.map((row, k) => row[size]! / row[k]!);
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
