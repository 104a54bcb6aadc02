/** Probabilities nearer to 0 or 1 than this are not told apart: what scores in doubles can hold. */
const LEAST = 1e-15;

/**
 * Cross-entropy of every example, [examples]; over several tasks, the sum over those whose label is known, which
 * is that of their joint probability. NaN where no label is known.
 *
 * @param scores [examples * tasks], probabilities
 * @param labels [examples * tasks], 0 or 1; -1 where not known
 */
export function exampleLosses(
  scores: Float64Array,
  labels: Float32Array,
  numTasks: number,
): Float64Array {
  const losses = new Float64Array(scores.length / numTasks);
  for (let i = 0; i < losses.length; i++) {
    let known = 0;
    for (let t = 0; t < numTasks; t++) {
      const label = labels[i * numTasks + t]!;
      if (label < 0) continue;
      const p = Math.min(1 - LEAST, Math.max(LEAST, scores[i * numTasks + t]!));
      losses[i]! -= label === 1 ? Math.log(p) : Math.log1p(-p);
      known += 1;
    }
    if (known === 0) losses[i] = Number.NaN;
  }
  return losses;
}

/**
 * ln(p / (1 - p)) for p = e^-loss: over many trainings, about normal (Carlini et al. 2022, section V).
 *
 * @example
 * logitOfLoss(Math.log(2)) // 0
 */
export function logitOfLoss(loss: number): number {
  const bounded = Math.max(LEAST, loss);
  return -bounded - Math.log(-Math.expm1(-bounded));
}
